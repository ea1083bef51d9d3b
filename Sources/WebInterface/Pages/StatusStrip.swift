import JSONText
import Quantities

/// The one line above every page: what the site does, and whether a person has to look.
struct StatusStrip {
  enum Level: String {
    /// Everything as it should be.
    case calm
    /// The site does something else than its plan, on purpose and by itself.
    case notice
    /// A person should look.
    case alarm
  }

  let level: Level
  /// What the site follows, such as `Following plan 14 (optimal)`.
  let mode: String
  let facts: [LiveValue]

  init(_ snapshot: SiteSnapshot) {
    let status = snapshot.status
    let words = Words(snapshot)
    let banks = status["banks"]?.array ?? []
    let problems = SiteHealth(snapshot).problems
    let running = banks.reduce(0) { $0 + ($1["running"]?.int ?? 0) }
    let rigs = banks.reduce(0) { $0 + ($1["rigs"]?.int ?? 0) }
    (self.mode, self.level) = Self.mode(
      status, banks: banks, rigs: snapshot.rigs.array ?? [], words: words, hasProblems: !problems.isEmpty)
    let oldest = (snapshot.meters.array ?? []).first { $0["measures"]?.string == "grid" }
    self.facts = [
      LiveValue(
        "strip-import",
        words.grid(status["import_kw"]?.double, cap: status["import_cap_kw"]?.double)),
      LiveValue("strip-rigs", "\(running)/\(rigs) rigs on"),
      LiveValue(
        "strip-meter",
        oldest.map { meter in
          meter["age_ms"]?.int.map { "meter \((Double($0) / 1000).text(places: 1)) s" }
            ?? "meter: \(meter["fault"]?.string ?? "no answer")"
        } ?? "meter unknown"),
      LiveValue("strip-clock", status["clock_trusted"]?.bool == true ? "clock ok" : "clock not trusted"),
      LiveValue("strip-record", Self.record(snapshot)),
      LiveValue("strip-alarms", AlarmList.count(snapshot)),
    ]
  }

  /// Whether the record is written, how much of it is sealed, and how many peers have seen that.
  private static func record(_ snapshot: SiteSnapshot) -> String {
    guard snapshot.status["store_failed"]?.bool != true else { return "record cannot be written" }
    // The second line of a checkpoint is the number of entries (C2SP tlog-checkpoint).
    let lines = snapshot.log["checkpoint"]?.string?.split(separator: "\n", maxSplits: 2) ?? []
    guard lines.count > 1, let size = Int64(lines[1]) else { return "record ok" }
    let peers = snapshot.peers.array ?? []
    let witnesses = peers.count { ($0["cosigned_size"]?.int ?? 0) > 0 }
    return "record ok, \(size) entries"
      + (peers.isEmpty ? "" : ", witnessed by \(witnesses) of \(peers.count)")
  }

  private static func mode(
    _ status: JSONValue, banks: [JSONValue], rigs: [JSONValue], words: Words, hasProblems: Bool
  ) -> (String, Level) {
    func flag(_ name: String) -> Bool { status[name]?.bool ?? false }
    if flag("emergency_stop") { return ("Emergency stop pressed", .alarm) }
    if status["clock_trusted"]?.bool == false { return ("Fallback (clock not trusted)", .alarm) }
    if status["site_meter_fresh"]?.bool == false { return ("Fallback (no site meter)", .alarm) }
    if flag("store_failed") { return ("Holding (record cannot be written)", .alarm) }
    if !rigs.isEmpty, rigs.allSatisfy({ $0["locked_out"]?.bool == true }) {
      return ("All rigs off: \(rigs[0]["reason"]?.string ?? "locked out")", .alarm)
    }
    let shed = banks.reduce(0) { $0 + ($1["shed"]?.int ?? 0) }
    if shed > 0 { return ("Shedding \(shed) rigs", .alarm) }
    let level = hasProblems ? Level.alarm : .calm
    let overrides = status["overrides"]?.array ?? []
    if let until = overrides.compactMap({ $0["until"]?.string.flatMap { ISO8601.instant($0) } }).max() {
      return ("Manual until \(words.time(until))", hasProblems ? .alarm : .notice)
    }
    guard let plan = status["plan"], !plan.isNull else { return ("Holding (no plan in force)", .alarm) }
    return ("Following plan \(plan["id"]?.int ?? 0) (\(plan["status"]?.string ?? "?"))", level)
  }

  var values: [LiveValue] { [LiveValue("strip-mode", self.mode, state: self.level.rawValue)] + self.facts }

  var markup: Markup {
    """
    <div class="strip" role="status" data-live-state="strip-mode" data-state="\(self.level.rawValue)">\
    <b data-live="strip-mode">\(self.mode)</b>\(self.facts.map { "<span data-live=\"\($0.key)\">\($0.text)</span>" })\
    </div>
    """
  }
}

/// A text that changes while a page is open. `state` is what a style sheet may colour it by.
struct LiveValue {
  let key: String
  let text: String
  let state: String?

  init(_ key: String, _ text: String, state: String? = nil) {
    self.key = key
    self.text = text
    self.state = state
  }

  /// The text in an element that the page's script keeps up to date.
  var markup: Markup { "<span data-live=\"\(self.key)\">\(self.text)</span>" }
}
