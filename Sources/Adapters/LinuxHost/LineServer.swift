@preconcurrency import Glibc

/// A socket file that serves one caller at a time, the newest: lines in, lines out, and never longer waits than asked
/// for. Owned by one thread.
public struct LineServer: ~Copyable {
  public enum Event: Sendable, Hashable {
    case newCaller
    case line(String)
  }

  /// The longest line taken; a caller that sends a longer one is left.
  private static let longestLine = 4096

  private let listener: LineListener
  private var caller: Int32 = -1
  private var buffer: [UInt8] = []

  /// Replaces a socket file that nobody listens on any more; refuses one that answers.
  public init(path: String) throws(SystemError) { self.listener = try LineListener(path: path) }

  deinit { if self.caller >= 0 { close(self.caller) } }

  /// What comes next within `milliseconds`, nil when nothing does.
  public mutating func next(within milliseconds: Int32) -> Event? {
    if let line = self.takeLine() { return .line(line) }
    var descriptors = [
      pollfd(fd: self.listener.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.caller, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&descriptors, self.caller >= 0 ? 2 : 1, milliseconds) > 0 else { return nil }
    if descriptors[0].revents != 0 {
      let caller = accept(self.listener.descriptor, nil, nil)
      guard caller >= 0 else { return nil }
      _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
      self.hangUp()
      self.caller = caller
      return .newCaller
    }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = recv(self.caller, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    guard count > 0, self.buffer.count + count <= Self.longestLine else {
      if count >= 0 || errno != EAGAIN { self.hangUp() }
      return nil
    }
    self.buffer += bytes[..<count]
    return self.takeLine().map { .line($0) }
  }

  /// Answers the caller; one that does not take the answer at once is left.
  public mutating func answer(_ line: String) {
    let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
    let sent = bytes.withUnsafeBytes {
      send(self.caller, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    if sent != bytes.count { self.hangUp() }
  }

  private mutating func takeLine() -> String? {
    guard let end = self.buffer.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let line = String(decoding: self.buffer[..<end], as: UTF8.self)
    self.buffer.removeFirst(end + 1)
    return line
  }

  private mutating func hangUp() {
    if self.caller >= 0 { close(self.caller) }
    self.caller = -1
    self.buffer.removeAll(keepingCapacity: true)
  }
}
