/// Energy in kWh.
@frozen public struct KilowattHours: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

extension KilowattHours {
  /// The steady power that moves this energy in `length`; zero for an empty length.
  @inlinable public static func / (energy: KilowattHours, length: Duration) -> Kilowatts {
    let hours = length.hours
    return hours > 0 ? Kilowatts(energy.value / hours) : .zero
  }
}
