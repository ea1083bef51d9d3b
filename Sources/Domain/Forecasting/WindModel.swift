import Glibc
public import Quantities
public import SiteModel

/// From wind to the power of a turbine.
public enum WindModel {
  /// What wind gains from one height to another by the power law `(to / from)^exponent`. Heights under a metre count
  /// as one.
  public static func shear(from: Double, to: Double, exponent: Double) -> Double {
    exponent == 0 || from == to ? 1 : pow(max(to, 1) / max(from, 1), exponent)
  }

  /// Power with `wind` at the hub and air of `density` kg/m3.
  ///
  /// A tabulated curve holds at 1.225 kg/m3 and is entered with the normalised speed `v (density / 1.225)^(1/3)`
  /// (IEC 61400-12-1, turbines with power control). Cut-in and cut-out go by the wind itself: below the first and
  /// above the last speed of the curve the turbine stands still.
  public static func power(of turbine: WindTurbine, hubWind wind: MetersPerSecond, density: Double)
    -> Kilowatts
  {
    let speed = wind.value
    switch turbine.curve {
    case .cubic(let coefficient, let cutIn, let rated, let cutOut):
      if speed < cutIn || speed > cutOut { return .zero }
      let power = 0.5 * density * coefficient * turbine.rotorArea * speed * speed * speed
      let limit = 0.5 * AirDensity.standard * coefficient * turbine.rotorArea * rated * rated * rated
      return Kilowatts(watts: min(power, limit))
    case .table(let points):
      guard let first = points.first, let last = points.last, first.speed <= speed, speed <= last.speed else {
        return .zero
      }
      let normalised = speed * cbrt(density / AirDensity.standard)
      return Kilowatts(self.interpolated(points, at: min(max(normalised, first.speed), last.speed)))
    }
  }

  /// Power in the given conditions: the wind given nearest to the hub, carried there by the turbine's shear exponent.
  public static func power(of turbine: WindTurbine, in conditions: Conditions) -> Kilowatts {
    let wind = conditions.wind(at: turbine.hubHeight, shearExponent: turbine.shearExponent)
    return self.power(of: turbine, hubWind: wind, density: conditions.density)
  }

  /// `speed` lies within the table.
  private static func interpolated(_ points: [WindTurbine.Point], at speed: Double) -> Double {
    let above = points.firstIndex { $0.speed >= speed } ?? points.count - 1
    guard above > 0 else { return points[0].power }
    let (a, b) = (points[above - 1], points[above])
    return b.speed > a.speed
      ? a.power + (b.power - a.power) * (speed - a.speed) / (b.speed - a.speed) : b.power
  }
}
