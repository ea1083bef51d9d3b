/// One exchange over HTTP.
///
/// Contract: `fetch` returns once the whole answer is here, whatever its status, or throws within the request's time-out.
/// It reads at most the request's `maximumBytes`. It follows a redirection only to the same scheme, host and port, and only
/// of a GET. It may be called by many tasks at once and blocks none of their threads. What an answer says is not checked.
public protocol HTTPFetching: Sendable {
  func fetch(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// What is asked for.
public struct HTTPRequest: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable {
    case get = "GET"
    case post = "POST"
  }

  /// How the other side proves who it is.
  public enum Trust: Sendable, Hashable {
    /// A certificate for the host's name from an authority this system trusts, with TLS 1.2 or newer.
    case authorities
    /// This key, whatever the certificate around it says, with TLS 1.3. Base64 of the SHA-256 of the key in the DER of a
    /// SubjectPublicKeyInfo. The client shows its own certificate if it has one.
    case pinned(String)
  }

  public var method: Method
  /// Absolute, `http` or `https`.
  public var url: String
  /// Names and values without line breaks.
  public var headers: [HTTPHeader]
  /// Sent with a POST; a GET with a body is what the older Grid nodes send.
  public var body: [UInt8]
  public var trust: Trust
  /// From the call to the last byte.
  public var timeout: Duration
  /// The largest body of an answer.
  public var maximumBytes: Int

  public init(
    _ method: Method = .get, _ url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
    trust: Trust = .authorities, timeout: Duration = .seconds(30), maximumBytes: Int = 8 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.trust = trust
    self.timeout = timeout
    self.maximumBytes = maximumBytes
  }

  /// A GET of `path` under a base address such as `https://api.example.com/v1`, with a query whose names and values are
  /// escaped here.
  public init(
    base: String, path: String, query: [(String, String)] = [], headers: [HTTPHeader] = [],
    timeout: Duration = .seconds(30), maximumBytes: Int = 8 << 20
  ) {
    var url = base.hasSuffix("/") ? String(base.dropLast()) : base
    url += path.hasPrefix("/") || path.isEmpty ? path : "/" + path
    if !query.isEmpty {
      url += "?" + query.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
    }
    self.init(.get, url, headers: headers, timeout: timeout, maximumBytes: maximumBytes)
  }

  /// Everything but the unreserved characters of RFC 3986 as `%XX`.
  public static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      case _: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

public struct HTTPHeader: Sendable, Hashable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

public struct HTTPResponse: Sendable, Hashable {
  public var status: Int
  /// In the order they came; names in small letters.
  public var headers: [HTTPHeader]
  public var body: [UInt8]

  public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of this name, given in small letters.
  public func header(_ name: String) -> String? { self.headers.first { $0.name == name }?.value }
}

/// Why there is no answer, by what the caller can do.
public enum HTTPFailure: Error, Sendable, Hashable {
  /// Nobody answers there, or the connection broke: try again later.
  case unreachable(String)
  /// It took longer than the request allows: try again later.
  case timedOut
  /// The other side is not who it should be, or does not accept who we are: a person must look.
  case untrusted(String)
  /// The answer is larger than the request allows.
  case tooLarge(limit: Int)
  /// It is elsewhere now, where we do not follow: a person must look at the address.
  case redirected(to: String)
  /// The request cannot be sent as it is.
  case invalid(String)
  /// Too many requests are on their way, or the client has stopped.
  case busy
}

extension HTTPFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let why): "not reachable: \(why)"
    case .timedOut: "no answer in time"
    case .untrusted(let why): "not trusted: \(why)"
    case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
    case .redirected(let url): "the answer is at another address: \(url)"
    case .invalid(let why): "the request cannot be sent: \(why)"
    case .busy: "too many requests at once"
    }
  }
}
