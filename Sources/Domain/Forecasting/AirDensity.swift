import Glibc
public import Quantities

/// Density of humid air in kg/m3.
public enum AirDensity {
  /// The density power curves are stated at: 15 C at sea level, dry (ISO 2533).
  public static let standard = 1.225

  /// Ideal-gas density of air with water vapour.
  ///
  /// `(100 p - 0.378 h e_s) / (287.05 (T + 273.15))` with the saturation pressure of Bolton 1980,
  /// `e_s = 611.2 exp(17.67 T / (T + 243.5))` Pa, which holds from -35 to 35 C and stays sensible a little beyond.
  /// Temperatures outside -200...200 C count as the nearer of the two, and humidity outside 0...1 likewise. Far above
  /// boiling point the formula turns negative; weather never gets there.
  public static func kilogramsPerCubicMeter(
    pressure: Hectopascals, temperature: Celsius, humidity: Double
  ) -> Double {
    let celsius = min(max(temperature.value, -200), 200)
    let saturation = 611.2 * exp(17.67 * celsius / (celsius + 243.5))
    let vapour = 0.378 * min(max(humidity, 0), 1) * saturation
    return (100 * pressure.value - vapour) / (287.05 * (celsius + 273.15))
  }
}
