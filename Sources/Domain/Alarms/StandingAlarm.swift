public import Quantities

/// Who knows of an alarm, and until when that silences it.
public struct Acknowledgement: Sendable, Hashable {
  public var by: String
  public var at: UTCInstant
  /// Nil is until the alarm is over.
  public var until: UTCInstant?

  public init(by: String, at: UTCInstant, until: UTCInstant? = nil) {
    self.by = AlarmLimits.shortened(by)
    self.at = at
    self.until = until
  }
}

/// An alarm that has been raised and is not over.
public struct StandingAlarm: Sendable, Hashable {
  /// What a person names it by; never used twice.
  public let id: Int64
  public let kind: AlarmKind
  public let about: String
  /// As last seen.
  public internal(set) var detail: String
  /// When its cause was first seen.
  public let since: UTCInstant
  /// How often its cause went and came again within the hold.
  public internal(set) var returns = 0
  public internal(set) var acknowledgement: Acknowledgement?
  /// Whether people have been told, or need not be.
  var isAnnounced = false
  /// How often the same alarm was over shortly before; each time it is held longer.
  var recurrences = 0
  /// Nil while the cause is seen.
  var gone: AlarmTime?
  /// When an unanswered call to act is repeated.
  var remindAt: MonotonicInstant?

  init(id: Int64, _ condition: AlarmCondition, since: UTCInstant) {
    self.id = id
    self.kind = condition.kind
    self.about = condition.about
    self.detail = condition.detail
    self.since = since
  }

  public var severity: AlarmSeverity { self.kind.severity }
  /// Whether its cause is seen at present, and it does not only wait to be over.
  public var isPresent: Bool { self.gone == nil }

  func isAbout(_ condition: AlarmCondition) -> Bool {
    self.kind == condition.kind && self.about == condition.about
  }
}

/// An alarm that is over.
public struct PastAlarm: Sendable, Hashable {
  public let id: Int64
  public let kind: AlarmKind
  public let about: String
  public let detail: String
  public let since: UTCInstant
  /// When its cause was last seen to go.
  public let until: UTCInstant
  var recurrences: Int

  init(_ alarm: StandingAlarm, until: UTCInstant) {
    self.init(
      id: alarm.id, kind: alarm.kind, about: alarm.about, detail: alarm.detail, since: alarm.since,
      until: until, recurrences: alarm.recurrences)
  }

  init(
    id: Int64, kind: AlarmKind, about: String, detail: String, since: UTCInstant, until: UTCInstant,
    recurrences: Int
  ) {
    self.id = id
    self.kind = kind
    self.about = about
    self.detail = detail
    self.since = since
    self.until = until
    self.recurrences = recurrences
  }
}
