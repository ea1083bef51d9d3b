import MarketFormats
import Quantities
import Testing

@Suite struct JEPXTests {
  /// Rows of (date, code, system price, Tokyo price) under a header with fewer columns than today's.
  static func file(_ rows: [String], lineEnd: String = "\n", bom: Bool = false) -> [UInt8] {
    let header = "受渡日,時刻コード,システムプライス(円/kWh),エリアプライス北海道(円/kWh),エリアプライス東京(円/kWh)"
    return (bom ? [0xef, 0xbb, 0xbf] : []) + Array(([header] + rows).map { $0 + lineEnd }.joined().utf8)
  }

  @Test(arguments: ["tokyo", "Tokyo", "東京"])
  func `an area is found by either name`(area: String) throws {
    let bytes = Self.file(["2024/09/19,1,10.00,11.00,12.50", "2024/09/19,2,10.00,11.00,-0.01"])
    let prices = try JEPXSpotSummary.parse(bytes, area: area).prices
    #expect(
      prices.intervals == [
        .init(slot: slot("2024-09-18T15:00Z", "2024-09-18T15:30Z"), value: 12.5),
        .init(slot: slot("2024-09-18T15:30Z", "2024-09-18T16:00Z"), value: -0.01),
      ])
    #expect(try JEPXSpotSummary.parse(bytes, area: "system").prices.intervals.map(\.value) == [10, 10])
    #expect(try JEPXSpotSummary.parse(bytes, area: "hokkaido").prices.intervals.map(\.value) == [11, 11])
  }

  @Test func `a byte order mark, CRLF, quotes and a missing last line end change nothing`() throws {
    let plain = try JEPXSpotSummary.parse(Self.file(["2024/09/19,48,10,11,12"]), area: "tokyo")
    let windows = Self.file(["\"2024/9/19\", 48 ,10,11,\"12\""], lineEnd: "\r\n", bom: true)
    #expect(try JEPXSpotSummary.parse(windows, area: "tokyo") == plain)
    #expect(try JEPXSpotSummary.parse(windows.dropLast(2), area: "tokyo") == plain)
    #expect(plain.prices.intervals[0].slot == slot("2024-09-19T23:30+09:00", "2024-09-20T00:00+09:00"))
  }

  @Test func `a blank price and a missing row are gaps`() throws {
    let bytes = Self.file(["2024/09/19,1,1,1,1", "2024/09/19,2,1,1,", "", "2024/09/19,5,1,1,5"])
    let prices = try JEPXSpotSummary.parse(bytes, area: "tokyo").prices
    #expect(
      prices.gaps(in: slot("2024-09-19T00:00+09:00", "2024-09-19T02:30+09:00"))
        == [slot("2024-09-19T00:30+09:00", "2024-09-19T02:00+09:00")])
  }

  static let errors: [(rows: [String], text: String)] = [
    (["2024/09/31,1,1,1,1"], "j.csv:2:1: not a date such as 2024/04/01; correct the date"),
    (["2024-09-19,1,1,1,1"], "j.csv:2:1: not a date such as 2024/04/01; correct the date"),
    (["2024/09/19,0,1,1,1"], "j.csv:2:2: not a half hour from 1 to 48; correct the code"),
    (["2024/09/19,49,1,1,1"], "j.csv:2:2: not a half hour from 1 to 48; correct the code"),
    (["2024/09/19,1,1,1"], "j.csv:2: only 4 columns; the file was cut short: fetch it again"),
    (["2024/09/19,1,1,1,NaN"], "j.csv:2:5: not a price; correct it, or leave it blank for a gap"),
    (["2024/09/19,1,1,1,0x1p3"], "j.csv:2:5: not a price; correct it, or leave it blank for a gap"),
    (["2024/09/19,1,1,1,1e999"], "j.csv:2:5: not a price; correct it, or leave it blank for a gap"),
    (
      ["2024/09/19,1,1,1,1000.5"],
      "j.csv:2:5: 1000.5 JPY/kWh is beyond 1000 either way; correct it, or leave it blank for a gap"
    ),
    (
      ["2024/09/19,7,1,1,1", "", "2024/09/19,7,1,1,2"],
      "j.csv:4:2: the half hour of line 2 again; keep one row per half hour, in order of time"
    ),
    (
      ["2024/09/19,7,1,1,1", "2024/09/19,6,1,1,2"],
      "j.csv:3:2: earlier than line 2; keep one row per half hour, in order of time"
    ),
  ]

  @Test(arguments: errors.indices)
  func `a bad row is refused by line and column`(row: Int) {
    let (rows, text) = Self.errors[row]
    let error = #expect(throws: FormatError.self) {
      try JEPXSpotSummary.parse(Self.file(rows), area: "tokyo", file: "j.csv")
    }
    #expect(error?.description == text)
  }

  @Test func `an unknown area, a missing column and another file are refused`() {
    func error(_ bytes: [UInt8], _ area: String) -> String? {
      #expect(throws: FormatError.self) { try JEPXSpotSummary.parse(bytes, area: area, file: "j.csv") }?
        .description
    }
    #expect(
      error(Self.file([]), "tokio")
        == "j.csv: area: no area \"tokio\"; use one of hokkaido, tohoku, tokyo, chubu, hokuriku, kansai, chugoku, "
        + "shikoku, kyushu, system")
    #expect(
      error(Self.file([]), "kyushu") == "j.csv:1: no price column for kyushu; use the exchange's whole file")
    #expect(
      error(Array("start,price\n".utf8), "tokyo")
        == "j.csv:1: not the header of a JEPX spot summary (受渡日, 時刻コード, ...) in UTF-8 or cp932; use the file "
        + "spot_summary_YYYY.csv of the exchange, with its header")
    #expect(error([], "tokyo")?.hasPrefix("j.csv:1: not the header") == true)
  }
}

@Suite(.enabled(if: SharedData.isPresent, SharedData.absent))
struct RecordedPricesTests {
  @Test func `a fiscal year of Tokyo prices is whole`() throws {
    let bytes = try SharedData.bytes("jepx/spot_summary_2024.csv")
    let prices = try JEPXSpotSummary.parse(bytes, area: "tokyo").prices
    let year = slot("2024-04-01T00:00+09:00", "2025-04-01T00:00+09:00")
    #expect(prices.intervals.count == 17_520)
    #expect(prices.gaps(in: year).isEmpty)
    #expect(prices.value(at: at("2024-09-19T16:30+09:00")) == 49.65)
    #expect((12...14).contains(try #require(prices.mean(over: year))))
  }

  @Test(arguments: [
    "system", "北海道", "tohoku", "tokyo", "中部", "hokuriku", "kansai", "chugoku", "四国", "kyushu",
  ])
  func `cp932 with CRLF holds the same prices as UTF-8`(area: String) throws {
    let year = try JEPXSpotSummary.parse(try SharedData.bytes("jepx/spot_summary_2024.csv"), area: area)
      .prices
    let week = try JEPXSpotSummary.parse(
      try SharedData.bytes("jepx/derived_spot_summary_2024_week_0916-0922_cp932.csv"), area: area
    ).prices
    #expect(week.intervals.count == 336)
    #expect(week.intervals.allSatisfy { year.value(at: $0.slot.start) == $0.value })
  }
}
