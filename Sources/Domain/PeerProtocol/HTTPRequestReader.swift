/// Reads HTTP/1.1 requests as their bytes come, with a bound on everything. A request of any method may have a body, as the
/// older Grid nodes send one with GET.
public struct HTTPRequestReader: Sendable {
  public struct Request: Sendable, Hashable {
    public var method: String
    /// Path and query as they came, of printable ASCII.
    public var target: String
    /// Names in small letters.
    public var headers: [String: String]
    public var body: [UInt8]
    /// Whether the connection is to stay.
    public var keepsAlive: Bool

    public var path: String { String(self.target.prefix { $0 != "?" }) }
    /// The value of a query field, as it came.
    public func query(_ name: String) -> String? {
      guard let mark = self.target.firstIndex(of: "?") else { return nil }
      for pair in self.target[self.target.index(after: mark)...].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == name { return String(parts[1]) }
      }
      return nil
    }
  }

  /// Why the connection ends with an answer of this status.
  public struct Refusal: Error, Sendable, Hashable {
    public let status: Int
    public let text: String
  }

  private static let mostHeaderBytes = 16 << 10
  private static let mostHeaders = 64

  private let maximumBody: Int
  private var buffer: [UInt8] = []
  /// The request whose body is still to come, and how much of it.
  private var open: (request: Request, length: Int)?

  public init(maximumBody: Int) { self.maximumBody = maximumBody }

  /// Whether a request has begun and is not complete.
  public var isInTheMiddle: Bool { self.open != nil || !self.buffer.isEmpty }

  public mutating func feed(_ bytes: some Sequence<UInt8>) { self.buffer.append(contentsOf: bytes) }

  /// The next complete request; nil when more bytes must come first.
  public mutating func next() throws(Refusal) -> Request? {
    if self.open == nil { self.open = try self.head() }
    guard let (head, length) = self.open, self.buffer.count >= length else { return nil }
    var request = head
    request.body = Array(self.buffer.prefix(length))
    self.buffer.removeFirst(length)
    self.open = nil
    return request
  }

  private mutating func head() throws(Refusal) -> (Request, Int)? {
    // Blank lines before a request are to be overlooked (RFC 9112, 2.2).
    while self.buffer.starts(with: [0x0d, 0x0a]) { self.buffer.removeFirst(2) }
    guard let end = self.endOfHead() else {
      guard self.buffer.count <= Self.mostHeaderBytes else {
        throw Refusal(status: 431, text: "headers too large")
      }
      return nil
    }
    guard end <= Self.mostHeaderBytes else { throw Refusal(status: 431, text: "headers too large") }
    let head = self.buffer[..<end]
    guard
      head.allSatisfy({ $0 == 0x0d || $0 == 0x0a || $0 == 0x09 || (0x20..<0x7f).contains($0) || $0 >= 0x80 })
    else { throw Refusal(status: 400, text: "control characters in the head") }
    let lines = String(decoding: head, as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    self.buffer.removeFirst(end + 4)
    return try self.request(lines)
  }

  private func endOfHead() -> Int? {
    guard self.buffer.count >= 4 else { return nil }
    let last = min(self.buffer.count - 4, Self.mostHeaderBytes + 1)
    return (0...last).first { start in
      self.buffer[start] == 0x0d && self.buffer[start + 1] == 0x0a && self.buffer[start + 2] == 0x0d
        && self.buffer[start + 3] == 0x0a
    }
  }

  private func request(_ lines: [Substring]) throws(Refusal) -> (Request, Int) {
    let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[1].hasPrefix("/"),
      words[0].utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
      words[1].utf8.allSatisfy({ (0x21..<0x7f).contains($0) })
    else { throw Refusal(status: 400, text: "no request line") }
    guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
      throw Refusal(status: 505, text: "HTTP/1.1 is spoken here")
    }
    guard lines.count - 1 <= Self.mostHeaders else { throw Refusal(status: 431, text: "too many headers") }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
        !line[..<colon].contains(where: \.isWhitespace)
      else { throw Refusal(status: 400, text: "a header without a name") }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      // Two lengths are how one request is made to look like two.
      guard headers.updateValue(String(value), forKey: name) == nil || name != "content-length" else {
        throw Refusal(status: 400, text: "two lengths")
      }
    }
    guard headers["transfer-encoding"] == nil else {
      throw Refusal(status: 501, text: "send the body with a Content-Length")
    }
    var length = 0
    if let text = headers["content-length"] {
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
        throw Refusal(status: 400, text: "a length that is none")
      }
      guard number <= self.maximumBody else {
        throw Refusal(status: 413, text: "a body of at most \(self.maximumBody) bytes is taken")
      }
      length = number
    }
    let connection = headers["connection"]?.lowercased()
    let keepsAlive = words[2] == "HTTP/1.1" ? connection != "close" : connection == "keep-alive"
    let request = Request(
      method: String(words[0]), target: String(words[1]), headers: headers, body: [], keepsAlive: keepsAlive)
    return (request, length)
  }
}
