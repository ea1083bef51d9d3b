public import Forecasting
public import MarketFormats
public import Quantities
public import SiteModel

/// What the site's feeds hold at present: weather and the series behind its tariffs, each nil when there is none or it
/// could not be read.
public struct SiteInputs: Sendable {
  /// The only forecast, or the control run of an ensemble.
  public var weather: WeatherSeries?
  /// The other members of an ensemble.
  public var members: [WeatherSeries] = []
  /// The generation to come, known in advance, in kW; only a simulation can know it.
  public var knownGeneration: IntervalSeries?
  public var importPrices: IntervalSeries?
  public var exportPrices: IntervalSeries?
  public var carbon: IntervalSeries?
  /// Where each feed stands on its ladder.
  public var feeds: [FeedState]

  public init(
    weather: WeatherSeries? = nil, members: [WeatherSeries] = [], importPrices: IntervalSeries? = nil,
    exportPrices: IntervalSeries? = nil,
    carbon: IntervalSeries? = nil, feeds: [FeedState] = []
  ) {
    self.feeds = feeds
    self.weather = weather
    self.members = members
    self.importPrices = importPrices
    self.exportPrices = exportPrices
    self.carbon = carbon
  }
}

/// What a site expects of the coming slots: generation, prices, carbon and its other load.
public struct SiteOutlook: Sendable {
  public var slots: [Slot]
  public var forecast: SiteForecast
  /// What generation may turn out to be.
  public var generation: GenerationOutlook
  public var importPrices: ResolvedSeries
  public var exportPrices: ResolvedSeries
  public var carbon: ResolvedSeries
  /// Mean other load of each slot, kW.
  public var otherLoad: [Double]

  /// - Parameters:
  ///   - history: What the site forecast and metered so far; nil takes the forecast as it is.
  ///   - current: What has been metered of the present slot.
  ///   - slots: Contiguous; the first begins at the present.
  /// - Throws: `SeriesGap` where a file without fallback profile has no value for a slot.
  public static func make(
    site: Site, inputs: SiteInputs, history: ForecastHistory? = nil,
    current: MeteredPart? = nil, slots: [Slot]
  ) throws(SeriesGap) -> SiteOutlook {
    let zone = site.zone
    let forecast = SiteForecast.make(site: site, weather: inputs.weather, slots: slots)
    return SiteOutlook(
      slots: slots, forecast: forecast,
      generation: Self.generation(
        site: site, inputs: inputs, control: forecast, history: history, current: current, slots: slots),
      importPrices: try SeriesResolver.values(
        of: site.importTariff, series: inputs.importPrices, slots: slots, zone: zone),
      exportPrices: try SeriesResolver.values(
        of: site.exportTariff, series: inputs.exportPrices, slots: slots, zone: zone),
      carbon: try SeriesResolver.values(of: site.carbon, series: inputs.carbon, slots: slots, zone: zone),
      otherLoad: try SeriesResolver.values(
        of: .profile(site.otherLoad), series: nil, slots: slots, zone: zone
      ).values)
  }

  private static func generation(
    site: Site, inputs: SiteInputs, control: SiteForecast, history: ForecastHistory?,
    current: MeteredPart?, slots: [Slot]
  ) -> GenerationOutlook {
    if let known = inputs.knownGeneration {
      // Beyond what is known the forecast goes on.
      let power = zip(slots, control.renewable).map { slot, forecast in
        known.mean(over: slot).flatMap { Kilowatts(checking: $0) } ?? forecast
      }
      return GenerationOutlook(certain: power, uncorrected: control.renewable, basis: .known)
    }
    let members = inputs.members.map { SiteForecast.make(site: site, weather: $0, slots: slots) }
    return GenerationOutlook.make(
      site: site, forecasts: [control] + members, history: history, current: current,
      at: slots.first?.start ?? UTCInstant(milliseconds: 0))
  }

  /// The longest outlook from the first slot on that every series reaches, with the gap that ended it.
  public static func longest(
    site: Site, inputs: SiteInputs, history: ForecastHistory? = nil,
    current: MeteredPart? = nil, slots: [Slot]
  ) -> (outlook: SiteOutlook?, gap: SeriesGap?) {
    var reach = slots
    var first: SeriesGap?
    while !reach.isEmpty {
      do throws(SeriesGap) {
        return (try make(site: site, inputs: inputs, history: history, current: current, slots: reach), first)
      } catch {
        first = first ?? error
        reach = reach.filter { $0.end <= error.gap.start }
      }
    }
    return (nil, first)
  }

  /// What had to stand in for what the feeds lack.
  public var notes: [ForecastNote] {
    self.forecast.notes + self.importPrices.notes + self.exportPrices.notes + self.carbon.notes
  }

  /// What a plan's record and its readers should know of it: what generation rests on, and all notes.
  public func provenance(in zone: ZoneRules) -> PlanProvenance {
    PlanProvenance(generation: self.generation.sentence, notes: self.notes.map { $0.line(in: zone) })
  }
}
