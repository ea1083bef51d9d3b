public import Forecasting
public import MarketFormats
public import Quantities
public import SiteModel

/// What the site's feeds hold at present: weather and the series behind its tariffs, each nil when there is none or it
/// could not be read.
public struct SiteInputs: Sendable {
  public var weather: WeatherSeries?
  public var importPrices: IntervalSeries?
  public var exportPrices: IntervalSeries?
  public var carbon: IntervalSeries?

  public init(
    weather: WeatherSeries? = nil, importPrices: IntervalSeries? = nil, exportPrices: IntervalSeries? = nil,
    carbon: IntervalSeries? = nil
  ) {
    self.weather = weather
    self.importPrices = importPrices
    self.exportPrices = exportPrices
    self.carbon = carbon
  }
}

/// What a site expects of the coming slots: generation, prices, carbon and its other load.
public struct SiteOutlook: Sendable {
  public var slots: [Slot]
  public var forecast: SiteForecast
  public var importPrices: ResolvedSeries
  public var exportPrices: ResolvedSeries
  public var carbon: ResolvedSeries
  /// Mean other load of each slot, kW.
  public var otherLoad: [Double]

  /// - Throws: `SeriesGap` where a file without fallback profile has no value for a slot.
  public static func make(site: Site, inputs: SiteInputs, slots: [Slot]) throws(SeriesGap) -> SiteOutlook {
    let zone = site.zone
    return SiteOutlook(
      slots: slots, forecast: SiteForecast.make(site: site, weather: inputs.weather, slots: slots),
      importPrices: try SeriesResolver.values(
        of: site.importTariff, series: inputs.importPrices, slots: slots, zone: zone),
      exportPrices: try SeriesResolver.values(
        of: site.exportTariff, series: inputs.exportPrices, slots: slots, zone: zone),
      carbon: try SeriesResolver.values(of: site.carbon, series: inputs.carbon, slots: slots, zone: zone),
      otherLoad: try SeriesResolver.values(
        of: .profile(site.otherLoad), series: nil, slots: slots, zone: zone
      ).values)
  }

  /// The longest outlook from the first slot on that every series reaches, with the gap that ended it.
  public static func longest(site: Site, inputs: SiteInputs, slots: [Slot]) -> (
    outlook: SiteOutlook?, gap: SeriesGap?
  ) {
    var reach = slots
    var first: SeriesGap?
    while !reach.isEmpty {
      do throws(SeriesGap) {
        return (try make(site: site, inputs: inputs, slots: reach), first)
      } catch {
        first = first ?? error
        reach = reach.filter { $0.end <= error.gap.start }
      }
    }
    return (nil, first)
  }

  public var notes: [ForecastNote] {
    self.forecast.notes + self.importPrices.notes + self.exportPrices.notes + self.carbon.notes
  }
}
