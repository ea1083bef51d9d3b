/// A connection on which every line is answered by a line; silent once it is broken. Owned by one thread at a time.
public final class LineExchange {
  private var socket: LineSocket
  private var isBroken = false

  public init(_ socket: consuming LineSocket) { self.socket = socket }

  /// Sends a line and waits for the answer, as long as the socket's time-out; nil from the first failure on.
  public func exchange(_ line: String) -> String? {
    guard !self.isBroken else { return nil }
    do throws(SystemError) {
      try self.socket.write(line)
      if let answer = try self.socket.readLine() { return answer }
    } catch {}
    self.isBroken = true
    return nil
  }
}
