import MarketFormats
import Quantities
import Testing

struct `A series as the site file describes it` {
  private static func values(
    _ text: String, _ shape: SeriesShape, currency: String = "EUR"
  ) throws(FormatError) -> [IntervalSeries.Interval] {
    try DescribedSeries.parse(Array(text.utf8), shape: shape, currency: currency).values.intervals
  }

  private static func json(
    rows: String = "/data/prices", start: String = "from", value: String = "price",
    length: SeriesShape.Length = .field("to"),
    time: SeriesShape.TimeFormat = .iso8601, unit: String = "EUR/MWh", scale: Double = 1
  ) -> SeriesShape {
    SeriesShape(
      format: .json(rows: rows), start: start, value: value, length: length, time: time, unit: unit,
      scale: scale)
  }

  private static func csv(
    _ separator: String, hasDecimalComma: Bool = false, value: String = "price",
    length: SeriesShape.Length = .fixed(.minutes(30))
  ) -> SeriesShape {
    SeriesShape(
      format: .csv(.init(separator: separator.utf8.first ?? 0, hasDecimalComma: hasDecimalComma)),
      start: "start", value: value, length: length, unit: "EUR/kWh")
  }

  @Test func `has its rows at a path, in any order, with gaps`() throws {
    let values = try Self.values(
      """
      {"data":{"prices":[{"from":"2026-03-11T13:00+01:00","to":"2026-03-11T13:15+01:00","price":-5},
      {"from":"2026-03-11T12:15Z","to":"2026-03-11T12:30Z","price":null},
      {"from":"2026-03-11T11:00Z","to":"2026-03-11T12:00Z","price":"80"}]}}
      """, Self.json())
    #expect(values.map(\.value) == [0.08, -0.005])
    #expect(values.map(\.slot.length) == [.hours(1), .minutes(15)])
    #expect(values.last?.slot.start == at("2026-03-11T12:00Z"))
  }

  @Test(arguments: [
    (SeriesShape.TimeFormat.unixSeconds, "1773230400"), (.unixSeconds, "\"1773230400\""),
    (.unixSeconds, "1773230400.0"), (.unixMilliseconds, "1773230400000"),
    (.iso8601, "\"2026-03-11T12:00:00Z\""),
  ])
  func `has times in the format that was named`(time: SeriesShape.TimeFormat, text: String) throws {
    let shape = Self.json(rows: "", start: "0", value: "1/x~1y", length: .fixed(.minutes(15)), time: time)
    let values = try Self.values("[[\(text),{\"x/y\":100}]]", shape)
    #expect(values.map(\.slot) == [Slot(start: at("2026-03-11T12:00Z"), length: .minutes(15))])
    #expect(values.map(\.value) == [0.1])
  }

  @Test func `is scaled to its unit, and a unit of carbon needs no currency`() throws {
    let text = "[{\"from\":\"2026-03-11T12:00Z\",\"price\":25}]"
    func value(_ unit: String, _ scale: Double) throws -> Double? {
      try Self.values(text, Self.json(rows: "", length: .fixed(.hours(1)), unit: unit, scale: scale)).first?
        .value
    }
    #expect(try value("ct/kWh", 1) == 0.25)
    #expect(try value("EUR/kWh", 0.001) == 0.025)
    #expect(try value("gCO2/kWh", 1) == 25)
    #expect(try value("kgCO2/MWh", 1) == 25)
    #expect(throws: FormatError.self) { try value("GBP/kWh", 1) }
    #expect(throws: FormatError.self) { try value("gCO2/kWh", 1000) }
  }

  @Test func `in a table has columns by name, cells in quotes, and a decimal comma`() throws {
    let text =
      "\u{FEFF}# prices\r\n\"a;b\";price;start\r\n\"x \"\"y\"\"; z\";0,25;2026-03-11T12:00Z\r\n;\" -0,01\";2026-03-11T12:30Z\r\n;;2026-03-11T13:00Z\r\n"
    #expect(throws: FormatError.self) { try Self.values(text, Self.csv(";", hasDecimalComma: false)) }
    let values = try Self.values(text.replacing("\" -0", with: "\"-0"), Self.csv(";", hasDecimalComma: true))
    #expect(values.map(\.value) == [0.25, -0.01])
    #expect(values.map(\.slot.start) == [at("2026-03-11T12:00Z"), at("2026-03-11T12:30Z")])
  }

  @Test func `in a table may stand between tabs and name its ends`() throws {
    let values = try Self.values(
      "start\tprice\tend\n 2026-03-11T12:00Z\t 0.5 \t2026-03-11T16:00Z\n",
      Self.csv("\t", length: .field("end")))
    #expect(values.map(\.value) == [0.5] && values.first?.slot.length == .hours(4))
  }

  /// A table or a document that is refused, and a part of what is said of it.
  static let refused: [(SeriesShape, String, String)] = [
    (csv(";", hasDecimalComma: true), "start;price\n2026-03-11T12:00Z;1.250,5\n", "not a number"),
    (csv(","), "start,cost\n2026-03-11T12:00Z,1\n", "no column \"price\""),
    (csv(","), "start;price\n2026-03-11T12:00Z;1\n", "no column \"start\""),
    (csv(","), "start,price\n2026-03-11 12:00,1\n", "not a time in the format \"iso8601\""),
    (csv(","), "start,price\n2026-03-11T12:00Z,nan\n", "2: price: not a number"),
    (csv(","), "start,price\n2026-03-11T12:00Z\n", "not a number"),
    (csv(","), "start,price\n2026-03-11T12:00Z,\"1\n", "a quote that does not end"),
    (csv(","), "start,price\n2026-03-11T12:00Z,1\n2026-03-11T12:10Z,2\n", "two values for the same time"),
    (csv(","), "start,price\n", "no values at all"), (csv(","), "<html>\n", "a page instead of data"),
    (csv(","), "start,price\n" + String(repeating: "#\n", count: 3 << 20), "larger than"),
    (json(), "{\"data\":{\"prices\":{}}}", "/data/prices: missing, or not a list"),
    (json(), "{\"data\":[]}", "missing, or not a list"),
    (json(rows: "/9"), "[]", "missing, or not a list"), (json(rows: "/-1"), "[[]]", "missing, or not a list"),
    (json(rows: ""), "[{\"from\":1,\"to\":2,\"price\":3}]", "the answer[0].from: not a time"),
    (
      json(rows: "", length: .fixed(.hours(1)), time: .unixSeconds), "[{\"from\":1e300,\"price\":3}]",
      "not a time in the format \"unix_s\""
    ),
    (
      json(rows: "", length: .fixed(.hours(1)), time: .unixSeconds), "[{\"from\":NaN,\"price\":3}]",
      "not a time"
    ),
    (
      json(rows: "", length: .fixed(.hours(1)), time: .unixSeconds), "[{\"from\":1773230400,\"price\":true}]",
      "[0].price: not a number"
    ),
    (
      json(rows: ""), "[{\"from\":\"2026-03-11T12:00Z\",\"to\":\"2026-03-11T12:00Z\",\"price\":3}]",
      "not a stretch"
    ),
  ]

  @Test(arguments: refused)
  func `is refused where it is not so`(shape: SeriesShape, text: String, why: String) {
    #expect { try Self.values(text, shape) } throws: { "\($0)".contains(why) }
  }
}

struct `Prices of Tibber` {
  private static func row(_ start: String, _ total: String, currency: String = "EUR") -> String {
    "{\"total\":\(total),\"energy\":0.1,\"startsAt\":\"\(start)\",\"currency\":\"\(currency)\"}"
  }

  private static func home(_ id: String, today: [String], tomorrow: [String] = []) -> String {
    "{\"id\":\"\(id)\",\"currentSubscription\":{\"priceInfo\":{\"today\":[\(today.joined(separator: ","))],"
      + "\"tomorrow\":[\(tomorrow.joined(separator: ","))]}}}"
  }

  private static func answer(_ homes: String...) -> String {
    "{\"data\":{\"viewer\":{\"homes\":[\(homes.joined(separator: ","))]}}}"
  }

  private static func prices(
    _ text: String, field: String = "total", home: String? = nil
  ) throws(FormatError) -> [IntervalSeries.Interval] {
    try TibberPrices.parse(Array(text.utf8), field: field, home: home, currency: "EUR").prices.intervals
  }

  private static let hours = [
    row("2026-10-25T01:00:00.000+02:00", "0.3"), row("2026-10-25T02:00:00.000+02:00", "0.31"),
    row("2026-10-25T02:00:00.000+01:00", "0.32"),
  ]

  @Test func `hold for the step of their starts, also across a change of the clock`() throws {
    let prices = try Self.prices(Self.answer(Self.home("a", today: Self.hours)))
    #expect(prices.map(\.value) == [0.3, 0.31, 0.32])
    #expect(prices.allSatisfy { $0.slot.length == .hours(1) })
    let quarters = [
      Self.row("2026-10-25T23:30:00.000+01:00", "0.3"), Self.row("2026-10-25T23:45:00.000+01:00", "0.3"),
    ]
    let next = [Self.row("2026-10-26T00:00:00.000+01:00", "0.4")]
    let more = try Self.prices(Self.answer(Self.home("a", today: quarters, tomorrow: next)))
    #expect(more.count == 3 && more.allSatisfy { $0.slot.length == .minutes(15) })
  }

  @Test func `are those that were chosen, of the home that was named`() throws {
    let text = Self.answer(
      Self.home("a", today: Self.hours), Self.home("b", today: [Self.row("2026-10-25T00:00:00Z", "0.9")]))
    #expect(try Self.prices(text, home: "b").map(\.value) == [0.9])
    #expect(try Self.prices(text, field: "energy", home: "a").map(\.value) == [0.1, 0.1, 0.1])
    #expect { try Self.prices(text) } throws: { "\($0)".contains("2 homes, and the site file names none") }
    #expect { try Self.prices(text, home: "c") } throws: { "\($0)".contains("no home \"c\"") }
  }

  static let refused: [(String, String)] = [
    ("{\"errors\":[{\"message\":\"no such token\"}],\"data\":null}", "refused: \"no such token\""),
    (answer(home("a", today: [row("2026-10-25T00:00:00Z", "0.9", currency: "SEK")])), "prices in SEK"),
    (answer(home("a", today: [row("2026-10-25T00:00:00", "0.9")])), "not a time with its offset"),
    (answer(home("a", today: [row("2026-10-25T00:00:00Z", "NaN")])), "today[0].total: not a number"),
    (answer(home("a", today: [])), "no values at all"),
    (answer("{\"id\":\"a\",\"currentSubscription\":null}"), "priceInfo.today"),
    (answer(), "0 homes"),
  ]

  @Test(arguments: refused)
  func `are refused where they are not prices`(text: String, why: String) {
    #expect { try Self.prices(text) } throws: { "\($0)".contains(why) }
  }
}

struct `Two years of the exchange` {
  private static let earlier =
    "受渡日,時刻コード,システムプライス(円/kWh),エリアプライス東京(円/kWh)\n2026/03/31,47,9,12\n2026/03/31,48,9,13\n"
  private static let later =
    "\u{FEFF}受渡日,時刻コード,x,エリアプライス東京(円/kWh),システムプライス(円/kWh)\n2026/04/01,1,0,14,9\n"

  @Test func `are read one below the other, each by its own header`() throws {
    let series = try JEPXYears.parse(Array((Self.earlier + Self.later).utf8), area: "tokyo")
    #expect(series.intervals.map(\.value) == [12, 13, 14])
    #expect(series.gaps(in: Slot(start: at("2026-03-31T14:00Z"), length: .minutes(90))).isEmpty)
  }

  @Test func `may say the same twice, and contradict each other nowhere`() throws {
    let same = try JEPXYears.parse(Array((Self.earlier + Self.earlier).utf8), area: "tokyo")
    #expect(same.intervals.map(\.value) == [12, 13])
    let other = Self.earlier.replacing(",9,13", with: ",9,99")
    #expect(throws: FormatError.self) {
      try JEPXYears.parse(Array((Self.earlier + other).utf8), area: "tokyo")
    }
  }

  @Test func `are refused where the join is within a row`() {
    let cut = String(Self.earlier.dropLast(2))
    #expect(throws: FormatError.self) { try JEPXYears.parse(Array((cut + Self.later).utf8), area: "tokyo") }
  }
}
