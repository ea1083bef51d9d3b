import Alarms
import Quantities
import SiteModel

/// A book with a clock of its own: what happens, second by second.
struct Watch {
  /// Berlin in 2025: an hour is skipped on 30 March at 01:00 UTC, and shown twice on 26 October until 01:00 UTC.
  static let berlin = ZoneRules(
    name: "Europe/Berlin",
    eras: [
      .init(start: UTCInstant(milliseconds: .min), offsetSeconds: 3600),
      .init(
        start: ISO8601.instant("2025-03-30T01:00:00Z") ?? UTCInstant(milliseconds: 0), offsetSeconds: 7200),
      .init(
        start: ISO8601.instant("2025-10-26T01:00:00Z") ?? UTCInstant(milliseconds: 0), offsetSeconds: 3600),
    ])

  var book: AlarmBook
  var now: AlarmTime
  private(set) var messages: [AlarmMessage] = []
  private(set) var changes: [AlarmBook.Change] = []

  /// - Parameter quiet: From and to, in minutes after midnight.
  init(
    at start: String = "2025-06-01T10:00:00Z", quiet: (Int, Int)? = nil, hold: Duration = .minutes(5),
    reminder: Duration? = .minutes(30)
  ) {
    var alarms = AlarmSettings(hold: hold, gather: .seconds(10), reminder: reminder)
    if let quiet, let from = TimeOfDay(minutes: quiet.0), let to = TimeOfDay(minutes: quiet.1) {
      alarms.quietHours = PlannerSettings.Window(from: from, to: to)
    }
    self.book = AlarmBook(.init(site: "Hall", zone: Self.berlin, alarms: alarms))
    self.now = AlarmTime(
      monotonic: MonotonicInstant(milliseconds: 5_000_000),
      wall: ISO8601.instant(start) ?? UTCInstant(milliseconds: 0))
  }

  /// The same conditions for so many steps, each followed by its length.
  mutating func see(
    _ conditions: [AlarmCondition], unknown: Set<AlarmSource> = [], for length: Duration,
    every step: Duration = .seconds(1)
  ) {
    let end = self.now.monotonic + length
    while self.now.monotonic < end {
      let outcome = self.book.observe(conditions, unknown: unknown, at: self.now)
      self.messages += outcome.messages
      self.changes += outcome.changes
      self.now.monotonic = self.now.monotonic + step
      self.now.wall = self.now.wall + step
    }
  }

  mutating func takeMessages() -> [AlarmMessage] {
    defer { self.messages = [] }
    return self.messages
  }

  mutating func acknowledge(_ id: Int64, until: String? = nil) -> Result<AlarmBook.Change, AlarmBook.Refusal>
  {
    self.book.acknowledge(id, by: "anna", until: until.flatMap { ISO8601.instant($0) }, at: self.now)
  }
}

extension AlarmCondition {
  /// Somebody must act.
  static let stop = AlarmCondition(.emergencyStop, detail: "emergency stop")
  static func welded(_ rig: String) -> Self {
    .init(.contactWelded, about: rig, detail: "open but draws power")
  }
  /// It can wait.
  static func silent(_ rig: String) -> Self {
    .init(.rigSilent, about: rig, detail: "closed but draws no power")
  }
}
