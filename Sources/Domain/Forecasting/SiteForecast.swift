public import MarketFormats
public import Quantities
public import SiteModel

/// What a site's generation and its air are expected to be, slot by slot.
public struct SiteForecast: Sendable, Hashable {
  public let slots: [Slot]
  /// Mean power of all PV arrays in each slot, at the meter.
  public let photovoltaic: [Kilowatts]
  /// Mean power of all turbines in each slot.
  public let wind: [Kilowatts]
  /// Mean air temperature in each slot.
  public let ambient: [Celsius]
  /// The share of each slot, 0...1, for which radiation, wind and temperature, as far as the site uses them, come from
  /// the weather of that very time (given, interpolated or held).
  public let coverage: [Double]
  /// What was put in the place of what the weather lacks.
  public let notes: [ForecastNote]

  /// PV and wind together.
  public var renewable: [Kilowatts] { zip(self.photovoltaic, self.wind).map { $0 + $1 } }

  /// Draw of one rig of `bank` in each slot.
  public func draw(of bank: RigBank) -> [Kilowatts] { self.ambient.map { bank.draw(at: $0) } }

  /// A forecast for any slots from whatever weather there is; without any, the site's climate stands in, and the notes
  /// say so.
  ///
  /// Power is not linear in the weather, so a slot is worked out in equal parts of a quarter of an hour or less (at
  /// most 96 of them) from the exact mean conditions of each part. Slots of 15, 30 and 60 minutes thus agree.
  public static func make(site: Site, weather: WeatherSeries?, slots: [Slot]) -> SiteForecast {
    let sampler = WeatherSampler(location: site.location, weather: weather)
    let use = WeatherUse(site)
    let results = slots.map { Self.result(for: $0, site: site, sampler: sampler, use: use) }
    return SiteForecast(
      slots: slots, photovoltaic: results.map(\.photovoltaic), wind: results.map(\.wind),
      ambient: results.map(\.ambient), coverage: results.map(\.coverage),
      notes: ForecastNotes(site: site, weather: weather, use: use).notes(slots, results.map(\.origins)))
  }

  /// What the site's PV and turbines deliver in the given conditions.
  public static func power(site: Site, conditions: Conditions) -> (photovoltaic: Kilowatts, wind: Kilowatts) {
    (
      site.photovoltaics.reduce(.zero) { $0 + PVModel.power(of: $1, in: conditions) },
      site.turbines.reduce(.zero) { $0 + WindModel.power(of: $1, in: conditions) }
    )
  }

  private struct SlotResult {
    var photovoltaic = Kilowatts.zero
    var wind = Kilowatts.zero
    var ambient = Celsius.zero
    var coverage = 0.0
    var origins = WeatherOrigins(all: .given)
  }

  private static func result(
    for slot: Slot, site: Site, sampler: WeatherSampler, use: WeatherUse
  ) -> SlotResult {
    var result = SlotResult()
    let parts = slot.parts(ofAtMost: .minutes(15), limit: 96)
    for part in parts {
      let (conditions, origins) = sampler.conditions(over: part)
      let power = Self.power(site: site, conditions: conditions)
      let share = part.hours / slot.hours
      result.photovoltaic += power.photovoltaic * share
      result.wind += power.wind * share
      result.ambient += conditions.air * share
      result.origins.worsen(to: origins)
      if use.decisive.allSatisfy({ origins[$0] <= .held }) { result.coverage += share }
    }
    result.coverage = min(result.coverage, 1)
    return result
  }
}

extension Slot {
  /// Equal parts, to the millisecond, none longer than `longest` unless that takes more than `limit` of them.
  fileprivate func parts(ofAtMost longest: Duration, limit: Int64) -> [Slot] {
    let length = self.end.millisecondsSince(self.start)
    let unit = longest.wholeMilliseconds
    let count = min(limit, length / unit + (length % unit == 0 ? 0 : 1))
    func edge(_ index: Int64) -> UTCInstant {
      self.start.advanced(byMilliseconds: length / count * index + length % count * index / count)
    }
    return (0..<count).compactMap { Slot(start: edge($0), end: edge($0 + 1)) }
  }
}
