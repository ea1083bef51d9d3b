import Glibc
public import Quantities
public import SiteModel

/// What the weather usually is at a place, from its location and the calendar alone: the last resort of a forecast, and
/// the base of a simulated site's weather. Rough by design, the same on every run, and never zero where the sun shines.
///
/// - Irradiance: a clear sky (Haurwitz) times 0.65, the share that clouds leave in a mean year at middle latitudes.
/// - Temperature: the zonal mean of North 1975, `14.9 - 28 P2(sin latitude)` C, less 6.5 K per km of height, with a
///   yearly wave of 15 K x sin(latitude) that peaks 30 days after the solstice and a daily one of 4 K that peaks at
///   15:00 sun time.
/// - Wind: 4.5 m/s at 10 m, a fifth more at 14:00 sun time and a fifth less at 2:00.
/// - Pressure: the standard atmosphere at the place's height; humidity 60 %.
public struct ClimateProfile: Sendable, Hashable {
  public static let cloudFactor = 0.65
  public static let meanWind = MetersPerSecond(4.5)
  /// Metres above ground that `meanWind` is given at.
  public static let windHeight = 10.0

  public let location: Location

  public init(location: Location) { self.location = location }

  public func conditions(at instant: UTCInstant) -> Conditions {
    let sun = SolarPosition(at: instant, location: self.location)
    return Conditions(
      irradiance: sun.clearSky * Self.cloudFactor,
      air: self.temperature(at: instant, solarMinutes: sun.solarMinutes),
      wind: Self.meanWind * (1 + 0.2 * Self.wave(sun.solarMinutes, peak: 840)), windHeight: Self.windHeight,
      pressure: StandardAtmosphere.pressure(elevation: self.location.elevation))
  }

  /// The conditions in the middle of `slot`, which should be short.
  public func conditions(over slot: Slot) -> Conditions {
    self.conditions(at: slot.start.advanced(byMilliseconds: slot.end.millisecondsSince(slot.start) / 2))
  }

  private func temperature(at instant: UTCInstant, solarMinutes: Double) -> Celsius {
    let sine = sin(self.location.latitude * .pi / 180)
    let zonalMean = 14.9 - 28 * (3 * sine * sine - 1) / 2
    let height = min(max(self.location.elevation, -500), 9000)
    // The northern summer solstice is day 172; its wave turns over with the sign of the latitude.
    let day = Double(ZoneRules.utc.date(of: instant).dayOfYear)
    let yearly = 15 * sine * cos(2 * .pi * (day - 172 - 30) / 365.25)
    return Celsius(zonalMean - 0.0065 * height + yearly + 4 * Self.wave(solarMinutes, peak: 900))
  }

  /// A daily cosine that is 1 at `peak` minutes of sun time.
  private static func wave(_ minutes: Double, peak: Double) -> Double {
    cos(2 * .pi * (minutes - peak) / 1440)
  }
}
