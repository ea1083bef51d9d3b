import Forecasting
public import Ports
public import Quantities
public import SiteModel

/// One call of a feed: the request, where what it asks for ends, and how it may be shown.
public struct FeedCall: Sendable {
  public var request: HTTPRequest
  public var until: UTCInstant
  private let key: String?

  /// How far back prices are asked for: a week and a day hold the last day of either kind, which stands in for a day
  /// whose prices are not there yet.
  private static let behind = Duration.hours(8 * 24)
  private static let ahead = Duration.hours(3 * 24)
  private static let mostWeatherBytes = 8 << 20
  private static let mostSeriesBytes = 4 << 20

  /// `key` is the service's secret; `validator` that of the answer at hand.
  public init(_ source: FeedSource, site: Site, key: String?, validator: String?, at now: UTCInstant) {
    self.key = key
    self.until = now + Self.ahead
    let (path, query) = Self.target(source.service, site: site, at: now)
    var headers = [HTTPHeader("Accept", "application/json, text/csv")]
    if let validator { headers.append(HTTPHeader("If-None-Match", validator)) }
    if case .jepx = source.service {
      headers.append(HTTPHeader("Referer", "\(source.address)/electricpower/market-data/spot/"))
    }
    let isWeather = if case .openMeteo = source.service { true } else { false }
    self.request = HTTPRequest(
      base: source.address, path: path, query: query + (key.map { [("apikey", $0)] } ?? []), headers: headers,
      timeout: source.answerWithin, maximumBytes: isWeather ? Self.mostWeatherBytes : Self.mostSeriesBytes)
  }

  /// A text with the key made unreadable.
  public func redacted(_ text: String) -> String {
    guard let key = self.key, !key.isEmpty else { return text }
    let escaped = HTTPRequest(base: "", path: "", query: [("", key)]).url.dropFirst(2)
    return text.replacing(String(escaped), with: "***").replacing(key, with: "***")
  }

  /// What is asked, for people.
  public var shownAddress: String { self.redacted(self.request.url) }

  private static func target(
    _ service: FeedSource.Service, site: Site, at now: UTCInstant
  ) -> (path: String, query: [(String, String)]) {
    let from = now - self.behind
    let to = now + self.ahead
    switch service {
    case .openMeteo(let models, let isEnsemble):
      let query = self.weather(site) + (models.isEmpty ? [] : [("models", models.joined(separator: ","))])
      return (isEnsemble ? "/v1/ensemble" : "/v1/forecast", query)
    case .jepx:
      // The year of the market begins in April, in Japan, nine hours ahead and without daylight saving.
      let date = ZoneRules(
        name: "Asia/Tokyo", eras: [.init(start: .init(milliseconds: .min), offsetSeconds: 32_400)]
      )
      .date(of: now).components
      let year = date.month < 4 ? date.year - 1 : date.year
      return ("/js/csv_read.php", [("dir", "spot_summary"), ("file", "spot_summary_\(year).csv")])
    case .carbonIntensity(let postcode):
      // From an hour ago: the slot that has begun must be in it.
      let start = self.minute(now - .hours(1))
      return postcode.map { ("/regional/intensity/\(start)/fw48h/postcode/\($0)", []) }
        ?? ("/intensity/\(start)/fw48h", [])
    case .octopus(let product, let region, _):
      let tariff = "E-1R-\(product)-\(region)"
      return (
        "/v1/products/\(product)/electricity-tariffs/\(tariff)/standard-unit-rates/",
        [("period_from", self.minute(from)), ("period_to", self.minute(to)), ("page_size", "1500")]
      )
    case .energyCharts(let zone):
      return (
        "/price",
        [
          ("bzn", zone), ("start", String(ISO8601.string(from).prefix(10))),
          ("end", String(ISO8601.string(to).prefix(10))),
        ]
      )
    case .awattar:
      return ("/v1/marketdata", [("start", "\(from.milliseconds)"), ("end", "\(to.milliseconds)")])
    }
  }

  private static func weather(_ site: Site) -> [(String, String)] {
    var variables = ["temperature_2m", "surface_pressure", "relative_humidity_2m", "wind_speed_10m"]
    if !site.photovoltaics.isEmpty { variables.append("shortwave_radiation") }
    if !site.turbines.isEmpty { variables += ["wind_speed_80m", "wind_speed_120m"] }
    let days = min(16, Int((site.planner.horizon.hours / 24).rounded(.up)) + 2)
    return [
      ("latitude", "\(site.location.latitude)"), ("longitude", "\(site.location.longitude)"),
      ("elevation", "\(site.location.elevation)"), ("hourly", variables.joined(separator: ",")),
      ("wind_speed_unit", "ms"), ("timezone", "GMT"), ("past_days", "1"), ("forecast_days", "\(days)"),
    ]
  }

  /// `YYYY-MM-DDTHH:MMZ`.
  private static func minute(_ instant: UTCInstant) -> String {
    String(ISO8601.string(instant).prefix(16)) + "Z"
  }
}
