/// An amount in the site's currency. A cost is positive, an income negative, where the name does not say otherwise.
@frozen public struct Money: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

/// Site currency per kWh. May be negative.
@frozen public struct EnergyPrice: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

extension EnergyPrice {
  @inlinable public static func * (price: EnergyPrice, energy: KilowattHours) -> Money {
    Money(price.value * energy.value)
  }
}
