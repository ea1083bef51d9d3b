/// A half-open stretch of civil time, `start` included, `end` not. Never empty.
public struct Slot: Hashable, Sendable, Codable {
  public let start: UTCInstant
  public let end: UTCInstant

  /// Nil unless `end` is after `start`.
  @inlinable public init?(start: UTCInstant, end: UTCInstant) {
    guard start < end else { return nil }
    self.start = start
    self.end = end
  }

  /// `length` must be positive.
  @inlinable public init(start: UTCInstant, length: Duration) {
    precondition(length > .zero, "a slot has a positive length")
    self.start = start
    self.end = start + length
  }

  @inlinable public var length: Duration { self.end - self.start }
  @inlinable public var hours: Double { Double(self.end.millisecondsSince(self.start)) / 3_600_000 }
  @inlinable public func contains(_ instant: UTCInstant) -> Bool { self.start <= instant && instant < self.end }

  /// The part both slots cover, nil when they only touch or miss each other.
  public func intersection(_ other: Slot) -> Slot? {
    Slot(start: max(self.start, other.start), end: min(self.end, other.end))
  }
}
