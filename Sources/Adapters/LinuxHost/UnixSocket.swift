internal import CLinux
@preconcurrency import Glibc

public struct SystemError: Error, Sendable, CustomStringConvertible {
  public let what: String
  public let code: Int32
  /// `code` is an `errno` value; the current one when left out.
  public init(_ what: String, code: Int32? = nil) {
    self.what = what
    self.code = code ?? errno
  }
  public var description: String { "\(self.what): \(String(cString: strerror(self.code)))" }
}

/// One end of a stream socket that carries lines of text. Owned by one thread at a time.
public struct LineSocket: ~Copyable, Sendable {
  /// The longest line either side accepts, newline included.
  public static let longestLine = 1 << 20

  private let descriptor: Int32
  private var buffer: [UInt8] = []

  fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

  /// Connects to a listening socket file. `timeout` bounds every later read and write.
  public init(connectingTo path: String, timeout: Duration = .seconds(10)) throws(SystemError) {
    let descriptor = try withUnixSocket(path) { descriptor, address, length throws(SystemError) in
      guard connect(descriptor, address, length) == 0 else { throw SystemError("cannot reach \(path)") }
    }
    self.descriptor = descriptor
    self.setTimeout(timeout)
  }

  deinit { close(self.descriptor) }

  func setTimeout(_ timeout: Duration) {
    let milliseconds =
      timeout.components.seconds * 1000 + timeout.components.attoseconds / 1_000_000_000_000_000
    var value = timeval(tv_sec: Int(milliseconds / 1000), tv_usec: Int(milliseconds % 1000) * 1000)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &value, size)
    setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &value, size)
  }

  /// Sends `line` and a newline.
  public mutating func write(_ line: String) throws(SystemError) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemError("cannot write to the socket") }
      sent += count
    }
  }

  /// The next line without its newline; nil when the other side has closed.
  public mutating func readLine() throws(SystemError) -> String? {
    var searched = 0
    while true {
      if let end = self.buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: self.buffer[..<end], as: UTF8.self)
        self.buffer.removeFirst(end + 1)
        return line
      }
      searched = self.buffer.count
      guard self.buffer.count < Self.longestLine else { throw SystemError("line too long", code: EMSGSIZE) }
      let chunk = 16_384
      let descriptor = self.descriptor
      var count = 0
      let received = [UInt8](unsafeUninitializedCapacity: chunk) { bytes, initialized in
        repeat { count = recv(descriptor, bytes.baseAddress, chunk, 0) } while count < 0 && errno == EINTR
        initialized = max(0, count)
      }
      if count == 0 { return nil }
      guard count > 0 else { throw SystemError("cannot read from the socket") }
      self.buffer.append(contentsOf: received)
    }
  }
}

/// A listening socket file, readable and writable by its owner and group.
public struct LineListener: ~Copyable, Sendable {
  let descriptor: Int32
  private let path: String

  /// Replaces a socket file that nobody listens on any more; refuses one that answers.
  public init(path: String) throws(SystemError) {
    let descriptor = try Self.listen(on: path)
    self.descriptor = descriptor
    self.path = path
  }

  private static func listen(on path: String) throws(SystemError) -> Int32 {
    if access(path, F_OK) == 0 {
      guard !Self.answers(path) else {
        throw SystemError("another process listens on \(path)", code: EADDRINUSE)
      }
      unlink(path)
    }
    return try withUnixSocket(path) { descriptor, address, length throws(SystemError) in
      guard bind(descriptor, address, length) == 0 else { throw SystemError("cannot create \(path)") }
      chmod(path, 0o660)
      guard Glibc.listen(descriptor, 16) == 0 else { throw SystemError("cannot listen on \(path)") }
    }
  }

  private static func answers(_ path: String) -> Bool {
    do throws(SystemError) {
      _ = try LineSocket(connectingTo: path)
      return true
    } catch {
      return false
    }
  }

  deinit {
    close(self.descriptor)
    unlink(self.path)
  }

  /// Waits for the next caller. `timeout` bounds every read from and write to it.
  public func accept(timeout: Duration = .seconds(5)) throws(SystemError) -> LineSocket {
    var descriptor: Int32
    repeat { descriptor = Glibc.accept(self.descriptor, nil, nil) } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw SystemError("cannot accept on \(self.path)") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let socket = LineSocket(descriptor: descriptor)
    socket.setTimeout(timeout)
    return socket
  }
}

/// Opens a socket, lets `body` use it with the address of `path`, and closes it again when `body` throws.
private func withUnixSocket(
  _ path: String, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
) throws(SystemError) -> Int32 {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let bytes = Array(path.utf8)
  let capacity = MemoryLayout.size(ofValue: address.sun_path)
  guard !bytes.isEmpty, bytes.count < capacity else {
    throw SystemError("socket path \(path) is longer than \(capacity - 1) bytes", code: ENAMETOOLONG)
  }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw SystemError("no socket") }
  do throws(SystemError) {
    try withUnsafePointer(to: &address) { pointer throws(SystemError) in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic throws(SystemError) in
        try body(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  } catch {
    close(descriptor)
    throw error
  }
  return descriptor
}
