public import Quantities
public import SiteModel

/// Which alarms stand, and whom they are to reach: conditions in, changes and messages out.
///
/// A condition that lasts becomes an alarm, once for its kind and what it is about. It is over when its cause has been gone
/// for the hold; a cause that comes back sooner is the same alarm, and one that comes back soon after is held longer. What is
/// to be told is gathered for a moment into one message.
public struct AlarmBook: Sendable {
  public struct Settings: Sendable, Hashable {
    public var site: String
    public var zone: ZoneRules
    public var isSimulated: Bool
    public var alarms: AlarmSettings
    public init(site: String, zone: ZoneRules, isSimulated: Bool = false, alarms: AlarmSettings) {
      self.site = site
      self.zone = zone
      self.isSimulated = isSimulated
      self.alarms = alarms
    }
  }

  /// What a journal should say.
  public enum Change: Sendable, Hashable {
    case raised(StandingAlarm)
    case acknowledged(StandingAlarm)
    /// The time of an acknowledgement is over and the alarm is not.
    case acknowledgementEnded(StandingAlarm)
    case over(PastAlarm)
    /// Alarms that find no room, so many by now.
    case full(Int)
  }

  public struct Outcome: Sendable, Hashable {
    public var changes: [Change] = []
    public var messages: [AlarmMessage] = []
  }

  /// Within this time of its end an alarm that is raised again counts as the same trouble.
  static let recurrenceWindow = Duration.hours(2)
  static let longestHold = Duration.hours(4)

  public var settings: Settings
  /// Oldest first.
  public internal(set) var open: [StandingAlarm] = []
  /// Newest first.
  public internal(set) var closed: [PastAlarm] = []
  /// Over, and not told yet.
  var unsaid: [PastAlarm] = []
  var nextID: Int64 = 1
  /// Conditions that have not lasted yet, since when.
  private var brewing: [(condition: AlarmCondition, since: AlarmTime)] = []
  private var gatherUntil: MonotonicInstant?
  private var withoutRoom = 0

  public init(_ settings: Settings) { self.settings = settings }

  /// - Parameter unknown: Sources that say nothing at present.
  public mutating func observe(
    _ conditions: [AlarmCondition], unknown: Set<AlarmSource> = [], at now: AlarmTime
  ) -> Outcome {
    var outcome = Outcome()
    // What somebody must act on finds room before what can wait.
    let conditions = conditions.sorted { $0.kind.severity > $1.kind.severity }
    self.see(conditions, at: now, into: &outcome)
    self.brewing.removeAll { brew in
      !unknown.contains(brew.condition.kind.source)
        && !conditions.contains { $0.kind == brew.condition.kind && $0.about == brew.condition.about }
    }
    self.miss(conditions, unknown: unknown, at: now, into: &outcome)
    self.endAcknowledgements(at: now, into: &outcome)
    if let message = self.announcement(at: now) { outcome.messages.append(message) }
    if let message = self.reminder(at: now) { outcome.messages.append(message) }
    return outcome
  }

  // MARK: Coming

  private mutating func see(
    _ conditions: [AlarmCondition], at now: AlarmTime, into outcome: inout Outcome
  ) {
    var withoutRoom = 0
    for condition in conditions {
      if let index = self.open.firstIndex(where: { $0.isAbout(condition) }) {
        self.open[index].detail = condition.detail
        if self.open[index].gone != nil {
          self.open[index].gone = nil
          self.open[index].returns = min(self.open[index].returns + 1, 1_000_000)
        }
      } else if let since = self.lasting(condition, at: now) {
        guard self.makeRoom(for: condition) else {
          withoutRoom += 1
          continue
        }
        outcome.changes.append(.raised(self.raise(condition, since: since)))
      }
    }
    if withoutRoom > self.withoutRoom { outcome.changes.append(.full(withoutRoom)) }
    self.withoutRoom = withoutRoom
  }

  /// Since when it has lasted long enough to be an alarm; nil when it has not.
  private mutating func lasting(_ condition: AlarmCondition, at now: AlarmTime) -> UTCInstant? {
    let patience = AlarmCatalogue.entry(of: condition.kind).patience
    let index = self.brewing.firstIndex {
      $0.condition.kind == condition.kind && $0.condition.about == condition.about
    }
    guard let index else {
      if patience == .zero { return now.wall }
      if self.brewing.count < 2 * AlarmLimits.open { self.brewing.append((condition, now)) }
      return nil
    }
    let since = self.brewing[index].since
    guard now.monotonic - since.monotonic >= patience else { return nil }
    return since.wall
  }

  private mutating func makeRoom(for condition: AlarmCondition) -> Bool {
    if self.open.count < AlarmLimits.open { return true }
    guard condition.kind.severity == .act,
      let index = self.open.lastIndex(where: { $0.severity < .act })
    else { return false }
    self.open.remove(at: index)
    return true
  }

  private mutating func raise(_ condition: AlarmCondition, since: UTCInstant) -> StandingAlarm {
    var alarm = StandingAlarm(id: self.nextID, condition, since: since)
    self.nextID = self.nextID < .max ? self.nextID + 1 : 1
    if let last = self.closed.first(where: { $0.kind == condition.kind && $0.about == condition.about }),
      since - last.until < Self.recurrenceWindow
    {
      alarm.recurrences = min(last.recurrences + 1, 16)
    }
    self.open.append(alarm)
    return alarm
  }

  // MARK: Going

  private mutating func miss(
    _ conditions: [AlarmCondition], unknown: Set<AlarmSource>, at now: AlarmTime, into outcome: inout Outcome
  ) {
    var kept: [StandingAlarm] = []
    for var alarm in self.open {
      if unknown.contains(alarm.kind.source) || conditions.contains(where: alarm.isAbout) {
        kept.append(alarm)
        continue
      }
      let gone = alarm.gone ?? now
      alarm.gone = gone
      guard now.monotonic - gone.monotonic >= self.hold(for: alarm) else {
        kept.append(alarm)
        continue
      }
      let past = PastAlarm(alarm, until: gone.wall)
      self.closed.insert(past, at: 0)
      if past.kind.severity > .note { self.unsaid.append(past) }
      outcome.changes.append(.over(past))
    }
    self.open = kept
    if self.closed.count > AlarmLimits.closed {
      self.closed.removeLast(self.closed.count - AlarmLimits.closed)
    }
    if self.unsaid.count > AlarmLimits.open { self.unsaid.removeFirst(self.unsaid.count - AlarmLimits.open) }
  }

  /// Doubled with every return of the same trouble.
  func hold(for alarm: StandingAlarm) -> Duration {
    let hold = self.settings.alarms.hold
    return min(hold * (1 << min(alarm.recurrences, 16)), max(hold, Self.longestHold))
  }

  // MARK: Telling

  /// Whether something of this weight is sent at this hour.
  private func isSent(_ severity: AlarmSeverity, at wall: UTCInstant) -> Bool {
    switch severity {
    case .note: false
    case .act: true
    case .wait:
      !(self.settings.alarms.quietHours?.contains(minute: self.settings.zone.minuteOfDay(of: wall)) ?? false)
    }
  }

  private mutating func announcement(at now: AlarmTime) -> AlarmMessage? {
    let new = self.open.indices.filter {
      !self.open[$0].isAnnounced && self.isSent(self.open[$0].severity, at: now.wall)
    }
    let over = self.unsaid.filter { self.isSent($0.kind.severity, at: now.wall) }
    guard !new.isEmpty || !over.isEmpty else {
      self.gatherUntil = nil
      return nil
    }
    let until = self.gatherUntil ?? now.monotonic + self.settings.alarms.gather
    self.gatherUntil = until
    guard now.monotonic >= until else { return nil }
    self.gatherUntil = nil
    for index in new {
      self.open[index].isAnnounced = true
      self.open[index].remindAt = self.settings.alarms.reminder.map { now.monotonic + $0 }
    }
    self.unsaid = self.unsaid.filter { !self.isSent($0.kind.severity, at: now.wall) }
    let reason: AlarmMessage.Reason =
      new.count + over.count > 1 ? .summary : over.isEmpty ? .raised : .over
    return self.message(reason, raised: new.map { self.open[$0] }, over: over, at: now)
  }

  /// One message for everybody's unanswered calls as soon as one of them is due.
  private mutating func reminder(at now: AlarmTime) -> AlarmMessage? {
    guard let every = self.settings.alarms.reminder else { return nil }
    let unanswered = self.open.indices.filter {
      let alarm = self.open[$0]
      return alarm.severity == .act && alarm.isAnnounced && alarm.acknowledgement == nil && alarm.isPresent
    }
    guard unanswered.contains(where: { (self.open[$0].remindAt ?? now.monotonic) <= now.monotonic }) else {
      return nil
    }
    for index in unanswered { self.open[index].remindAt = now.monotonic + every }
    return self.message(.reminder, raised: unanswered.map { self.open[$0] }, over: [], at: now)
  }

  private func message(
    _ reason: AlarmMessage.Reason, raised: [StandingAlarm], over: [PastAlarm], at now: AlarmTime
  ) -> AlarmMessage {
    AlarmMessage(
      site: self.settings.site, at: now.wall, reason: reason, isSimulated: self.settings.isSimulated,
      raised: raised.map(AlarmMessage.Item.init), over: over.map(AlarmMessage.Item.init))
  }
}
