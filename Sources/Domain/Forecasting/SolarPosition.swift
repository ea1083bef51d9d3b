import Glibc
public import Quantities
public import SiteModel

/// Where the sun stands, by the Fourier series of Spencer 1971 as used by NOAA's solar calculator; good to about a
/// quarter of a degree in the present era. Refraction is left out.
public struct SolarPosition: Sendable, Hashable {
  /// Angle of the sun north of the equator, in radians.
  public let declination: Double
  /// Sun time minus mean time, in minutes.
  public let equationOfTime: Double
  /// Minutes of true solar time since midnight at the place, 0..<1440; 720 is noon.
  public let solarMinutes: Double
  /// Cosine of the sun's angle from the zenith; negative below the horizon.
  public let cosineOfZenith: Double

  public init(at instant: UTCInstant, location: Location) {
    let minutes = Double(ZoneRules.utc.millisecondOfDay(of: instant)) / 60_000
    let date = ZoneRules.utc.date(of: instant)
    let dayOfYear = Double(date.dayOfYear)
    let angle = 2 * Double.pi / 365 * (dayOfYear - 1 + (minutes / 60 - 12) / 24)
    self.declination =
      0.006918 - 0.399912 * cos(angle) + 0.070257 * sin(angle) - 0.006758 * cos(2 * angle)
      + 0.000907 * sin(2 * angle) - 0.002697 * cos(3 * angle) + 0.00148 * sin(3 * angle)
    self.equationOfTime =
      229.18
      * (0.000075 + 0.001868 * cos(angle) - 0.032077 * sin(angle) - 0.014615 * cos(2 * angle)
        - 0.040849 * sin(2 * angle))
    let solar = (minutes + 4 * location.longitude + self.equationOfTime).truncatingRemainder(dividingBy: 1440)
    self.solarMinutes = solar < 0 ? solar + 1440 : solar
    let hourAngle = (self.solarMinutes / 4 - 180) * .pi / 180
    let latitude = location.latitude * .pi / 180
    self.cosineOfZenith =
      sin(latitude) * sin(self.declination) + cos(latitude) * cos(self.declination) * cos(hourAngle)
  }

  /// Global horizontal irradiance under a cloudless sky, `1098 cos(z) exp(-0.059 / cos(z))` W/m2 (Haurwitz 1945).
  public var clearSky: Irradiance {
    guard self.cosineOfZenith > 0 else { return .zero }
    return Irradiance(1098 * self.cosineOfZenith * exp(-0.059 / self.cosineOfZenith))
  }
}

extension CivilDate {
  /// 1 for 1 January.
  var dayOfYear: Int {
    let year = self.components.year
    // Dates outside the years the calendar knows are given as the start of a year: any sun is as good as another.
    guard let newYear = CivilDate(year: year, month: 1, day: 1) else { return 1 }
    return Int(self.dayNumber - newYear.dayNumber) + 1
  }
}
