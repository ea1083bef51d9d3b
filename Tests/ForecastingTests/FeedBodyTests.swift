import Forecasting
import MarketFormats
import Quantities
import SiteModel
import Testing

/// What services answer, read as a site needs it: golden values of right answers, refusals of wrong ones.
struct `Answers of services` {
  private static let now = at("2026-03-11T12:10Z")
  private static let until = at("2026-03-14T12:00Z")

  private static func site(_ currency: String) -> Site {
    Site(
      name: "here", location: Location(latitude: 51.5, longitude: -0.1), zone: .utc, currency: currency,
      grid: GridConnection(importCap: Kilowatts(10)),
      photovoltaics: [], meters: [], banks: [], importTariff: .fixed(0.2))
  }

  private static func source(_ service: FeedSource.Service) -> FeedSource {
    FeedSource(service: service, address: "https://example.org", every: .minutes(30), callsPerDay: 96)
  }

  /// A service, the site's currency, and an answer that is right.
  struct Sample: Sendable, CustomTestStringConvertible {
    var service: FeedSource.Service
    var currency: String
    var role: FeedRole
    var body: String
    var values: [Double]
    var start: String
    var testDescription: String { "\(self.service)" }
  }

  static let samples = [
    Sample(
      service: .octopus(product: "AGILE-24-10-01", region: "C", includesVAT: true), currency: "GBP",
      role: .importPrice,
      body: """
        {"count":3,"next":null,"previous":null,"results":[
        {"value_exc_vat":20,"value_inc_vat":21,"valid_from":"2026-03-11T13:00:00Z","valid_to":null,"payment_method":null},
        {"value_exc_vat":10,"value_inc_vat":10.5,"valid_from":"2026-03-11T12:30:00Z","valid_to":"2026-03-11T13:00:00Z","payment_method":null},
        {"value_exc_vat":-2,"value_inc_vat":-2.1,"valid_from":"2026-03-11T12:00:00Z","valid_to":"2026-03-11T12:30:00Z","payment_method":"DIRECT_DEBIT"},
        {"value_exc_vat":9,"value_inc_vat":9.9,"valid_from":"2026-03-11T12:00:00Z","valid_to":"2026-03-11T12:30:00Z","payment_method":"NON_DIRECT_DEBIT"}]}
        """, values: [-0.021, 0.105, 0.21], start: "2026-03-11T12:00Z"),
    Sample(
      service: .carbonIntensity(postcode: nil), currency: "GBP", role: .carbon,
      body: """
        {"data":[{"from":"2026-03-11T12:00Z","to":"2026-03-11T12:30Z","intensity":{"forecast":95,"actual":92,"index":"low"}},
        {"from":"2026-03-11T12:30Z","to":"2026-03-11T13:00Z","intensity":{"forecast":97,"actual":null,"index":"low"}}]}
        """, values: [92, 97], start: "2026-03-11T12:00Z"),
    Sample(
      service: .carbonIntensity(postcode: "SW1A"), currency: "GBP", role: .carbon,
      body: """
        {"data":[{"regionid":13,"shortname":"London","postcode":"SW1A","data":[
        {"from":"2026-03-11T12:00Z","to":"2026-03-11T12:30Z","intensity":{"forecast":281,"index":"very high"},
        "generationmix":[{"perc":7.5,"fuel":"biomass"},{"fuel":"coal","perc":0}]}]}]}
        """, values: [281], start: "2026-03-11T12:00Z"),
    Sample(
      service: .energyCharts(zone: "DE-LU"), currency: "EUR", role: .importPrice,
      body: """
        {"license_info":"","unix_seconds":[1773230400,1773231300,1773232200,1773234000],"price":[88.1,null,-5,65.5],
        "unit":"EUR / MWh","deprecated":false}
        """, values: [0.0881, -0.005, 0.0655], start: "2026-03-11T12:00Z"),
    Sample(
      service: .awattar, currency: "EUR", role: .importPrice,
      body: """
        {"object":"list","data":[{"start_timestamp":1773230400000,"end_timestamp":1773234000000,"marketprice":84.2,"unit":"Eur/MWh"}],
        "url":"/at/v1/marketdata"}
        """, values: [0.0842], start: "2026-03-11T12:00Z"),
    Sample(
      service: .jepx(area: "tokyo"), currency: "JPY", role: .importPrice,
      body: "受渡日,時刻コード,システムプライス(円/kWh),エリアプライス東京(円/kWh)\n2026/03/11,43,9.1,12.34\n2026/03/11,44,9.2,0.01\n",
      values: [12.34, 0.01], start: "2026-03-11T12:00Z"),
    Sample(
      service: .entsoe(zone: "10Y1001A1001A82H"), currency: "EUR", role: .importPrice,
      body: """
        <?xml version="1.0" encoding="UTF-8"?>
        <Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"><type>A44</type>
        <TimeSeries><currency_Unit.name>EUR</currency_Unit.name><price_Measure_Unit.name>MWH</price_Measure_Unit.name>
        <curveType>A03</curveType><Period><timeInterval><start>2026-03-11T12:00Z</start><end>2026-03-11T13:00Z</end>
        </timeInterval><resolution>PT15M</resolution><Point><position>1</position><price.amount>84.2</price.amount></Point>
        <Point><position>4</position><price.amount>-3</price.amount></Point></Period></TimeSeries>
        </Publication_MarketDocument>
        """, values: [0.0842, 0.0842, 0.0842, -0.003], start: "2026-03-11T12:00Z"),
    Sample(
      service: .tibber(home: nil, price: .total, isQuarterHourly: false), currency: "EUR", role: .importPrice,
      body: """
        {"data":{"viewer":{"homes":[{"id":"a","currentSubscription":{"priceInfo":{"today":[
        {"total":0.31,"energy":0.2,"startsAt":"2026-03-11T13:00:00.000+01:00","currency":"EUR"},
        {"total":0.29,"energy":0.18,"startsAt":"2026-03-11T14:00:00.000+01:00","currency":"EUR"}],"tomorrow":[]}}}]}}}
        """, values: [0.31, 0.29], start: "2026-03-11T12:00Z"),
    Sample(
      service: .described(
        SeriesShape(
          format: .json(rows: "/data/prices"), start: "start", value: "price", length: .field("end"),
          unit: "ct/kWh")), currency: "EUR", role: .importPrice,
      body: """
        {"data":{"prices":[{"start":"2026-03-11T12:00Z","end":"2026-03-11T12:30Z","price":25.5},
        {"start":"2026-03-11T12:30Z","end":"2026-03-11T13:00Z","price":24}]}}
        """, values: [0.255, 0.24], start: "2026-03-11T12:00Z"),
    Sample(
      service: .described(
        SeriesShape(
          format: .csv(.init(separator: 0x3b, hasDecimalComma: true)), start: "zeit", value: "g",
          length: .fixed(.minutes(30)), time: .unixSeconds, unit: "gCO2/kWh")), currency: "EUR",
      role: .carbon,
      body: "zeit;ort;g\n1773230400;\"a;b\";312,5\n1773232200;;290\n", values: [312.5, 290],
      start: "2026-03-11T12:00Z"),
  ]

  @Test(arguments: samples)
  func `have golden values`(sample: Sample) throws {
    let value = try Self.source(sample.service).read(
      Array(sample.body.utf8), site: Self.site(sample.currency), until: Self.until)
    guard case .series(let series) = value else {
      Issue.record("not a series")
      return
    }
    #expect(series.intervals.count == sample.values.count)
    for (interval, value) in zip(series.intervals, sample.values) {
      #expect(abs(interval.value - value) < 1e-12)
    }
    #expect(series.intervals.first?.slot.start == at(sample.start))
    #expect(
      FeedPlausibility.problem(
        with: value, role: sample.role, last: nil, site: Self.site(sample.currency), at: Self.now) == nil)
  }

  /// What a service really sent: how many values, the first and the last.
  struct Recording: Sendable {
    var service: FeedSource.Service
    var file: String
    var count: Int
    var first: Double
    var last: Double
  }

  static let recorded = [
    Recording(
      service: .octopus(product: "AGILE-24-10-01", region: "C", includesVAT: true),
      file: "uk/octopus_agile_C_2026-10-03_52slots.json", count: 52, first: 0.3328, last: 0.2501),
    Recording(
      service: .octopus(product: "GO", region: "C", includesVAT: true), file: "uk/octopus_go_C.json",
      count: 11, first: 0.246932, last: 0.246932),
    Recording(
      service: .carbonIntensity(postcode: "SW1A"),
      file: "uk/carbonintensity_regional_postcode_SW1A_fw48h_2026-10-03.json", count: 97, first: 281,
      last: 217),
    Recording(
      service: .carbonIntensity(postcode: nil), file: "uk/carbonintensity_national_2024-10-26_27_dst.json",
      count: 7, first: 92, last: 87),
    Recording(
      service: .energyCharts(zone: "DE-LU"), file: "eu/energy_charts_price_DE-LU_2024-05-04_hourly.json",
      count: 24, first: 0.0908, last: 0.0836),
  ]

  @Test(.enabled(if: SharedData.isPresent, SharedData.absent), arguments: recorded)
  func `that were recorded are read whole`(sample: Recording) throws {
    let currency = if case .energyCharts = sample.service { "EUR" } else { "GBP" }
    let value = try Self.source(sample.service).read(
      try SharedData.bytes(sample.file), site: Self.site(currency), until: at("2027-01-01T00:00Z"))
    guard case .series(let series) = value else {
      Issue.record("not a series")
      return
    }
    #expect(series.intervals.count == sample.count)
    #expect(abs((series.intervals.first?.value ?? 0) - sample.first) < 1e-9)
    #expect(abs((series.intervals.last?.value ?? 0) - sample.last) < 1e-9)
  }

  @Test func `a missing quarter of an hour is a gap and not a longer price`() throws {
    let sample = Self.samples[3]
    let value = try Self.source(sample.service).read(
      Array(sample.body.utf8), site: Self.site("EUR"), until: Self.until)
    guard case .series(let series) = value else { return }
    #expect(series.value(at: at("2026-03-11T12:35Z")) == -0.005)
    #expect(series.value(at: at("2026-03-11T12:20Z")) == nil)
    #expect(series.value(at: at("2026-03-11T12:50Z")) == nil)
  }

  /// Bodies that are wrong whoever sends them.
  static let wrong = [
    "", " ", "null", "[]", "{}", "0", "\"\"", "{\"data\":null}", "{\"data\":[]}", "{\"results\":[]}",
    "<!DOCTYPE html><html><body>Be right back</body></html>", "\u{FEFF}",
    "{\"error\":true,\"reason\":\"limit\"}",
    "{\"error\":{\"code\":\"400 Bad Request\",\"message\":\"no\"}}", "{\"detail\":\"not found\"}",
    String(repeating: "[", count: 100_000), "{\"data\":[{}]}", "{\"results\":[{\"valid_from\":1}]}",
    "{\"unix_seconds\":[1],\"price\":[],\"unit\":\"EUR/MWh\"}",
    "{\"unix_seconds\":[9999999999999999999],\"price\":[1],\"unit\":\"EUR/MWh\"}",
    "{\"unix_seconds\":[1773230400],\"price\":[1e308],\"unit\":\"EUR/MWh\"}",
    "{\"unix_seconds\":[1773230400],\"price\":[NaN],\"unit\":\"EUR/MWh\"}",
    "{\"unix_seconds\":[1773230400],\"price\":[80],\"unit\":\"CHF/MWh\"}",
    "{\"unix_seconds\":[1773230400],\"price\":[80],\"unit\":\"furlongs\"}",
    "{\"errors\":[{\"message\":\"no\"}]}", "{\"data\":{\"viewer\":{\"homes\":[{}]}}}",
    "<?xml version=\"1.0\"?><Acknowledgement_MarketDocument><Reason><text>no</text></Reason></Acknowledgement_MarketDocument>",
    "<Publication_MarketDocument><type>A44</type><TimeSeries/></Publication_MarketDocument>",
  ]

  @Test(arguments: samples, wrong)
  func `that are wrong are refused`(sample: Sample, body: String) {
    #expect(throws: FormatError.self) {
      try Self.source(sample.service).read(
        Array(body.utf8), site: Self.site(sample.currency), until: Self.until)
    }
  }

  @Test(arguments: samples)
  func `that end anywhere before their end never become another answer`(sample: Sample) {
    let bytes = Array(sample.body.utf8)
    for end in bytes.indices {
      do throws(FormatError) {
        let value = try Self.source(sample.service).read(
          Array(bytes[..<end]), site: Self.site(sample.currency), until: Self.until)
        // A table may end after any of its rows and has gaps then.
        guard case .series(let series) = value else { continue }
        #expect(series.intervals.count <= sample.values.count)
        #expect(bytes[end - 1] == 0x0a || end >= bytes.count - 1)
      } catch {
        continue
      }
    }
  }

  @Test(arguments: samples)
  func `with a damaged byte anywhere do not end the process`(sample: Sample) {
    var chance = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      var bytes = Array(sample.body.utf8)
      bytes[chance.below(bytes.count)] = UInt8(truncatingIfNeeded: chance.next())
      do throws(FormatError) {
        _ = try Self.source(sample.service).read(bytes, site: Self.site(sample.currency), until: Self.until)
      } catch {
        #expect(!error.remedy.isEmpty)
      }
    }
  }

  @Test(arguments: samples)
  func `for another day are not for now`(sample: Sample) throws {
    let value = try Self.source(sample.service).read(
      Array(sample.body.utf8), site: Self.site(sample.currency), until: Self.until)
    for hours in [-48, 96] {
      let problem = FeedPlausibility.problem(
        with: value, role: sample.role, last: nil, site: Self.site(sample.currency),
        at: Self.now + .hours(hours))
      #expect(problem?.contains("none for now") == true)
    }
  }
}
