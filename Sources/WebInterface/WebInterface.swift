import JSONText
public import PeerProtocol
public import Ports
public import Quantities

/// The site for browsers, programs and monitoring: a request, its caller and a snapshot in; a response, or a question for
/// the running site, out.
public struct WebInterface: Sendable {
  /// The names under which requests may ask for it.
  private let names: [String]
  private let version: String
  private let readers: Readers
  private let usesTLS: Bool

  /// Who may look at the site.
  public enum Readers: Sendable {
    case anybody
    case signedIn
  }

  public enum Answer: Sendable {
    case response(HTTPResponse)
    /// The beginning of an event stream, which goes on with `tick` and `beat` (WHATWG HTML, 9.2).
    case stream(HTTPResponse)
    /// What the snapshot does not hold. Ask the site, then make a response of what it says with `response(to:_:)`.
    case question(WebQuestion)
  }

  /// `host` is where it listens, `version` that of the program, `names` are others under which it is asked.
  public init(
    host: String, version: String, readers: Readers = .anybody, names: [String] = [], usesTLS: Bool = false
  ) {
    let loopback = ["localhost", "127.0.0.1", "::1"]
    self.names = loopback + ([host.lowercased()] + names).filter { !loopback.contains($0) }
    self.usesTLS = usesTLS
    self.version = version
    self.readers = readers
  }

  /// `snapshot` is asked for where the answer needs one; nil before the first.
  public func answer(
    _ request: HTTPRequestReader.Request, from caller: Caller = .stranger,
    _ snapshot: @autoclosure () -> SiteSnapshot?
  ) -> Answer {
    if let refusal = self.strangersName(request) { return .response(refusal) }
    switch Endpoint.find(request.method, request.path) {
    case .nothing:
      return .response(
        Problem(
          status: 404, title: "there is nothing at this path",
          remedy: "/openapi.json lists what there is; for people it begins at /"
        ).response)
    case .otherMethods(let methods):
      var response = Problem(
        status: 405, title: "this is not how to ask here",
        remedy: "ask with \(methods.joined(separator: " or "))"
      ).response
      response.headers.append(HTTPHeader("Allow", methods.joined(separator: ", ")))
      return .response(response)
    case .endpoint(let endpoint, let blank):
      if let refusal = self.refusal(endpoint, request, caller) { return .response(refusal) }
      do throws(Problem) {
        if endpoint == .stream { return .stream(try self.stream(request, snapshot())) }
        if let question = try WebQuestion(endpoint, blank, request, caller) { return .question(question) }
        return .response(try self.response(endpoint, request, caller, snapshot()))
      } catch {
        return .response(error.response)
      }
    }
  }

  /// What programs can ask, as method and path with braces around what stands for a name: what the description at
  /// `/openapi.json` has to say.
  public static var endpoints: [String] {
    let forPeople: Set<Endpoint> = [
      .signInPage, .signIn, .signOut, .form, .style, .liveScript, .chartScript, .verifyScript,
    ]
    return Endpoint.allCases.filter { DashboardPage.Place($0) == nil && !forPeople.contains($0) }
      .map(\.rawValue)
  }

  // MARK: Who may

  /// Why this caller does not get this, nil when it does.
  private func refusal(
    _ endpoint: Endpoint, _ request: HTTPRequestReader.Request, _ caller: Caller
  ) -> HTTPResponse? {
    let isAllowed =
      switch endpoint.access {
      case .anybody: true
      case .readers: self.readers == .anybody || caller != .stranger
      case .writers: caller != .stranger
      }
    guard isAllowed else {
      if DashboardPage.Place(endpoint) != nil || endpoint == .form {
        return Self.redirection(to: "/login?back=" + (endpoint == .form ? "/" : endpoint.path))
      }
      var response = Problem(
        status: 401, title: "only for those who are known here",
        remedy:
          "send 'Authorization: Bearer TOKEN' with a token of `rigshift web token add NAME`, or sign in at /login"
      ).response
      response.headers.append(HTTPHeader("WWW-Authenticate", "Bearer"))
      return response
    }
    // A browser sends its cookie whoever made it send the request, so a write has to show that it is meant.
    guard case .person(let session) = caller, request.method != "GET", endpoint != .signIn else {
      return endpoint == .signIn ? self.foreignOrigin(request) : nil
    }
    let proof =
      FormFields.isForm(request) ? FormFields(request.body)?["proof"] : request.headers["x-rigshift-proof"]
    guard proof == session.proof else {
      return Problem(
        status: 403, title: "this write does not come from a page of this site",
        remedy: "load the page again and repeat it there"
      ).response
    }
    return self.foreignOrigin(request)
  }

  /// Why a request that a page of another site has a browser send is not answered.
  private func foreignOrigin(_ request: HTTPRequestReader.Request) -> HTTPResponse? {
    let site = request.headers["sec-fetch-site"]
    let origin = request.headers["origin"]
    let host = origin.flatMap { $0.split(separator: "/", maxSplits: 2).last }.map {
      HostField.name(of: String($0))
    }
    guard site.map({ $0 == "same-origin" || $0 == "none" }) ?? true,
      origin == nil || host.map({ self.isOurs($0) }) ?? false
    else {
      return Problem(
        status: 403, title: "a page of another site sent this", remedy: "do it on a page of this site"
      ).response
    }
    return nil
  }

  // MARK: Event streams

  private func stream(_ request: HTTPRequestReader.Request, _ snapshot: SiteSnapshot?) throws(Problem)
    -> HTTPResponse
  {
    // Whoever does not expect a stream would wait for its end.
    guard request.headers["accept"]?.contains("text/event-stream") == true else {
      throw Problem(
        status: 406, title: "this is a stream of events",
        remedy: "send 'Accept: text/event-stream', or ask /api/v1/live for one answer")
    }
    guard let snapshot else {
      throw Problem(status: 503, title: "the site is starting", remedy: "ask again in a second")
    }
    return Self.response(
      200, "text/event-stream", bytes: Self.event("snapshot", LiveReport(snapshot).json))
  }

  /// What every open stream is sent when the picture has changed.
  public static func tick(_ snapshot: SiteSnapshot) -> [UInt8] {
    Self.event("tick", LiveReport(snapshot).json)
  }

  /// What tells a reader that nothing else has been lost.
  public static let beat = Array("event: beat\ndata: {}\n\n".utf8)

  private static func event(_ name: String, _ report: JSONValue) -> [UInt8] {
    // JSON text has no line breaks, so it is one line of data.
    Array("id: \(report["revision"]?.string ?? "")\nevent: \(name)\ndata: \(report.text())\n\n".utf8)
  }

  // MARK: From the snapshot

  private func response(
    _ endpoint: Endpoint, _ request: HTTPRequestReader.Request, _ caller: Caller, _ snapshot: SiteSnapshot?
  ) throws(Problem) -> HTTPResponse {
    if let (type, bytes) = Self.asset(endpoint) { return Self.response(200, type, bytes: bytes) }
    if endpoint == .health {
      let health = SiteHealth(snapshot)
      return Self.response(health.problems.isEmpty ? 200 : 503, "application/json", health.json.text() + "\n")
    }
    if endpoint == .signInPage {
      return Self.page(200, SignInPage(back: Self.back(request.query("back")), refusal: nil).markup)
    }
    guard let snapshot else {
      guard DashboardPage.Place(endpoint) == nil else { return Self.page(503, SignInPage.starting) }
      throw Problem(status: 503, title: "the site is starting", remedy: "ask again in a second")
    }
    if let place = DashboardPage.Place(endpoint) {
      return Self.page(
        200,
        DashboardPage(
          place: place, snapshot: snapshot, actions: Actions(caller, back: place.rawValue),
          version: self.version
        ).markup)
    }
    return switch endpoint {
    case .metrics:
      Self.response(
        200, "text/plain; version=0.0.4; charset=utf-8", SiteMetrics(snapshot, version: self.version).text)
    case .live: Self.json(LiveReport(snapshot).json)
    case .planInForce: Self.json(snapshot.plan)
    case .rigList: Self.json(snapshot.rigs)
    case .meters: Self.json(snapshot.meters)
    case .alarms: Self.json(snapshot.alarms)
    case .slots: Self.json(snapshot.slots)
    case .decisions: Self.json(snapshot.decisions)
    case .events: Self.json(snapshot.events)
    case .certificates: Self.json(snapshot.certificates)
    case .log: Self.json(snapshot.log)
    case .forecast: Self.json(GridShiftAnswers(snapshot).forecast)
    case .currentSchedule:
      Self.json(GridShiftAnswers(snapshot).blocks(on: try WebQuestion.date(request, "target_date")))
    case .agents: Self.json(GridFlexAnswers(snapshot).agents)
    case .currentGrid: Self.json(GridFlexAnswers(snapshot).grid)
    case .queue: Self.json(GridFlexAnswers(snapshot).queue)
    case .jobDecisions:
      Self.json(
        GridFlexAnswers(snapshot).decisions(
          try WebQuestion.number(request, "limit", in: 1...1000, default: 10)))
    case .systemMetrics: Self.json(GridFlexAnswers(snapshot).metrics)
    case _: Self.json(snapshot.status)
    }
  }

  static func asset(_ endpoint: Endpoint) -> (type: String, bytes: [UInt8])? {
    switch endpoint {
    case .style: ("text/css; charset=utf-8", PackageResources.style_css)
    case .verifyScript: ("text/javascript; charset=utf-8", PackageResources.verify_js)
    case .liveScript: ("text/javascript; charset=utf-8", PackageResources.live_js)
    case .chartScript: ("text/javascript; charset=utf-8", PackageResources.charts_js)
    case .description: ("application/json", PackageResources.openapi_json)
    case _: nil
    }
  }

  // MARK: From the site

  /// What came of a question.
  public func response(
    to question: WebQuestion, _ outcome: WebOutcome, _ snapshot: @autoclosure () -> SiteSnapshot? = nil
  ) -> HTTPResponse {
    switch (question, outcome) {
    case (.slots, .done(let slots)):
      return snapshot().map { Self.json(GridShiftAnswers($0).actuals(slots)) } ?? Self.unavailable
    case (.energy(let period, let caller), .done(let accounts)):
      guard let snapshot = snapshot() else { return Self.page(503, SignInPage.starting) }
      return Self.page(
        200,
        DashboardPage(
          place: .energy, snapshot: snapshot, actions: Actions(caller, back: "/energy"),
          version: self.version, energy: (period, accounts)
        ).markup)
    case (.history(_, let asCSV), .done(let history)):
      let decisions = history["decisions"] ?? []
      guard asCSV else { return Self.json(decisions) }
      return Self.response(200, "text/csv; charset=utf-8", DecisionList.csv(decisions.array ?? []))
    case (.evidence(let filter, let caller), .done(let history)):
      guard let snapshot = snapshot() else { return Self.page(503, SignInPage.starting) }
      return Self.page(
        200,
        DashboardPage(
          place: .evidence, snapshot: snapshot, actions: Actions(caller, back: "/evidence"),
          version: self.version, history: (filter, history)
        ).markup)
    case (.evidence, .refused(let why)):
      return Self.page(409, RefusalPage(why: why, back: "/evidence").markup)
    case (.energy, _), (.evidence, _):
      return Self.page(
        503, RefusalPage(why: "The record cannot be read now. Try again in a few seconds.", back: "/").markup)
    case (.optimizeDay(let date, _), .done(let plan)):
      guard let snapshot = snapshot() else { return Self.unavailable }
      return GridShiftAnswers(snapshot, plan: plan).optimized(date).map(Self.json)
        ?? Problem(
          status: 409, title: "the plan does not reach this day",
          remedy: "it looks from now to \(snapshot.status["plan"]?["to"]?.string ?? "the end of its horizon")"
        ).response
    case (.optimizeJobs(let ids, _), .done(let jobs)):
      guard let snapshot = snapshot() else { return Self.unavailable }
      return Self.json(GridFlexAnswers(snapshot, jobs: jobs).optimized(ids))
    case (.signIn(_, _, let back), .signedIn(let cookie)):
      var response = Self.redirection(to: Self.back(back))
      response.headers.append(self.cookie(cookie, seconds: SessionBook.longest.components.seconds))
      return response
    case (.signIn(_, _, let back), .refused(let why)):
      return Self.page(403, SignInPage(back: Self.back(back), refusal: why).markup)
    case (.signOut, _):
      var response = Self.redirection(to: "/")
      response.headers.append(self.cookie("", seconds: 0))
      return response
    case (.wish(_, _, let back?), .done): return Self.redirection(to: Self.back(back))
    case (.wish(_, _, let back?), .refused(let why)):
      return Self.page(409, RefusalPage(why: why, back: Self.back(back)).markup)
    case (_, .done(let json)): return Self.json(json)
    case (_, .refused(let why)):
      return Problem(status: 409, title: "the site does not do this", remedy: why).response
    case (_, .unknown(let what)):
      return Problem(status: 404, title: what, remedy: "see /openapi.json").response
    case (_, .unavailable), (_, .signedIn): return Self.unavailable
    }
  }

  private static var unavailable: HTTPResponse {
    Problem(status: 503, title: "the site cannot say this now", remedy: "ask again in a few seconds").response
  }

  /// How many requests are answered, for all callers together.
  public static let allowance = Allowance(burst: 400, perSecond: 200)

  /// An answer for whoever asks too much.
  public static var busy: HTTPResponse {
    var response = Problem(
      status: 429, title: "too many requests", remedy: "ask less often; one a second is plenty"
    ).response
    response.headers.append(HTTPHeader("Retry-After", "1"))
    return response
  }

  private func cookie(_ value: String, seconds: Int64) -> HTTPHeader {
    HTTPHeader(
      "Set-Cookie",
      "\(Caller.cookie)=\(value); HttpOnly; SameSite=Strict; Path=/; Max-Age=\(seconds)"
        + (self.usesTLS ? "; Secure" : ""))
  }

  /// A page of this site and no other place.
  private static func back(_ path: String?) -> String {
    path.flatMap { DashboardPage.Place(rawValue: $0) }?.rawValue ?? "/"
  }

  private static func redirection(to path: String) -> HTTPResponse {
    var response = Self.response(303, "text/plain; charset=utf-8", "see \(path)\n")
    response.headers.append(HTTPHeader("Location", path))
    return response
  }

  private static func json(_ value: JSONValue) -> HTTPResponse {
    Self.response(200, "application/json", value.text() + "\n")
  }

  // MARK: For people

  /// Scripts and styles come from here alone, and nothing may be put into a page but by adopting what the browser parsed.
  private static let pagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    + "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"

  static func page(_ status: Int, _ markup: Markup) -> HTTPResponse {
    Self.response(status, "text/html; charset=utf-8", bytes: Array(markup.text.utf8), policy: Self.pagePolicy)
  }

  /// A refusal where the request does not name this site as its host, as HTTP/1.1 has every request do: a page of a
  /// stranger, whose name was made to point at this host, must not read the site.
  func strangersName(_ request: HTTPRequestReader.Request) -> HTTPResponse? {
    if let host = request.headers["host"], self.isOurs(HostField.name(of: host)) { return nil }
    return Problem(
      status: 421, title: "not a name of this site",
      remedy: "ask with one of: " + self.names.joined(separator: ", ")
    ).response
  }

  /// A page of a stranger can have its own name made to point here, but no numeric address: where the network may ask, the
  /// site's addresses need not be known.
  private func isOurs(_ host: String) -> Bool {
    self.names.contains(host)
      || self.readers == .signedIn && host.contains { $0.isNumber }
        && host.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" }
        && (host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." })
  }

  static func response(_ status: Int, _ type: String, _ body: String) -> HTTPResponse {
    Self.response(status, type, bytes: Array(body.utf8))
  }

  static func response(
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
