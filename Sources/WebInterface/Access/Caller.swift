public import PeerProtocol

/// Who sends a request.
public enum Caller: Sendable, Hashable {
  case stranger
  /// A browser that is signed in.
  case person(SessionBook.Session)
  /// A program, by the name of its token.
  case program(String)

  /// Who the record names; nil for a stranger.
  public var name: String? {
    switch self {
    case .stranger: nil
    case .person(let session): session.name
    case .program(let name): "token \(name)"
    }
  }

  /// The name of the cookie that a signed-in browser sends.
  static let cookie = "rigshift"

  /// The session cookie of a request; nil without one.
  public static func cookie(of request: HTTPRequestReader.Request) -> String? {
    for pair in (request.headers["cookie"] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
      if parts.count == 2, parts[0] == Self.cookie { return String(parts[1]) }
    }
    return nil
  }

  /// The bearer token of a request (RFC 6750); nil without one.
  public static func token(of request: HTTPRequestReader.Request) -> String? {
    guard let field = request.headers["authorization"] else { return nil }
    let parts = field.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
  }
}
