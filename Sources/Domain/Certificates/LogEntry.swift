public import JSONText
public import Quantities

/// What a certificate of a site's log is about.
public enum EntryKind: String, Sendable, Hashable, CaseIterable {
  case genesis, schedule, interval, event, settlement
}

/// What an entry will say, before it has its place in the log.
public struct EntryDraft: Sendable, Hashable {
  public var kind: EntryKind
  /// By the site's clock, which may have been set back since the entry before.
  public var issuedAt: UTCInstant
  /// Everything but `kind`, `seq`, `issued_at` and what sealing adds. Names are ASCII and unique.
  public var body: [JSONValue.Member]
  /// The settlement slots an `interval` is about.
  public var slot: Slot?
  /// The plan a `schedule` states, or the one in force in an `interval`.
  public var planID: Int64?

  public init(
    kind: EntryKind, issuedAt: UTCInstant, body: [JSONValue.Member], slot: Slot? = nil, planID: Int64? = nil
  ) {
    self.kind = kind
    self.issuedAt = issuedAt
    self.body = body
    self.slot = slot
    self.planID = planID
  }
}

/// A certificate with what a store finds it by.
public struct LogEntry: Sendable, Hashable {
  public var certificate: Certificate
  public var kind: EntryKind
  public var slot: Slot?
  /// Set for a `schedule` alone.
  public var planID: Int64?

  public init(certificate: Certificate, kind: EntryKind, slot: Slot? = nil, planID: Int64? = nil) {
    self.certificate = certificate
    self.kind = kind
    self.slot = slot
    self.planID = planID
  }
}
