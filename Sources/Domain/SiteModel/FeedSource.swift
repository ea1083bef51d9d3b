public import Quantities

/// A service that is asked over the network, again and again. A key is never in it, only the path of the file that
/// holds one.
public struct FeedSource: Sendable, Hashable {
  /// Who is asked, and for what.
  public enum Service: Sendable, Hashable {
    /// Weather. No model named is the service's own choice.
    case openMeteo(models: [String], isEnsemble: Bool)
    /// The Japanese day-ahead market; `area` as in `SeriesFile.Format.jepx`.
    case jepx(area: String)
    /// Great Britain's carbon intensity: of a postcode's region, or national.
    case carbonIntensity(postcode: String?)
    /// Unit rates of an Octopus tariff in one of its regions, `A` to `P`.
    case octopus(product: String, region: String, includesVAT: Bool)
    /// European day-ahead prices of a bidding zone such as `DE-LU`.
    case energyCharts(zone: String)
    /// Day-ahead prices of Germany or Austria, by the address.
    case awattar
    /// Day-ahead prices of a bidding zone, by its EIC such as `10Y1001A1001A82H`.
    case entsoe(zone: String)
    /// Prices of a contract with Tibber; nil for the only home.
    case tibber(home: String?, price: TibberPrice, isQuarterHourly: Bool)
    /// A service the site file describes; the address is whole then.
    case described(SeriesShape)
  }

  /// Which of a contract's prices counts.
  public enum TibberPrice: String, Sendable, Hashable, CaseIterable {
    /// With taxes and fees.
    case total
    /// The market's.
    case energy
  }

  public var service: Service
  /// The address of the service without what is asked of it.
  public var address: String
  public var every: Duration
  /// From the call to the last byte of the answer.
  public var answerWithin: Duration
  public var callsPerDay: Int
  /// Absolute.
  public var keyFile: String?
  /// The header the key is sent in to a service the site file describes; nil sends it as a bearer's.
  public var keyHeader: String?
  /// Of a tariff; nil takes prices as they come.
  public var markUp: PriceMarkUp?

  public init(
    service: Service, address: String, every: Duration, answerWithin: Duration = .seconds(30),
    callsPerDay: Int, keyFile: String? = nil, keyHeader: String? = nil, markUp: PriceMarkUp? = nil
  ) {
    self.service = service
    self.address = address
    self.every = every
    self.answerWithin = answerWithin
    self.callsPerDay = callsPerDay
    self.keyFile = keyFile
    self.keyHeader = keyHeader
    self.markUp = markUp
  }

  /// What a person calls it.
  public var title: String {
    switch self.service {
    case .openMeteo(_, let isEnsemble): isEnsemble ? "Open-Meteo ensemble" : "Open-Meteo"
    case .jepx(let area): "JEPX, area \(area)"
    case .carbonIntensity(let postcode):
      "Carbon Intensity, \(postcode.map { "region of \($0)" } ?? "national")"
    case .octopus(let product, let region, _): "Octopus \(product), region \(region)"
    case .energyCharts(let zone): "Energy-Charts, zone \(zone)"
    case .awattar: "aWATTar"
    case .entsoe(let zone): "ENTSO-E, zone \(zone)"
    case .tibber(_, let price, _): "Tibber, price \(price.rawValue)"
    case .described(let shape):
      switch shape.format {
      case .json: "JSON as described"
      case .csv: "CSV as described"
      }
    }
  }
}

/// A service behind a tariff or a carbon intensity, and what stands in for it.
public struct SeriesFeed: Sendable, Hashable {
  public var source: FeedSource
  /// Used where the feed has no value; nil means that a gap is an error.
  public var fallback: DailyProfile?
  public init(source: FeedSource, fallback: DailyProfile? = nil) {
    self.source = source
    self.fallback = fallback
  }
}

/// What a site asks feeds for.
public enum FeedRole: String, Sendable, Hashable, CaseIterable {
  case weather
  case importPrice = "import price"
  case exportPrice = "export price"
  case carbon
}

extension Site {
  /// The service asked for `role`; nil where a file, a profile or nothing stands there.
  public func feed(for role: FeedRole) -> FeedSource? {
    switch role {
    case .weather: self.weather?.feed
    case .importPrice: self.importTariff.feed?.source
    case .exportPrice: self.exportTariff.feed?.source
    case .carbon: self.carbon.feed?.source
    }
  }

  /// The same site as its markets see it: what stands in for a tariff's feed without the mark-up on it.
  public var beforeMarkUps: Site {
    var site = self
    site.importTariff = self.importTariff.beforeMarkUp
    site.exportTariff = self.exportTariff.beforeMarkUp
    return site
  }

  public var hasFeeds: Bool { FeedRole.allCases.contains { self.feed(for: $0) != nil } }
}

extension ValueSource {
  public var feed: SeriesFeed? {
    guard case .feed(let feed) = self else { return nil }
    return feed
  }

  fileprivate var beforeMarkUp: ValueSource {
    guard case .feed(var feed) = self, let markUp = feed.source.markUp else { return self }
    feed.fallback = feed.fallback.map { markUp.removed(from: $0) }
    return .feed(feed)
  }
}
