/// Grams of CO2 equivalent per kWh of electricity.
@frozen public struct CarbonIntensity: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

/// Kilograms of CO2 equivalent.
@frozen public struct KilogramsCO2: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

extension CarbonIntensity {
  @inlinable public static func * (intensity: CarbonIntensity, energy: KilowattHours) -> KilogramsCO2 {
    KilogramsCO2(intensity.value * energy.value / 1000)
  }
}
