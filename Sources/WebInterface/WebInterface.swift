import JSONText
public import PeerProtocol
public import Ports

/// The site for browsers and monitoring: a request and a snapshot in, a response out.
public struct WebInterface: Sendable {
  /// The names under which requests may ask for it.
  private let names: [String]
  private let version: String

  /// `host` is where it listens, `version` that of the program.
  public init(host: String, version: String) {
    let loopback = ["localhost", "127.0.0.1", "::1"]
    let own = host.lowercased()
    self.names = loopback.contains(own) ? loopback : loopback + [own]
    self.version = version
  }

  /// `snapshot` is nil before the first one.
  public func answer(_ request: HTTPRequestReader.Request, _ snapshot: SiteSnapshot?) -> HTTPResponse {
    guard self.isForUs(request) else {
      // A page of a stranger, whose name was made to point at this host, must not read the site.
      return Problem(
        status: 421, title: "not a name of this site",
        remedy: "ask with one of: " + self.names.joined(separator: ", ")
      ).response
    }
    guard let page = Page(rawValue: request.path) else {
      return Problem(
        status: 404, title: "there is nothing at this path",
        remedy: "these exist: " + Page.allCases.map(\.rawValue).joined(separator: ", ")
      ).response
    }
    guard request.method == "GET" else {
      var response = Problem(
        status: 405, title: "this can only be read", remedy: "ask with GET"
      ).response
      response.headers.append(HTTPHeader("Allow", "GET"))
      return response
    }
    return self.page(page, snapshot)
  }

  private enum Page: String, CaseIterable {
    case health = "/health"
    case status = "/api/v1/status"
    case metrics = "/metrics"
  }

  private func page(_ page: Page, _ snapshot: SiteSnapshot?) -> HTTPResponse {
    if page == .health {
      let health = SiteHealth(snapshot)
      return Self.response(health.problems.isEmpty ? 200 : 503, "application/json", health.json.text() + "\n")
    }
    guard let snapshot else {
      return Problem(
        status: 503, title: "the site is starting", remedy: "ask again in a second"
      ).response
    }
    return switch page {
    case .metrics:
      Self.response(
        200, "text/plain; version=0.0.4; charset=utf-8", SiteMetrics(snapshot, version: self.version).text)
    case .health, .status: Self.response(200, "application/json", snapshot.status.text() + "\n")
    }
  }

  /// Whether the request names this site as its host; HTTP/1.1 has every request name one.
  private func isForUs(_ request: HTTPRequestReader.Request) -> Bool {
    guard let host = request.headers["host"] else { return false }
    return self.names.contains(HostField.name(of: host))
  }

  static func response(_ status: Int, _ type: String, _ body: String) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: [
        HTTPHeader("Content-Type", type), HTTPHeader("Cache-Control", "no-store"),
        HTTPHeader("X-Content-Type-Options", "nosniff"),
        HTTPHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
      ], body: Array(body.utf8))
  }
}

/// The host of a `Host` field (RFC 9110, 7.2), in small letters and without its port.
private enum HostField {
  static func name(of field: String) -> String {
    let field = field.lowercased()
    if field.hasPrefix("[") {
      return String(field.dropFirst().prefix { $0 != "]" })
    }
    return String(field.prefix { $0 != ":" })
  }
}
