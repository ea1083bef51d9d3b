/// Power in kW. Where a flow has a direction, import and consumption are positive.
@frozen public struct Kilowatts: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

extension Kilowatts {
  @inlinable public init(watts: Double) { self.init(watts / 1000) }
  @inlinable public static func * (power: Kilowatts, length: Duration) -> KilowattHours {
    KilowattHours(power.value * length.hours)
  }
}
