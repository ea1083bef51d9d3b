public import Quantities

/// The weather as the site's generators and rigs feel it at one instant.
public struct Conditions: Sendable, Hashable {
  /// Global horizontal irradiance.
  public var irradiance: Irradiance
  public var airTemperature: Celsius
  /// At 10 m above ground.
  public var windSpeed: MetersPerSecond
  public var pressure: Hectopascals
  public init(
    irradiance: Irradiance, airTemperature: Celsius, windSpeed: MetersPerSecond,
    pressure: Hectopascals = Hectopascals(1013.25)
  ) {
    self.irradiance = irradiance
    self.airTemperature = airTemperature
    self.windSpeed = windSpeed
    self.pressure = pressure
  }
}

/// What the site's generators deliver, before any curtailment.
public struct RenewablePower: Sendable, Hashable {
  public var photovoltaic: Kilowatts
  public var wind: Kilowatts
  public init(photovoltaic: Kilowatts, wind: Kilowatts) {
    self.photovoltaic = photovoltaic
    self.wind = wind
  }
}

/// The forecasting physics as the simulation needs it: the weather expected at an instant, and what given weather
/// yields. Called every few simulated seconds.
public protocol GenerationModel: Sendable {
  func expectedConditions(at instant: UTCInstant) -> Conditions
  func power(under conditions: Conditions) -> RenewablePower
}
