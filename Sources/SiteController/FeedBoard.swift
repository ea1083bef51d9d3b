public import Forecasting
public import MarketFormats
public import Quantities
public import SiteModel

/// What a site's feeds gave when they were asked.
public struct FeedAnswers: Sendable {
  /// The control run or the only one first, members after it.
  public var weather: FeedAnswer<[WeatherSeries]>
  public var importPrices: FeedAnswer<IntervalSeries>
  public var exportPrices: FeedAnswer<IntervalSeries>
  public var carbon: FeedAnswer<IntervalSeries>

  public init(
    weather: FeedAnswer<[WeatherSeries]> = .notAsked, importPrices: FeedAnswer<IntervalSeries> = .notAsked,
    exportPrices: FeedAnswer<IntervalSeries> = .notAsked, carbon: FeedAnswer<IntervalSeries> = .notAsked
  ) {
    self.weather = weather
    self.importPrices = importPrices
    self.exportPrices = exportPrices
    self.carbon = carbon
  }
}

/// The ladders of all feeds of a site: turns what they give into what a planner may use, nonsense left out.
public struct FeedBoard: Sendable {
  /// Weather services renew their forecasts every few hours, markets their prices once a day.
  private static let freshFor = (weather: Duration.hours(24), series: Duration.hours(48))

  private var weather = FeedLadder<[WeatherSeries]>(feed: "weather", freshFor: Self.freshFor.weather)
  private var importPrices = FeedLadder<IntervalSeries>(feed: "import price", freshFor: Self.freshFor.series)
  private var exportPrices = FeedLadder<IntervalSeries>(feed: "export price", freshFor: Self.freshFor.series)
  private var carbon = FeedLadder<IntervalSeries>(feed: "carbon", freshFor: Self.freshFor.series)

  public init() {}

  public mutating func take(_ answers: FeedAnswers, site: Site, at now: UTCInstant) -> SiteInputs {
    let (members, weatherState) = self.weather.take(answers.weather, at: now) { members, last in
      members.lazy.compactMap {
        WeatherPlausibility.problem(with: $0, last: last?.first, location: site.location, at: now)
      }.first
    }
    func series(
      _ ladder: inout FeedLadder<IntervalSeries>, _ answer: FeedAnswer<IntervalSeries>, _ source: ValueSource,
      _ kind: SeriesPlausibility.Kind
    ) -> (value: IntervalSeries?, state: FeedState?) {
      ladder.take(answer, at: now) { series, last in
        SeriesPlausibility.problem(
          with: series, kind: kind, last: last, fallback: source.fallbackProfile, at: now)
      }
    }
    let importPrices = series(&self.importPrices, answers.importPrices, site.importTariff, .price)
    let exportPrices = series(&self.exportPrices, answers.exportPrices, site.exportTariff, .price)
    let carbon = series(&self.carbon, answers.carbon, site.carbon, .carbon)
    return SiteInputs(
      weather: members?.first, members: members.map { Array($0.dropFirst()) } ?? [],
      importPrices: importPrices.value, exportPrices: exportPrices.value, carbon: carbon.value,
      feeds: [weatherState, importPrices.state, exportPrices.state, carbon.state].compactMap(\.self))
  }
}

extension ValueSource {
  fileprivate var fallbackProfile: DailyProfile? {
    switch self {
    case .file(let file): file.fallback
    case .feed(let feed): feed.fallback
    case .profile(let profile): profile
    case .fixed: nil
    }
  }
}
