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

  /// `length` must be at least a millisecond and end before the end of time.
  @inlinable public init(start: UTCInstant, length: Duration) {
    self.start = start
    self.end = start + length
    precondition(self.start < self.end, "a slot has a positive length")
  }

  private enum CodingKeys: CodingKey {
    case start
    case end
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let start = try container.decode(UTCInstant.self, forKey: .start)
    let end = try container.decode(UTCInstant.self, forKey: .end)
    guard let slot = Slot(start: start, end: end) else {
      throw DecodingError.dataCorruptedError(
        forKey: .end, in: container, debugDescription: "ends before it starts")
    }
    self = slot
  }

  @inlinable public var length: Duration { self.end - self.start }
  @inlinable public var hours: Double { Double(self.end.millisecondsSince(self.start)) / 3_600_000 }
  @inlinable public func contains(_ instant: UTCInstant) -> Bool {
    self.start <= instant && instant < self.end
  }

  /// The part both slots cover, nil when they only touch or miss each other.
  public func intersection(_ other: Slot) -> Slot? {
    Slot(start: max(self.start, other.start), end: min(self.end, other.end))
  }
}
