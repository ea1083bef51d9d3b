import JSONText
import MarketFormats
public import Ports
public import Quantities
public import SiteModel

/// One call of a feed: the request, where what it asks for ends, and how it may be shown.
public struct FeedCall: Sendable {
  public var request: HTTPRequest
  /// What is asked for as well around the end of a market's year, and whether it is the later part. It may not be there
  /// yet, or no longer.
  public var other: (request: HTTPRequest, isLater: Bool)?
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
    var headers = [HTTPHeader("Accept", Self.kinds(source.service))]
    var keyQuery: [(String, String)] = []
    switch source.service {
    case .jepx: headers.append(HTTPHeader("Referer", "\(source.address)/electricpower/market-data/spot/"))
    case .openMeteo: keyQuery = key.map { [("apikey", $0)] } ?? []
    case .entsoe: keyQuery = key.map { [("securityToken", $0)] } ?? []
    case .tibber: headers += key.map { [HTTPHeader("Authorization", "Bearer \($0)")] } ?? []
    case .described:
      if let key, !source.address.contains("{key}") {
        headers.append(
          source.keyHeader.map { HTTPHeader($0, key) } ?? HTTPHeader("Authorization", "Bearer \(key)"))
      }
    case .carbonIntensity, .octopus, .energyCharts, .awattar: break
    }
    func request(_ target: (path: String, query: [(String, String)]), more: [HTTPHeader]) -> HTTPRequest {
      HTTPRequest(
        base: source.address, path: target.path, query: target.query + keyQuery, headers: headers + more,
        timeout: source.answerWithin, maximumBytes: Self.mostBytes(source.service))
    }
    let known = validator.map { [HTTPHeader("If-None-Match", $0)] } ?? []
    switch source.service {
    case .jepx:
      let other = MarketYear.other(at: now, behind: Self.behind)
      self.other = other.map { (request(Self.summary(of: $0.year), more: []), $0.isLater) }
      // Of two parts none can be left out.
      self.request = request(
        Self.summary(of: MarketYear.containing(now)), more: other == nil ? known : [])
    case .tibber(_, _, let isQuarterHourly):
      self.request = request(("/v1-beta/gql", []), more: [HTTPHeader("Content-Type", "application/json")])
      self.request.method = .post
      self.request.body = Array(TibberPrices.question(isQuarterHourly: isQuarterHourly).text().utf8)
    case .described:
      self.request = request(("", []), more: known)
      self.request.url = Self.filled(source.address, key: key, at: now)
    case .openMeteo, .carbonIntensity, .octopus, .energyCharts, .awattar, .entsoe:
      self.request = request(Self.target(source.service, site: site, at: now), more: known)
    }
  }

  /// Whether the service may answer that what is at hand is still right.
  public var asksIfModified: Bool { self.request.headers.contains { $0.name == "If-None-Match" } }

  /// An answer with its other part above or below it. Where there is none, as before the first prices of a year, the
  /// answer alone counts.
  static func joined(
    _ answer: Result<HTTPResponse, HTTPFailure>, _ other: Result<HTTPResponse, HTTPFailure>, isLater: Bool
  ) -> Result<HTTPResponse, HTTPFailure> {
    guard case .success(var response) = answer, response.status == 200, case .success(let more) = other,
      more.status == 200
    else { return answer }
    let (first, second) = isLater ? (response.body, more.body) : (more.body, response.body)
    // The next part's header would become a part of the row, and its columns be taken for this one's.
    guard first.last == 0x0a else { return .failure(.unreachable("one of two parts ends within a row")) }
    response.body = first + second
    return .success(response)
  }

  /// A text with the key made unreadable.
  public func redacted(_ text: String) -> String {
    guard let key = self.key, !key.isEmpty else { return text }
    return text.replacing(HTTPRequest.escaped(key), with: "***").replacing(key, with: "***")
  }

  /// What is asked, for people.
  public var shownAddress: String { self.redacted(self.request.url) }

  private static func kinds(_ service: FeedSource.Service) -> String {
    if case .entsoe = service { return "application/xml, text/xml" }
    return "application/json, text/csv"
  }

  private static func mostBytes(_ service: FeedSource.Service) -> Int {
    if case .openMeteo = service { return Self.mostWeatherBytes }
    return Self.mostSeriesBytes
  }

  /// An address of the site file with its dates and its key.
  private static func filled(_ address: String, key: String?, at now: UTCInstant) -> String {
    address.replacing("{from}", with: self.day(now - self.behind))
      .replacing("{to}", with: self.day(now + self.ahead))
      .replacing("{key}", with: HTTPRequest.escaped(key ?? ""))
  }

  private static func target(
    _ service: FeedSource.Service, site: Site, at now: UTCInstant
  ) -> (path: String, query: [(String, String)]) {
    let from = now - self.behind
    let to = now + self.ahead
    switch service {
    case .openMeteo(let models, let isEnsemble):
      let query = self.weather(site) + (models.isEmpty ? [] : [("models", models.joined(separator: ","))])
      return (isEnsemble ? "/v1/ensemble" : "/v1/forecast", query)
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
          ("bzn", zone), ("start", self.day(from)), ("end", self.day(to)),
        ]
      )
    case .awattar:
      return ("/v1/marketdata", [("start", "\(from.milliseconds)"), ("end", "\(to.milliseconds)")])
    case .entsoe(let zone):
      return (
        "/api",
        [
          ("documentType", "A44"), ("contract_MarketAgreement.type", "A01"), ("in_Domain", zone),
          ("out_Domain", zone), ("periodStart", self.hour(from)), ("periodEnd", self.hour(to)),
        ]
      )
    case .jepx, .tibber, .described: return ("", [])  // not asked by an address of this kind
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

  private static func summary(of year: Int) -> (path: String, query: [(String, String)]) {
    ("/js/csv_read.php", [("dir", "spot_summary"), ("file", "spot_summary_\(year).csv")])
  }

  // MARK: Times

  /// `YYYY-MM-DD`.
  private static func day(_ instant: UTCInstant) -> String { String(ISO8601.string(instant).prefix(10)) }

  /// `YYYYMMDDHH00`.
  private static func hour(_ instant: UTCInstant) -> String {
    String(ISO8601.string(instant).prefix(13).filter { $0.isNumber }) + "00"
  }

  /// `YYYY-MM-DDTHH:MMZ`.
  private static func minute(_ instant: UTCInstant) -> String {
    String(ISO8601.string(instant).prefix(16)) + "Z"
  }
}
