import Glibc
public import Quantities

/// The air where nobody measured it.
public enum StandardAtmosphere {
  /// Relative humidity taken where none is known; 0 to 1 moves the density of air at 35 C by less than 2 %.
  public static let humidity = 0.6

  /// Pressure at a height above the sea by ISO 2533. Heights outside -500...9000 m count as the nearer of the two.
  public static func pressure(elevation: Double) -> Hectopascals {
    Hectopascals(1013.25 * pow(1 - 2.25577e-5 * min(max(elevation, -500), 9000), 5.25588))
  }
}
