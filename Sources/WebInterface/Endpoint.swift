/// Everything that can be asked, as method and path. A part in braces stands for any one segment.
enum Endpoint: String, CaseIterable {
  // Pages.
  case now = "GET /"
  case plan = "GET /plan"
  case rigs = "GET /rigs"
  case energy = "GET /energy"
  case evidence = "GET /evidence"
  case peersPage = "GET /peers"
  case system = "GET /system"
  case signInPage = "GET /login"
  case signIn = "POST /login"
  case signOut = "POST /logout"
  case form = "POST /do"
  case style = "GET /style.css"
  case verifyScript = "GET /verify.js"
  case liveScript = "GET /live.js"
  case chartScript = "GET /charts.js"
  // Monitoring.
  case health = "GET /health"
  case metrics = "GET /metrics"
  case description = "GET /openapi.json"
  // The site as it is.
  case live = "GET /api/v1/live"
  case stream = "GET /api/v1/stream"
  case status = "GET /api/v1/status"
  case planInForce = "GET /api/v1/plan"
  case planExplained = "GET /api/v1/plan/explanation"
  case rigList = "GET /api/v1/rigs"
  case why = "GET /api/v1/rigs/{rig}/why"
  case meters = "GET /api/v1/meters"
  case alarms = "GET /api/v1/alarms"
  case slots = "GET /api/v1/slots"
  case decisions = "GET /api/v1/decisions"
  case events = "GET /api/v1/events"
  case report = "GET /api/v1/report"
  case forecastErrors = "GET /api/v1/forecast-errors"
  case certificates = "GET /api/v1/certificates"
  case log = "GET /api/v1/log"
  case feeds = "GET /api/v1/feeds"
  case peers = "GET /api/v1/peers"
  case grid = "GET /api/v1/grid"
  case jobs = "GET /api/v1/jobs"
  case job = "GET /api/v1/jobs/{id}"
  // As the older GridShift and GridFlex services were asked.
  case forecast = "GET /energy/forecast"
  case actuals = "GET /energy/actuals"
  case currentSchedule = "GET /schedule/current"
  case optimizeDay = "POST /schedule/optimize"
  case newestCertificates = "GET /certificates"
  case verification = "GET /certificates/verify"
  case certificate = "GET /certificates/{seq}"
  case agents = "GET /agents/status"
  case currentGrid = "GET /grid/current"
  case queue = "GET /workload/queue"
  case optimizeJobs = "POST /optimize"
  case jobDecisions = "GET /decisions/recent"
  case systemMetrics = "GET /metrics/system"
  // What is asked of the site.
  case addJob = "POST /api/v1/jobs"
  case cancelJob = "DELETE /api/v1/jobs/{id}"
  case override = "POST /api/v1/overrides"
  case clearOverride = "DELETE /api/v1/overrides/{target}"
  case lockOut = "POST /api/v1/lockouts"
  case clearLockOut = "DELETE /api/v1/lockouts/{rig}"
  case allOff = "POST /api/v1/all-off"
  case endAllOff = "DELETE /api/v1/all-off"
  case replan = "POST /api/v1/replan"
  case confirmClock = "POST /api/v1/clock/confirm"
  case validateSite = "POST /api/v1/site/validate"
  case testAlarms = "POST /api/v1/alarms/test"
  case acknowledge = "POST /api/v1/alarms/{id}/acknowledge"

  var method: String { String(self.rawValue.prefix { $0 != " " }) }
  var path: String { String(self.rawValue.drop { $0 != " " }.dropFirst()) }

  /// Who may ask.
  enum Access {
    /// Whoever reaches the site.
    case anybody
    /// Whoever may look at the site: anybody where the site file says so, else who is signed in.
    case readers
    /// Who is signed in, or has a token.
    case writers
  }

  var access: Access {
    switch self {
    case .signInPage, .signIn, .signOut, .style, .liveScript, .chartScript, .verifyScript: .anybody
    case .form, .addJob, .cancelJob, .override, .clearOverride, .lockOut, .clearLockOut, .allOff, .endAllOff,
      .replan, .optimizeDay, .optimizeJobs, .testAlarms, .confirmClock, .validateSite,
      .acknowledge:
      .writers
    case _: .readers
    }
  }

  /// The endpoint that a request means, with what stood in its braces; else the methods that its path knows.
  static func find(_ method: String, _ path: String) -> Match {
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    var methods: [String] = []
    for (endpoint, template) in Self.templates {
      guard template.count == segments.count else { continue }
      var blank: Substring?
      let fits = zip(template, segments).allSatisfy { part, segment in
        guard part.hasPrefix("{") else { return part == segment }
        blank = segment
        return !segment.isEmpty
      }
      guard fits else { continue }
      guard endpoint.method == method else {
        methods.append(endpoint.method)
        continue
      }
      guard let blank else { return .endpoint(endpoint, "") }
      return PercentCoding.decoded(blank.utf8).map { .endpoint(endpoint, $0) } ?? .nothing
    }
    return methods.isEmpty ? .nothing : .otherMethods(methods)
  }

  enum Match {
    case endpoint(Endpoint, String)
    case otherMethods([String])
    case nothing
  }

  private static let templates = Self.allCases.map { endpoint in
    (endpoint, endpoint.path.split(separator: "/", omittingEmptySubsequences: false))
  }
}
