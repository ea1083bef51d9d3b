@preconcurrency import Glibc

/// One question to a service on TCP, and what it answers until it hangs up.
public enum TCPExchange {
  /// Connects, sends `question` and takes up to `limit` bytes, or up to a NUL byte, within `length` all together; what came
  /// until then is the answer, which may be empty. Throws when there was no connection. Blocks.
  public static func ask(
    _ host: String, port: Int, _ question: [UInt8], limit: Int, within length: Duration
  ) throws(SystemError) -> [UInt8] {
    let place = "\(host) port \(port)"
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let address = found else {
      throw SystemError("\(place) has no address", code: EADDRNOTAVAIL)
    }
    defer { freeaddrinfo(found) }
    let deadline = ContinuousClock.now + length
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let connection = socket(address.pointee.ai_family, kind, 0)
    guard connection >= 0 else { throw SystemError("no socket") }
    defer { close(connection) }
    if connect(connection, address.pointee.ai_addr, address.pointee.ai_addrlen) != 0 {
      guard errno == EINPROGRESS else { throw SystemError("\(place) cannot be reached") }
      guard self.wait(connection, POLLOUT, until: deadline) else {
        throw SystemError("\(place) cannot be reached", code: ETIMEDOUT)
      }
      var code: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(connection, SOL_SOCKET, SO_ERROR, &code, &size)
      guard code == 0 else { throw SystemError("\(place) cannot be reached", code: code) }
    }
    var sent = 0
    while sent < question.count {
      guard self.wait(connection, POLLOUT, until: deadline) else { return [] }
      let count = question[sent...].withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { return [] }
      sent += count
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 2048)
    while answer.count < limit, answer.last != 0, self.wait(connection, POLLIN, until: deadline) {
      let count = recv(connection, &buffer, min(buffer.count, limit - answer.count), 0)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    return answer
  }

  private static func wait(_ connection: Int32, _ event: Int32, until deadline: ContinuousClock.Instant)
    -> Bool
  {
    while true {
      let left = (deadline - ContinuousClock.now).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { return false }
      var state = pollfd(fd: connection, events: Int16(event), revents: 0)
      let count = poll(&state, 1, Int32(min(milliseconds, 60_000)))
      if count > 0 { return true }
      if count < 0, errno != EINTR { return false }
    }
  }
}
