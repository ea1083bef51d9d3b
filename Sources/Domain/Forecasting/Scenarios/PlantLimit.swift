public import Quantities
public import SiteModel

/// The most a site's plants can physically deliver at a time: bounds every scenario, so that no error makes power at
/// night or beyond a nameplate.
public enum PlantLimit {
  /// Irradiance above a clear sky's that a mean over a slot may reach when bright clouds reflect onto the modules, and
  /// by which the clear-sky formula may be too low.
  static let cloudEnhancement = 1.2

  /// The limit of each slot.
  public static func power(site: Site, slots: [Slot]) -> [Kilowatts] {
    let turbines = site.turbines.reduce(Kilowatts.zero) { $0 + $1.nameplate }
    return slots.map { turbines + self.photovoltaic(site: site, slot: $0) }
  }

  /// Cold modules in the brightest sun of the slot.
  private static func photovoltaic(site: Site, slot: Slot) -> Kilowatts {
    guard !site.photovoltaics.isEmpty else { return .zero }
    let length = slot.end.millisecondsSince(slot.start)
    let brightest = (0...4).reduce(Irradiance.zero) { brightest, quarter in
      let instant = slot.start.advanced(byMilliseconds: length / 4 * Int64(quarter))
      return max(brightest, SolarPosition(at: instant, location: site.location).clearSky)
    }
    let conditions = Conditions(
      irradiance: brightest * self.cloudEnhancement, air: .zero, wind: MetersPerSecond(10),
      pressure: StandardAtmosphere.pressure(elevation: site.location.elevation))
    return SiteForecast.power(site: site, conditions: conditions).photovoltaic
  }
}

extension Site {
  /// The nameplates of all generation together.
  public var generationNameplate: Kilowatts {
    self.photovoltaics.reduce(Kilowatts.zero) { $0 + $1.nameplate }
      + self.turbines.reduce(Kilowatts.zero) { $0 + $1.nameplate }
  }
}
