/// Temperature in degrees Celsius.
@frozen public struct Celsius: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

/// Wind speed in m/s.
@frozen public struct MetersPerSecond: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

/// Air pressure in hPa, at the site (not reduced to sea level).
@frozen public struct Hectopascals: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}

/// Solar irradiance in W/m2.
@frozen public struct Irradiance: Quantity {
  public let value: Double
  @inlinable public init(finite value: Double) { self.value = value }
}
