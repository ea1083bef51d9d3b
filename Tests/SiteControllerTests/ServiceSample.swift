import Quantities
import SiteModel
import Testing

/// A service with a way to write its answers, right and wrong.
struct ServiceSample: Sendable, CustomTestStringConvertible {
  /// What may be wrong with an answer; all right without.
  struct Flaws: Sendable {
    var value: String?
    var unit: String?
    /// Hours by which its times are too late.
    var shift = 0
  }

  var name: String
  var service: FeedSource.Service
  var role: FeedRole
  var currency = "EUR"
  /// Another unit: where the answer has one, as it says; otherwise a thousand times the value.
  var otherUnit: Flaws
  /// What the service says when it does not want to, with status 200.
  var refusal: String
  var body: @Sendable (Flaws) -> String

  var testDescription: String { self.name }

  static let start = ISO8601.instant("2026-03-11T12:00Z")!  // a constant

  var site: Site {
    let feed = FeedSource(
      service: self.service, address: "https://example.org", every: .minutes(30), callsPerDay: 96)
    var site = Site(
      name: "here", location: Location(latitude: 51.5, longitude: -0.1), zone: .utc, currency: self.currency,
      grid: GridConnection(importCap: Kilowatts(10)), meters: [], banks: [], importTariff: .fixed(0.2))
    switch self.role {
    case .weather: site.weather = .feed(feed)
    case .importPrice: site.importTariff = .feed(SeriesFeed(source: feed))
    case .exportPrice: site.exportTariff = .feed(SeriesFeed(source: feed))
    case .carbon: site.carbon = .feed(SeriesFeed(source: feed))
    }
    return site
  }

  /// Four half hours from the start, by the number of each.
  static func rows(
    _ flaws: Flaws, by separator: String = ",", _ row: (_ from: UTCInstant, _ to: UTCInstant) -> String
  )
    -> String
  {
    (0..<4).map { index in
      let from = Self.start + .hours(flaws.shift) + .minutes(30) * index
      return row(from, from + .minutes(30))
    }.joined(separator: separator)
  }

  private static func minute(_ instant: UTCInstant) -> String { String(ISO8601.string(instant).prefix(16)) }

  static let all: [ServiceSample] = [
    ServiceSample(
      name: "Open-Meteo", service: .openMeteo(models: [], isEnsemble: false), role: .weather,
      otherUnit: Flaws(unit: "furlongs"), refusal: #"{"error":true,"reason":"Daily limit exceeded"}"#,
      body: { flaws in
        let times = Self.rows(flaws) { from, _ in "\"\(Self.minute(from))\"" }
        let values = Self.rows(flaws) { _, _ in flaws.value ?? "8.5" }
        return """
          {"latitude":51.5,"longitude":-0.1,"elevation":15,"utc_offset_seconds":0,"timezone":"GMT",
          "hourly_units":{"time":"iso8601","temperature_2m":"\(flaws.unit ?? "°C")"},
          "hourly":{"time":[\(times)],"temperature_2m":[\(values)]}}
          """
      }),
    ServiceSample(
      name: "Open-Meteo ensemble", service: .openMeteo(models: ["m"], isEnsemble: true), role: .weather,
      otherUnit: Flaws(unit: "furlongs"), refusal: #"{"error":true,"reason":"Daily limit exceeded"}"#,
      body: { flaws in
        let times = Self.rows(flaws) { from, _ in "\"\(Self.minute(from))\"" }
        let values = Self.rows(flaws) { _, _ in flaws.value ?? "8.5" }
        let unit = flaws.unit ?? "°C"
        return """
          {"latitude":51.5,"longitude":-0.1,"elevation":15,"utc_offset_seconds":0,"timezone":"GMT",
          "hourly_units":{"time":"iso8601","temperature_2m":"°C","temperature_2m_member01":"\(unit)"},
          "hourly":{"time":[\(times)],"temperature_2m":[8,8,8,8],"temperature_2m_member01":[\(values)]}}
          """
      }),
    ServiceSample(
      name: "Octopus", service: .octopus(product: "A", region: "C", includesVAT: true), role: .importPrice,
      currency: "GBP", otherUnit: Flaws(value: "21500"), refusal: #"{"detail":"Not found."}"#,
      body: { flaws in
        let rows = Self.rows(flaws) { from, to in
          "{\"value_exc_vat\":20,\"value_inc_vat\":\(flaws.value ?? "21.5"),\"valid_from\":\"\(ISO8601.string(from))\","
            + "\"valid_to\":\"\(ISO8601.string(to))\",\"payment_method\":null}"
        }
        return "{\"count\":4,\"next\":null,\"previous\":null,\"results\":[\(rows)]}"
      }),
    ServiceSample(
      name: "Energy-Charts", service: .energyCharts(zone: "FR"), role: .importPrice,
      otherUnit: Flaws(unit: "EUR/kWh"), refusal: #"{"detail":"no such zone"}"#,
      body: { flaws in
        let stamps = Self.rows(flaws) { from, _ in "\(from.milliseconds / 1000)" }
        let values = Self.rows(flaws) { _, _ in flaws.value ?? "84.2" }
        return
          "{\"unix_seconds\":[\(stamps)],\"price\":[\(values)],\"unit\":\"\(flaws.unit ?? "EUR / MWh")\"}"
      }),
    ServiceSample(
      name: "aWATTar", service: .awattar, role: .exportPrice, otherUnit: Flaws(unit: "Eur/kWh"),
      refusal: #"{"error":{"code":400,"message":"no"}}"#,
      body: { flaws in
        let rows = Self.rows(flaws) { from, to in
          "{\"start_timestamp\":\(from.milliseconds),\"end_timestamp\":\(to.milliseconds),"
            + "\"marketprice\":\(flaws.value ?? "84.2"),\"unit\":\"\(flaws.unit ?? "Eur/MWh")\"}"
        }
        return "{\"object\":\"list\",\"data\":[\(rows)]}"
      }),
    ServiceSample(
      name: "JEPX", service: .jepx(area: "tokyo"), role: .importPrice, currency: "JPY",
      otherUnit: Flaws(value: "0.0123"), refusal: "error\n",
      body: { flaws in
        let rows = Self.rows(flaws, by: "\n") { from, _ in
          let local = ISO8601.string(from + .hours(9))
          let code =
            (Int(local.dropFirst(11).prefix(2)) ?? 0) * 2 + (local.dropFirst(14).hasPrefix("3") ? 2 : 1)
          return "\(local.prefix(10).replacing("-", with: "/")),\(code),9.1,\(flaws.value ?? "12.34")"
        }
        return "受渡日,時刻コード,システムプライス(円/kWh),エリアプライス東京(円/kWh)\n\(rows)\n"
      }),
    ServiceSample(
      name: "Carbon Intensity", service: .carbonIntensity(postcode: nil), role: .carbon, currency: "GBP",
      otherUnit: Flaws(value: "95000"), refusal: #"{"error":{"code":"400 Bad Request","message":"no"}}"#,
      body: { flaws in
        let rows = Self.rows(flaws) { from, to in
          "{\"from\":\"\(Self.minute(from))Z\",\"to\":\"\(Self.minute(to))Z\","
            + "\"intensity\":{\"forecast\":\(flaws.value ?? "95"),\"actual\":null}}"
        }
        return "{\"data\":[\(rows)]}"
      }),
    ServiceSample(
      name: "Carbon Intensity of a region", service: .carbonIntensity(postcode: "SW1A"), role: .carbon,
      currency: "GBP", otherUnit: Flaws(value: "95000"),
      refusal: #"{"error":{"code":"400 Bad Request","message":"no"}}"#,
      body: { flaws in
        let rows = Self.rows(flaws) { from, to in
          "{\"from\":\"\(Self.minute(from))Z\",\"to\":\"\(Self.minute(to))Z\","
            + "\"intensity\":{\"forecast\":\(flaws.value ?? "95")}}"
        }
        return "{\"data\":{\"regionid\":13,\"postcode\":\"SW1A\",\"data\":[\(rows)]}}"
      }),
    ServiceSample(
      name: "ENTSO-E", service: .entsoe(zone: "10YFR-RTE------C"), role: .importPrice,
      otherUnit: Flaws(unit: "KWH"),
      refusal: "<?xml version=\"1.0\"?><Acknowledgement_MarketDocument><Reason><code>999</code>"
        + "<text>No matching data found</text></Reason></Acknowledgement_MarketDocument>",
      body: { flaws in
        let from = Self.start + .hours(flaws.shift)
        let points = (1...4).map {
          "<Point><position>\($0)</position><price.amount>\(flaws.value ?? "84.\($0)")</price.amount></Point>"
        }.joined()
        return """
          <?xml version="1.0" encoding="UTF-8"?>
          <Publication_MarketDocument xmlns="urn:x"><type>A44</type><TimeSeries>
          <currency_Unit.name>EUR</currency_Unit.name>
          <price_Measure_Unit.name>\(flaws.unit ?? "MWH")</price_Measure_Unit.name><curveType>A01</curveType>
          <Period><timeInterval><start>\(Self.minute(from))Z</start><end>\(Self.minute(from + .hours(2)))Z</end>
          </timeInterval><resolution>PT30M</resolution>\(points)</Period></TimeSeries></Publication_MarketDocument>
          """
      }),
    ServiceSample(
      name: "Tibber", service: .tibber(home: nil, price: .total, isQuarterHourly: true), role: .importPrice,
      otherUnit: Flaws(unit: "NOK"), refusal: #"{"errors":[{"message":"unauthenticated"}],"data":null}"#,
      body: { flaws in
        let rows = Self.rows(flaws) { from, _ in
          "{\"total\":\(flaws.value ?? "0.31"),\"energy\":0.1,\"startsAt\":\"\(ISO8601.string(from))\","
            + "\"currency\":\"\(flaws.unit ?? "EUR")\"}"
        }
        return "{\"data\":{\"viewer\":{\"homes\":[{\"id\":\"a\",\"currentSubscription\":{\"priceInfo\":"
          + "{\"today\":[\(rows)],\"tomorrow\":[]}}}]}}}"
      }),
    ServiceSample(
      name: "JSON as described",
      service: .described(
        SeriesShape(
          format: .json(rows: "/d"), start: "t", value: "v", length: .fixed(.minutes(30)), time: .unixSeconds,
          unit: "EUR/MWh")), role: .importPrice, otherUnit: Flaws(value: "0.0842"),
      refusal: #"{"message":"come back later"}"#,
      body: { flaws in
        let rows = Self.rows(flaws) { from, _ in
          "{\"t\":\(from.milliseconds / 1000),\"v\":\(flaws.value ?? "84.2")}"
        }
        return "{\"d\":[\(rows)]}"
      }),
    ServiceSample(
      name: "CSV as described",
      service: .described(
        SeriesShape(
          format: .csv(.init(separator: 0x2c, hasDecimalComma: false)), start: "t", value: "v",
          length: .fixed(.minutes(30)), unit: "gCO2/kWh")), role: .carbon, otherUnit: Flaws(value: "0.3"),
      refusal: "come back later\n",
      body: { flaws in
        "t,v\n" + Self.rows(flaws, by: "\n") { from, _ in "\(ISO8601.string(from)),\(flaws.value ?? "312")" }
          + "\n"
      }),
  ]
}
