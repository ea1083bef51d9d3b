public import Quantities

/// One consistent set of values from one meter. Absent values are nil, never zero.
public struct MeterReading: Sendable, Hashable {
  /// Index into `Site.meters`.
  public var meter: Int
  /// Positive on import, generation or draw, by what the meter measures.
  public var power: Kilowatts
  /// Counter in the direction of positive power, as the meter shows it: it may reset or roll over.
  public var forward: KilowattHours?
  /// Counter in the direction of negative power.
  public var reverse: KilowattHours?
  public var takenAt: MonotonicInstant
  public init(
    meter: Int, power: Kilowatts, forward: KilowattHours?, reverse: KilowattHours?, takenAt: MonotonicInstant
  ) {
    self.meter = meter
    self.power = power
    self.forward = forward
    self.reverse = reverse
    self.takenAt = takenAt
  }
}

/// Why a meter gave no reading.
public enum MeterFault: String, Error, Sendable, Hashable, Codable, CaseIterable {
  case timeout = "no answer"
  case checksum = "checksum error"
  case exception = "device exception"
  case wrongUnit = "answer from another unit"
  case notANumber = "not a number"
  case busDown = "bus not available"
}
