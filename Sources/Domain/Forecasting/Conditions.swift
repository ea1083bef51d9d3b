public import Quantities

/// The weather at a site in one moment, or its mean over a short stretch: all that generation depends on.
public struct Conditions: Sendable, Hashable {
  /// Wind speed at a height above ground in metres.
  public struct Wind: Sendable, Hashable {
    public var height: Double
    public var speed: MetersPerSecond
    public init(height: Double, speed: MetersPerSecond) {
      self.height = height
      self.speed = speed
    }
  }

  /// Global horizontal irradiance.
  public var irradiance: Irradiance
  public var air: Celsius
  /// Wind at one or more heights; none is a calm.
  public var winds: [Wind]
  public var pressure: Hectopascals
  /// Relative, 0...1.
  public var humidity: Double

  public init(
    irradiance: Irradiance, air: Celsius, winds: [Wind], pressure: Hectopascals,
    humidity: Double = StandardAtmosphere.humidity
  ) {
    self.irradiance = irradiance
    self.air = air
    self.winds = winds
    self.pressure = pressure
    self.humidity = humidity
  }

  public init(
    irradiance: Irradiance, air: Celsius, wind: MetersPerSecond, windHeight: Double = 10,
    pressure: Hectopascals,
    humidity: Double = StandardAtmosphere.humidity
  ) {
    self.init(
      irradiance: irradiance, air: air, winds: [Wind(height: windHeight, speed: wind)], pressure: pressure,
      humidity: humidity)
  }

  /// kg/m3.
  public var density: Double {
    AirDensity.kilogramsPerCubicMeter(pressure: self.pressure, temperature: self.air, humidity: self.humidity)
  }

  /// The wind given nearest to `height`, carried there by the power law `v (height / given)^exponent`.
  public func wind(at height: Double, shearExponent exponent: Double) -> MetersPerSecond {
    let nearest = self.winds.min { ($0.height - height).magnitude < ($1.height - height).magnitude }
    guard let nearest else { return .zero }
    return MetersPerSecond(
      nearest.speed.value * WindModel.shear(from: nearest.height, to: height, exponent: exponent))
  }
}
