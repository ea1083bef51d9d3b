public import Glibc

/// A process under test: started, heard, signalled and waited for. Its methods block the thread that calls them; one
/// thread owns it. Killed when it goes away.
public final class ChildProcess {
  /// How a process ended.
  public enum End: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)
  }

  public struct StartError: Error, CustomStringConvertible {
    public let description: String
  }

  /// A process that was not done within the time given; what it had said by then.
  public struct Overdue: Error, CustomStringConvertible {
    public let description: String
  }

  public let identifier: pid_t
  /// What it wrote to standard output and to standard error, as far as it has been read.
  public private(set) var output: [UInt8] = []
  public private(set) var errors: [UInt8] = []
  public var errorText: String { String(decoding: self.errors, as: UTF8.self) }

  private let arguments: [String]
  private var outputEnd: Int32?
  private var errorEnd: Int32?
  private var end: End?

  /// Starts `path` with nothing on its standard input.
  public init(_ path: String, _ arguments: [String]) throws(StartError) {
    let spawned = try Spawning.start(path, arguments)
    self.identifier = spawned.identifier
    self.arguments = arguments
    self.outputEnd = spawned.output
    self.errorEnd = spawned.errors
  }

  deinit {
    if self.end == nil {
      Glibc.kill(self.identifier, SIGKILL)
      self.reap()
    }
    for end in [self.outputEnd, self.errorEnd] { if let end { close(end) } }
  }

  /// Reads until what it wrote to standard error or output contains `text`, as often as is wanted.
  public func waitFor(_ text: String, times: Int = 1, within limit: Duration = .seconds(60)) throws(Overdue) {
    let deadline = ContinuousClock.now + limit
    let wanted = Array(text.utf8)
    while self.errors.count(of: wanted) + self.output.count(of: wanted) < times {
      guard self.listen(until: deadline) else { throw self.overdue("did not say '\(text)' \(times) times") }
    }
  }

  /// Reads for the time given, or until the process has closed its outputs.
  public func listen(for time: Duration) {
    let deadline = ContinuousClock.now + time
    while self.listen(until: deadline) {}
  }

  /// Reads everything it writes and returns how it ended.
  public func waitForEnd(within limit: Duration = .seconds(300)) throws(Overdue) -> End {
    let deadline = ContinuousClock.now + limit
    while self.listen(until: deadline) {}
    guard self.outputEnd == nil, self.errorEnd == nil else { throw self.overdue("did not end") }
    return self.reap()
  }

  public func send(_ signal: Int32) {
    if self.end == nil { Glibc.kill(self.identifier, signal) }
  }

  /// Ends it at once, as a power cut or the kernel would, and waits until it is gone.
  public func kill() {
    self.send(SIGKILL)
    self.reap()
  }

  @discardableResult
  private func reap() -> End {
    if let end = self.end { return end }
    var status: Int32 = 0
    while waitpid(self.identifier, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    let end: End = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    self.end = end
    return end
  }

  /// Takes what has been written since; false when the time is over or both outputs are closed.
  private func listen(until deadline: ContinuousClock.Instant) -> Bool {
    let ends = [self.outputEnd, self.errorEnd]
    guard ends.contains(where: { $0 != nil }) else { return false }
    let left = deadline - ContinuousClock.now
    guard left > .zero else { return false }
    let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
    // A negative descriptor is skipped by poll.
    var polls = ends.map { pollfd(fd: $0 ?? -1, events: Int16(POLLIN), revents: 0) }
    let ready = poll(&polls, nfds_t(polls.count), Int32(min(milliseconds + 1, 1_000_000)))
    guard ready > 0 else { return ready < 0 && errno == EINTR }
    if polls[0].revents != 0 { Self.take(&self.outputEnd, into: &self.output) }
    if polls[1].revents != 0 { Self.take(&self.errorEnd, into: &self.errors) }
    return true
  }

  private static func take(_ end: inout Int32?, into bytes: inout [UInt8]) {
    guard let descriptor = end else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || errno != EINTR {
      close(descriptor)
      end = nil
    }
  }

  private func overdue(_ what: String) -> Overdue {
    Overdue(
      description: "\(self.arguments.joined(separator: " ")) \(what) in time; it said:\n"
        + String(decoding: self.output.suffix(2000), as: UTF8.self) + self.errorText.suffix(4000))
  }
}

extension [UInt8] {
  /// How often `part`, which is not empty, occurs.
  fileprivate func count(of part: [UInt8]) -> Int {
    guard let first = part.first, self.count >= part.count else { return 0 }
    return (0...(self.count - part.count)).count { start in
      self[start] == first && self[start..<(start + part.count)].elementsEqual(part)
    }
  }
}
