import MarketFormats
import Quantities
import Testing

@Suite struct PriceCSVTests {
  private func intervals(_ text: String) throws -> [IntervalSeries.Interval] {
    try PriceCSV.parse(Array(text.utf8)).prices.intervals
  }

  @Test func `each price holds until the next, the last as long as the one before`() throws {
    let rows = "2024-09-19T00:00+09:00,10\n2024-09-19T01:00+09:00,11.5\n2024-09-19T01:30+09:00,-3\n"
    let expected: [IntervalSeries.Interval] = [
      .init(slot: slot("2024-09-18T15:00Z", "2024-09-18T16:00Z"), value: 10),
      .init(slot: slot("2024-09-18T16:00Z", "2024-09-18T16:30Z"), value: 11.5),
      .init(slot: slot("2024-09-18T16:30Z", "2024-09-18T17:00Z"), value: -3),
    ]
    #expect(try self.intervals(rows) == expected)
    let dressed = "# JPY/kWh\r\n\r\nStart , Price\r\n" + rows.replacing("\n", with: "\r\n") + "# end"
    #expect(try self.intervals(dressed) == expected)
  }

  @Test func `an only price holds an hour`() throws {
    #expect(try self.intervals("2024-09-19T00:00Z,10").map(\.slot.hours) == [1])
  }

  @Test func `a day of 25 hours has 25 prices`() throws {
    let summer = (0..<3).map { "2024-10-27T0\($0):00+02:00,\($0)" }
    let winter = (2..<24).map { "2024-10-27T\($0 < 10 ? "0" : "")\($0):00+01:00,\($0)" }
    let intervals = try self.intervals((summer + winter).joined(separator: "\n"))
    #expect(intervals.count == 25)
    #expect(intervals.allSatisfy { $0.slot.hours == 1 })
    #expect(intervals[2].value == 2 && intervals[3].value == 2)
  }

  @Test func `an empty price is a gap`() throws {
    let intervals = try self.intervals("2024-09-19T00:00Z,1\n2024-09-19T01:00Z,\n2024-09-19T02:00Z,3\n")
    #expect(intervals.map(\.value) == [1, 3])
    #expect(intervals.map(\.slot.hours) == [1, 1])
  }

  @Test func `a row missing among equal steps is a gap`() throws {
    let hours = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10].map { "2024-09-19T\($0 < 10 ? "0" : "")\($0):00Z,\($0)" }
    let series = try PriceCSV.parse(Array(hours.joined(separator: "\n").utf8)).prices
    #expect(
      series.gaps(in: slot("2024-09-19T00:00Z", "2024-09-19T11:00Z"))
        == [slot("2024-09-19T04:00Z", "2024-09-19T05:00Z")])
  }

  @Test(arguments: [[0, 8, 24, 32, 48, 56], [0, 1, 2, 3, 4, 6, 8, 10, 12]])
  func `steps that differ by design leave no gap`(hours: [Int]) throws {
    let start = at("2024-09-19T00:00Z")
    let rows = hours.map { "\(ISO8601.string(start + .hours($0))),\($0)" }
    let series = try PriceCSV.parse(Array(rows.joined(separator: "\n").utf8)).prices
    let whole = try #require(Slot(start: start, end: start + .hours(hours[hours.count - 1])))
    #expect(series.gaps(in: whole).isEmpty)
  }

  static let errors: [(text: String, error: String)] = [
    ("", "p.csv: no rows; write rows such as 2024-09-19T00:00+09:00,12.5"),
    ("start,price\n", "p.csv: no rows; write rows such as 2024-09-19T00:00+09:00,12.5"),
    ("2024-09-19T00:00,1", "p.csv:1:1: a local time without offset; add the offset, such as Z or +09:00"),
    ("\nyesterday,1", "p.csv:2:1: not an instant; write it like 2024-09-19T00:00+09:00"),
    (
      "2024-09-19T00:00Z,1\nstart,price\n", "p.csv:2:1: not an instant; write it like 2024-09-19T00:00+09:00"
    ),
    (
      "2024-09-19T00:00Z;1",
      "p.csv:1: 1 columns where two are expected; write start,price with a decimal point"
    ),
    (
      "2024-09-19T00:00Z,1,5",
      "p.csv:1: 3 columns where two are expected; write start,price with a decimal point"
    ),
    ("2024-09-19T00:00Z,nan", "p.csv:1:2: not a number; write it like 12.5, or leave it empty for a gap"),
    (
      "2024-09-19T00:00Z,1e6",
      "p.csv:1:2: 1000000.0 is beyond 100,000 either way; correct it, or leave it empty for a gap"
    ),
    (
      "2024-09-19T09:00+09:00,1\n2024-09-19T00:00Z,2",
      "p.csv:2:1: the instant of line 1 again; keep one row per instant, in order of time"
    ),
    (
      "2024-09-19T01:00Z,1\n#\n2024-09-19T00:00Z,2",
      "p.csv:3:1: earlier than line 1; keep one row per instant, in order of time"
    ),
  ]

  @Test(arguments: errors.indices)
  func `a bad row is refused by line and column`(row: Int) {
    let (text, expected) = Self.errors[row]
    let error = #expect(throws: FormatError.self) { try PriceCSV.parse(Array(text.utf8), file: "p.csv") }
    #expect(error?.description == expected)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `mangled files are read or refused, never worse`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let jepx = JEPXTests.file((1...48).map { "2024/09/19,\($0),1.5,2.5,3.5" })
    let prices = Array((0..<24).map { "2024-09-19T\($0 < 10 ? "0" : "")\($0):00Z,1.5\n" }.joined().utf8)
    let weather = OpenMeteoTests.response([
      ("temperature_2m", "°C", "[1,2.5]"), ("wind_speed_10m", "m/s", "[3,4]"),
    ])
    for var bytes in [jepx, prices, weather] {
      for _ in 0..<(1 + random.below(6)) {
        let index = random.below(bytes.count)
        if random.chance(0.3) { bytes.remove(at: index) } else { bytes[index] = UInt8(random.below(256)) }
      }
      // Whatever comes back, nothing trapped and nothing absurd got through.
      let series = [
        try? JEPXSpotSummary.parse(bytes, area: "tokyo").prices, try? PriceCSV.parse(bytes).prices,
      ]
      for interval in series.compactMap({ $0 }).flatMap(\.intervals) where interval.value.magnitude > 100_000
      {
        Issue.record("\(interval) in a mangled file")
      }
      if let response = try? OpenMeteoResponse.parse(bytes), response.members.isEmpty {
        Issue.record("no members")
      }
    }
  }
}
