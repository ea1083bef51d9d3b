public import JSONText
public import Quantities
public import SiteModel

/// Where one feed stands.
public struct FeedReport: Sendable {
  public var role: FeedRole
  public var source: FeedSource
  public var address: String
  /// Of the last good answer, with what it reaches; nil without one.
  public var issued: UTCInstant?
  public var reach: Slot?
  public var why: String?
  public var needsPerson: Bool

  public init(
    role: FeedRole, source: FeedSource, address: String, issued: UTCInstant?, reach: Slot?, why: String?,
    needsPerson: Bool
  ) {
    self.role = role
    self.source = source
    self.address = address
    self.issued = issued
    self.reach = reach
    self.why = why
    self.needsPerson = needsPerson
  }

  /// `schedule` is nil where nobody asks.
  public func json(at wall: UTCInstant, schedule: FeedSchedule?, now: MonotonicInstant) -> JSONValue {
    let state =
      self.why == nil
      ? (self.issued == nil ? "waiting" : "good") : self.needsPerson ? "needs_person" : "failing"
    func time(_ instant: UTCInstant?) -> JSONValue { instant.map { .string(ISO8601.string($0)) } ?? .null }
    return .object([
      .init("feed", .string(self.role.rawValue)), .init("service", .string(self.source.title)),
      .init("address", .string(self.address)),
      .init("state", .string(schedule == nil ? "not_asked" : state)), .init("issued", time(self.issued)),
      .init("age_s", self.issued.map { .integer(max(0, wall.millisecondsSince($0) / 1000)) } ?? .null),
      .init("from", time(self.reach?.start)), .init("to", time(self.reach?.end)),
      .init("failures", schedule.map { .integer(Int64($0.failures)) } ?? .null),
      .init("next_call_s", schedule.map { .integer(max(0, $0.next.millisecondsSince(now) / 1000)) } ?? .null),
      .init("calls_today", schedule.map { .integer(Int64($0.calls)) } ?? .null),
      .init("calls_per_day", .integer(Int64(self.source.callsPerDay))),
      .init("why", self.why.map { .string($0) } ?? .null),
    ])
  }
}
