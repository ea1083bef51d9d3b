public import MarketFormats
public import Quantities
public import SiteModel

/// What a feed holds once its answer has been read.
public enum FeedValue: Sendable {
  case weather([WeatherSeries])
  case series(IntervalSeries)

  /// From the first to the last value; nil when there are none.
  public var reach: Slot? {
    switch self {
    case .series(let series):
      return series.intervals.first.flatMap { first in
        series.intervals.last.flatMap { Slot(start: first.slot.start, end: $0.slot.end) }
      }
    case .weather(let members):
      guard let control = members.first else { return nil }
      var points = [control.temperature, control.pressure, control.humidity].compactMap(\.self)
      points += control.winds.map(\.speed)
      var starts = points.compactMap(\.points.first?.at)
      var ends = points.compactMap(\.points.last?.at)
      switch control.radiation {
      case .means(let series):
        starts += series.intervals.first.map { [$0.slot.start] } ?? []
        ends += series.intervals.last.map { [$0.slot.end] } ?? []
      case .instants(let series):
        starts += series.points.first.map { [$0.at] } ?? []
        ends += series.points.last.map { [$0.at] } ?? []
      case nil: break
      }
      return starts.min().flatMap { start in ends.max().flatMap { Slot(start: start, end: $0) } }
    }
  }
}

extension FeedSource {
  /// Reads an answer of this service as the site needs it. `until` is the end of what was asked for.
  public func read(_ bytes: [UInt8], site: Site, until: UTCInstant) throws(FormatError) -> FeedValue {
    if self.service.isTable, bytes.last != 0x0a {
      // A table that ends within a row could end within a price.
      throw FormatError(
        message: "the table ends within a row", remedy: "ask the service again; the answer is damaged")
    }
    return switch self.service {
    case .openMeteo:
      .weather(try OpenMeteoResponse.parse(bytes, requiring: site.requiredWeather).members)
    case .jepx(let area): .series(try JEPXYears.parse(bytes, area: area))
    case .carbonIntensity(let postcode):
      .series(try CarbonIntensityResponse.parse(bytes, postcode: postcode).intensities)
    case .octopus(_, _, let includesVAT):
      .series(try OctopusRates.parse(bytes, includesVAT: includesVAT, until: until).prices)
    case .energyCharts: .series(try EnergyChartsPrices.parse(bytes, currency: site.currency).prices)
    case .awattar: .series(try AwattarPrices.parse(bytes, currency: site.currency).prices)
    case .entsoe(let zone):
      .series(try ENTSOEPrices.parse(bytes, zone: zone, currency: site.currency).prices)
    case .tibber(let home, let price, _):
      .series(
        try TibberPrices.parse(bytes, field: price.rawValue, home: home, currency: site.currency).prices)
    case .described(let shape):
      .series(try DescribedSeries.parse(bytes, shape: shape, currency: site.currency).values)
    }
  }
}

extension FeedSource.Service {
  /// Whether answers are tables, of which a part can look whole.
  public var isTable: Bool {
    switch self {
    case .jepx: return true
    case .described(let shape):
      if case .csv = shape.format { return true }
      return false
    case .openMeteo, .carbonIntensity, .octopus, .energyCharts, .awattar, .entsoe, .tibber: return false
    }
  }
}

/// Whether an answer is for now, and can be true.
public enum FeedPlausibility {
  /// What is wrong, in one clause; nil for nothing. `last` is the last good answer.
  public static func problem(
    with value: FeedValue, role: FeedRole, last: FeedValue?, site: Site, at now: UTCInstant
  ) -> String? {
    guard let reach = value.reach else { return "no values at all" }
    guard reach.contains(now) else {
      return "values from \(ISO8601.string(reach.start)) to \(ISO8601.string(reach.end)), none for now"
    }
    switch value {
    case .weather(let members):
      var earlier: WeatherSeries?
      if case .weather(let members) = last { earlier = members.first }
      return members.lazy.compactMap {
        WeatherPlausibility.problem(with: $0, last: earlier, location: site.location, at: now)
      }.first
    case .series(let series):
      var earlier: IntervalSeries?
      if case .series(let series) = last { earlier = series }
      return SeriesPlausibility.problem(
        with: series, kind: role == .carbon ? .carbon : .price, last: earlier,
        fallback: site.source(of: role)?.feed?.fallback, at: now)
    }
  }
}

extension Site {
  fileprivate func source(of role: FeedRole) -> ValueSource? {
    switch role {
    case .weather: nil
    case .importPrice: self.importTariff
    case .exportPrice: self.exportTariff
    case .carbon: self.carbon
    }
  }
}
