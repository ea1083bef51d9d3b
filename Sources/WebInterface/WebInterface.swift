public import JSONText
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

  /// `snapshot` is asked for where the answer needs one; nil before the first.
  public func answer(
    _ request: HTTPRequestReader.Request, _ snapshot: @autoclosure () -> SiteSnapshot?
  ) -> HTTPResponse {
    guard self.isForUs(request) else {
      // A page of a stranger, whose name was made to point at this host, must not read the site.
      return Problem(
        status: 421, title: "not a name of this site",
        remedy: "ask with one of: " + self.names.joined(separator: ", ")
      ).response
    }
    let (page, place) = (Page(rawValue: request.path), DashboardPage.Place(rawValue: request.path))
    let asset = Self.assets[request.path]
    guard page != nil || place != nil || asset != nil else {
      let paths = DashboardPage.Place.allCases.map(\.rawValue) + Page.allCases.map(\.rawValue)
      return Problem(
        status: 404, title: "there is nothing at this path",
        remedy: "these exist: " + paths.joined(separator: ", ")
      ).response
    }
    guard request.method == "GET" else {
      var response = Problem(
        status: 405, title: "this can only be read", remedy: "ask with GET"
      ).response
      response.headers.append(HTTPHeader("Allow", "GET"))
      return response
    }
    if let asset { return Self.response(200, asset.0, bytes: asset.1) }
    return page.map { self.page($0, snapshot()) } ?? self.dashboard(place ?? .now, snapshot())
  }

  /// The certificates a request wants from the record itself, which takes longer than a snapshot: `from` on, `limit` of them.
  /// Nil for any other request.
  public func wantedCertificates(_ request: HTTPRequestReader.Request) -> (from: Int64, limit: Int)? {
    guard request.path == Page.certificates.rawValue, request.method == "GET", self.isForUs(request),
      let from = request.query("from").flatMap({ Int64($0) }), from >= 1
    else { return nil }
    let limit = request.query("limit").flatMap { Int($0) } ?? Self.mostCertificates
    return (from, min(max(1, limit), Self.mostCertificates))
  }

  /// A page of 512 entries is about a megabyte.
  private static let mostCertificates = 512

  /// The answer with rows of the record; nil where it could not be read.
  public func certificates(_ rows: JSONValue?) -> HTTPResponse {
    rows.map(Self.json)
      ?? Problem(status: 503, title: "the record cannot be read now", remedy: "ask again in a few seconds")
      .response
  }

  private enum Page: String, CaseIterable {
    case health = "/health"
    case metrics = "/metrics"
    case live = "/api/v1/live"
    case status = "/api/v1/status"
    case plan = "/api/v1/plan"
    case rigs = "/api/v1/rigs"
    case meters = "/api/v1/meters"
    case alarms = "/api/v1/alarms"
    case slots = "/api/v1/slots"
    case decisions = "/api/v1/decisions"
    case events = "/api/v1/events"
    case certificates = "/api/v1/certificates"
    case log = "/api/v1/log"
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
    case .live: Self.json(LiveReport(snapshot).json)
    case .health, .status: Self.json(snapshot.status)
    case .plan: Self.json(snapshot.plan)
    case .rigs: Self.json(snapshot.rigs)
    case .meters: Self.json(snapshot.meters)
    case .alarms: Self.json(snapshot.alarms)
    case .slots: Self.json(snapshot.slots)
    case .decisions: Self.json(snapshot.decisions)
    case .events: Self.json(snapshot.events)
    case .certificates: Self.json(snapshot.certificates)
    case .log: Self.json(snapshot.log)
    }
  }

  private static func json(_ value: JSONValue) -> HTTPResponse {
    Self.response(200, "application/json", value.text() + "\n")
  }

  // MARK: For people

  private static let assets = [
    "/style.css": ("text/css; charset=utf-8", PackageResources.style_css),
    "/verify.js": ("text/javascript; charset=utf-8", PackageResources.verify_js),
    "/live.js": ("text/javascript; charset=utf-8", PackageResources.live_js),
  ]

  private func dashboard(_ place: DashboardPage.Place, _ snapshot: SiteSnapshot?) -> HTTPResponse {
    guard let snapshot else {
      return Self.page(
        503,
        "<!doctype html><html lang=\"en\"><head><title>RigShift</title><meta http-equiv=\"refresh\" content=\"2\"></head><body><p>The site is starting.</p></body></html>\n"
      )
    }
    let main =
      switch place {
      case .now: NowPage(snapshot).markup
      case .plan: PlanPage(snapshot: snapshot).markup
      case .rigs: RigsPage(snapshot: snapshot).markup
      case .energy: EnergyPage(snapshot: snapshot).markup
      case .evidence: EvidencePage(snapshot: snapshot).markup
      case .system: SystemPage(snapshot: snapshot, version: self.version).markup
      }
    return Self.page(200, DashboardPage(place: place, snapshot: snapshot, main: main).markup)
  }

  /// Scripts and styles come from here alone, and nothing may be put into a page but by adopting what the browser parsed.
  private static let pagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

  private static func page(_ status: Int, _ markup: Markup) -> HTTPResponse {
    Self.response(status, "text/html; charset=utf-8", bytes: Array(markup.text.utf8), policy: Self.pagePolicy)
  }

  /// Whether the request names this site as its host; HTTP/1.1 has every request name one.
  private func isForUs(_ request: HTTPRequestReader.Request) -> Bool {
    guard let host = request.headers["host"] else { return false }
    return self.names.contains(HostField.name(of: host))
  }

  static func response(_ status: Int, _ type: String, _ body: String) -> HTTPResponse {
    Self.response(status, type, bytes: Array(body.utf8))
  }

  private static func response(
    _ status: Int, _ type: String, bytes: [UInt8],
    policy: String = "default-src 'none'; frame-ancestors 'none'"
  ) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: [
        HTTPHeader("Content-Type", type), HTTPHeader("Cache-Control", "no-store"),
        HTTPHeader("X-Content-Type-Options", "nosniff"), HTTPHeader("Referrer-Policy", "no-referrer"),
        HTTPHeader("Content-Security-Policy", policy),
      ], body: bytes)
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
