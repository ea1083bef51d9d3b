public import JSONText
import PeerProtocol
public import Quantities

/// What only the running site can answer, or do.
public enum WebQuestion: Sendable {
  /// Entries in full, `from` on, `limit` of them.
  case certificates(from: Int64, limit: Int)
  /// `limit` of them, newest first, after the newest `offset`.
  case newestCertificates(limit: Int, offset: Int64)
  case certificate(Int64)
  case verification
  /// Settled slots of local days, both included.
  case slots(from: CivilDate, to: CivilDate)
  /// The accounts of local days, both included.
  case report(from: CivilDate, to: CivilDate)
  /// The same with every slot, for a page that `caller` asked for.
  case energy(EnergyPeriod, Caller)
  case forecastErrors
  /// Decisions and events of the record, newest first; of the decisions alone as CSV.
  case history(HistoryFilter, asCSV: Bool)
  /// The same for a page that `caller` asked for.
  case evidence(HistoryFilter, Caller)
  /// A plan made anew, of which a local day is looked at.
  case optimizeDay(CivilDate, by: String)
  /// The same for jobs; nil for all of them.
  case optimizeJobs([String]?, by: String)
  case why(rig: String, at: String?)
  /// The plan in force with its reasons.
  case planExplained
  case jobs
  case job(id: String)
  case feeds
  case peers
  case grid
  /// `back` is the page that the person came from.
  case signIn(name: String, password: String, back: String)
  case signOut(cookie: String)
  /// Whether a text could be the site file.
  case validateSite([UInt8])
  /// `by` stands in the record; `back` is the page whose form it was, nil for a program.
  case wish(WebWish, by: String, back: String?)

  /// A page of 512 entries is about a megabyte.
  private static let mostCertificates = 512
  /// The largest whole number that every reader of JSON keeps.
  private static let mostExact = 1 << 53 - 1
  private static let longestPassword = 200

  /// Nil where a snapshot is enough.
  init?(
    _ endpoint: Endpoint, _ blank: String, _ request: HTTPRequestReader.Request, _ caller: Caller
  ) throws(Problem) {
    let by = caller.name ?? ""
    switch endpoint {
    case .certificates:
      let limit = try Self.number(
        request, "limit", in: 1...Self.mostCertificates, default: Self.mostCertificates)
      guard request.query("from") != nil else { return nil }
      let first = try Self.number(request, "from", in: 1...Self.mostExact, default: 1)
      self = .certificates(from: Int64(first), limit: limit)
    case .newestCertificates:
      self = .newestCertificates(
        limit: try Self.number(request, "limit", in: 1...Self.mostCertificates, default: 50),
        offset: Int64(try Self.number(request, "offset", in: 0...Int(Int32.max), default: 0)))
    case .certificate:
      guard let sequence = Int64(blank), sequence >= 1 else {
        throw Problem(status: 404, title: "there is no such entry", remedy: "entries are numbered from 1 on")
      }
      self = .certificate(sequence)
    case .verification: self = .verification
    case .actuals:
      let days = try Self.days(request, "start_date", "end_date", most: 31)
      self = .slots(from: days.lowerBound, to: days.upperBound)
    case .report:
      let days = try Self.days(request, "from", "to", most: 93)
      self = .report(from: days.lowerBound, to: days.upperBound)
    case .forecastErrors: self = .forecastErrors
    case .energy:
      let span = request.query("span").flatMap { EnergyPeriod.Span(rawValue: $0) } ?? .day
      self = .energy(
        EnergyPeriod(span: span, date: request.query("day").flatMap { ISO8601.date($0) }), caller)
    case .evidence:
      let filter = Self.filter(request)
      guard !filter.isEmpty else { return nil }
      self = .evidence(filter, caller)
    case .decisions:
      let format = request.query("format") ?? "json"
      guard format == "json" || format == "csv" else {
        throw Problem(status: 400, title: "no such 'format'", remedy: "'format' is json or csv")
      }
      let filter = Self.filter(request)
      guard !filter.isEmpty || format == "csv" else { return nil }
      self = .history(filter, asCSV: format == "csv")
    case .optimizeDay:
      let body = try Self.json(request)
      guard let text = body["date"]?.string, body.object?.count == 1 else {
        throw Problem(
          status: 422, title: "the body is not understood", remedy: "send {\"date\": \"2026-03-14\"}")
      }
      self = .optimizeDay(try Self.date(text, called: "date"), by: by)
    case .optimizeJobs: self = .optimizeJobs(try Self.jobs(request), by: by)
    case .why:
      self = .why(
        rig: blank, at: request.query("at").flatMap { PercentCoding.decoded($0.utf8, plusIsSpace: true) })
    case .planExplained: self = .planExplained
    case .jobs: self = .jobs
    case .job: self = .job(id: blank)
    case .feeds: self = .feeds
    case .peers: self = .peers
    case .grid: self = .grid
    case .signIn:
      guard FormFields.isForm(request), let form = FormFields(request.body), let password = form["password"],
        password.utf8.count <= Self.longestPassword, let name = form["name"], WebAccess.isName(name)
      else {
        throw Problem(
          status: 400, title: "that is not how to sign in", remedy: "use the form at /login")
      }
      self = .signIn(name: name, password: password, back: form["back"] ?? "/")
    case .signOut: self = .signOut(cookie: Caller.cookie(of: request) ?? "")
    case .form:
      guard FormFields.isForm(request), let form = FormFields(request.body), let wish = WebWish(form) else {
        throw Problem(
          status: 400, title: "nothing was understood of this form",
          remedy: "go back and fill it in; all rigs are switched off by typing OFF")
      }
      self = .wish(wish, by: by, back: form["back"] ?? "/")
    case .addJob: self = .wish(.addJob(try Self.json(request)), by: by, back: nil)
    case .cancelJob: self = .wish(.cancelJob(id: blank), by: by, back: nil)
    case .override: self = .wish(try Self.wish(request, WebWish.override), by: by, back: nil)
    case .clearOverride: self = .wish(.clearOverride(target: blank), by: by, back: nil)
    case .lockOut: self = .wish(try Self.wish(request, WebWish.lockOut), by: by, back: nil)
    case .clearLockOut: self = .wish(.clearLockOut(rig: blank), by: by, back: nil)
    case .allOff: self = .wish(.allOff, by: by, back: nil)
    case .endAllOff: self = .wish(.endAllOff, by: by, back: nil)
    case .acknowledge: self = .wish(.acknowledge(alarm: blank), by: by, back: nil)
    case .testAlarms: self = .wish(.testAlarms, by: by, back: nil)
    case .confirmClock: self = .wish(.confirmClock, by: by, back: nil)
    case .validateSite:
      let type = request.headers["content-type"]?.lowercased() ?? ""
      guard type.hasPrefix("text/plain") || type.hasPrefix("application/toml") else {
        throw Problem(
          status: 415, title: "the body has to be a site file",
          remedy: "send it with Content-Type: text/plain")
      }
      guard !request.body.isEmpty else {
        throw Problem(
          status: 400, title: "there is no text to judge", remedy: "send the site file as the body")
      }
      self = .validateSite(request.body)
    case .replan: self = .wish(.replan, by: by, back: nil)
    case _: return nil
    }
  }

  private static func filter(_ request: HTTPRequestReader.Request) -> HistoryFilter {
    func text(_ name: String) -> String? {
      request.query(name).flatMap { PercentCoding.decoded($0.utf8, plusIsSpace: true) }
    }
    return HistoryFilter(since: text("since"), text: text("text"))
  }

  /// The jobs that a body names; nil for all of them.
  private static func jobs(_ request: HTTPRequestReader.Request) throws(Problem) -> [String]? {
    guard !request.body.isEmpty else { return nil }
    let body = try Self.json(request)
    let mistake = Problem(
      status: 422, title: "the body is not understood",
      remedy: "send {\"job_ids\": [\"a\", \"b\"]}, or nothing")
    guard let members = body.object, members.allSatisfy({ $0.name == "job_ids" }) else { throw mistake }
    guard let named = members.first?.value, !named.isNull else { return nil }
    let ids = named.array?.compactMap(\.string) ?? []
    guard !ids.isEmpty, ids.count == named.array?.count, ids.count <= 1000 else { throw mistake }
    return ids
  }

  /// A whole number of the query.
  static func number(
    _ request: HTTPRequestReader.Request, _ name: String, in range: ClosedRange<Int>, default fallback: Int
  ) throws(Problem) -> Int {
    guard let text = request.query(name) else { return fallback }
    guard let number = Int(text), range.contains(number) else {
      throw Problem(
        status: 400, title: "no such '\(name)'",
        remedy: "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A date of the query; nil when it is not there.
  static func date(_ request: HTTPRequestReader.Request, _ name: String) throws(Problem) -> CivilDate? {
    guard let text = request.query(name) else { return nil }
    return try Self.date(text, called: name)
  }

  /// Local days from one field of the query to the other.
  private static func days(
    _ request: HTTPRequestReader.Request, _ first: String, _ last: String, most: Int64
  ) throws(Problem) -> ClosedRange<CivilDate> {
    guard let from = try Self.date(request, first), let to = try Self.date(request, last) else {
      throw Problem(
        status: 400, title: "no days", remedy: "say '\(first)' and '\(last)', such as 2026-03-14")
    }
    guard from <= to, to.dayNumber - from.dayNumber < most else {
      throw Problem(
        status: 409, title: "no such days", remedy: "ask for 1 to \(most) days, the first one first")
    }
    return from...to
  }

  private static func date(_ text: String, called name: String) throws(Problem) -> CivilDate {
    if let date = ISO8601.date(text) { return date }
    // A day that a calendar may have, but not this one, is nowhere.
    let isDay = text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil
    throw Problem(
      status: isDay ? 404 : 400, title: "no such '\(name)'",
      remedy: "'\(name)' is a date such as 2026-03-14, from 1900 to 2200")
  }

  private static func wish(
    _ request: HTTPRequestReader.Request, _ read: (JSONValue) throws(WebWish.Mistake) -> WebWish
  ) throws(Problem) -> WebWish {
    let body = try Self.json(request)
    do throws(WebWish.Mistake) {
      return try read(body)
    } catch {
      throw Problem(status: 422, title: "the body is not understood", remedy: error.text)
    }
  }

  private static func json(_ request: HTTPRequestReader.Request) throws(Problem) -> JSONValue {
    guard request.headers["content-type"]?.lowercased().hasPrefix("application/json") ?? false else {
      throw Problem(
        status: 415, title: "the body has to be JSON", remedy: "send it with Content-Type: application/json")
    }
    do throws(JSONError) {
      return try JSONValue.parse(
        request.body, limits: JSONLimits(maximumBytes: 64 << 10, maximumDepth: 8))
    } catch {
      throw Problem(status: 400, title: "the body is no JSON", remedy: "\(error)")
    }
  }
}

/// What came of a question.
public enum WebOutcome: Sendable {
  case done(JSONValue)
  /// Why not, in words a person can act on.
  case refused(String)
  /// There is no such thing.
  case unknown(String)
  case unavailable
  case signedIn(cookie: String)
}
