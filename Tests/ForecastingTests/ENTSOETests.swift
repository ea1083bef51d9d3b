import MarketFormats
import Quantities
import Testing

/// Documents of the transparency platform, written here in its documented shape.
struct `Documents of ENTSO-E` {
  static let zone = "10Y1001A1001A82H"

  static func series(
    _ points: [(Int, String)], resolution: String = "PT60M", curve: String = "A03",
    start: String = "2026-03-11T00:00Z",
    end: String = "2026-03-11T06:00Z", currency: String = "EUR", unit: String = "MWH", zone: String = zone,
    more: String = ""
  ) -> String {
    let rows = points.map {
      "<Point><position>\($0.0)</position><price.amount>\($0.1)</price.amount></Point>"
    }.joined(separator: "\n")
    return """
      <TimeSeries><mRID>1</mRID>\(more)<in_Domain.mRID codingScheme="A01">\(zone)</in_Domain.mRID>
      <out_Domain.mRID codingScheme="A01">\(zone)</out_Domain.mRID>
      <currency_Unit.name>\(currency)</currency_Unit.name><price_Measure_Unit.name>\(unit)</price_Measure_Unit.name>
      <curveType>\(curve)</curveType><Period><timeInterval><start>\(start)</start><end>\(end)</end></timeInterval>
      <resolution>\(resolution)</resolution>\(rows)</Period></TimeSeries>
      """
  }

  static func document(_ series: String...) -> String {
    """
    <?xml version="1.0" encoding="utf-8"?>
    <Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3">
    <mRID>a</mRID><type>A44</type><period.timeInterval><start>2026-03-11T00:00Z</start></period.timeInterval>
    \(series.joined(separator: "\n"))
    </Publication_MarketDocument>
    """
  }

  static func prices(_ text: String) throws(FormatError) -> [IntervalSeries.Interval] {
    try ENTSOEPrices.parse(Array(text.utf8), zone: zone, currency: "EUR").prices.intervals
  }

  @Test func `leave out what repeats, and that is filled up to the end of the period`() throws {
    let prices = try Self.prices(Self.document(Self.series([(1, "80"), (3, "-12.5"), (4, "90")])))
    #expect(prices.map(\.value) == [0.08, 0.08, -0.0125, 0.09, 0.09, 0.09])
    #expect(prices.first?.slot.start == at("2026-03-11T00:00Z"))
    #expect(prices.last?.slot.end == at("2026-03-11T06:00Z"))
  }

  @Test func `of the complete kind have gaps where points are missing`() throws {
    let prices = try Self.prices(Self.document(Self.series([(1, "80"), (3, "70")], curve: "A01")))
    #expect(prices.map(\.slot.start) == [at("2026-03-11T00:00Z"), at("2026-03-11T02:00Z")])
  }

  @Test(arguments: [("PT15M", 15), ("PT30M", 30), ("PT60M", 60)])
  func `have steps of any of the market's lengths`(resolution: String, minutes: Int) throws {
    let prices = try Self.prices(Self.document(Self.series([(1, "80"), (2, "70")], resolution: resolution)))
    #expect(prices.count == 360 / minutes)
    #expect(prices.allSatisfy { $0.slot.length == .minutes(minutes) })
    #expect(prices.dropFirst().allSatisfy { $0.value == 0.07 })
  }

  @Test func `count by the first auction, then by the finest step, and never by an intraday one`() throws {
    let place = "classificationSequence_AttributeInstanceComponent.position"
    let first = "<\(place)>1</\(place)>"
    let text = Self.document(
      Self.series([(1, "1")], resolution: "PT15M", more: "<\(place)>2</\(place)>"),
      Self.series([(1, "60"), (2, "61")], more: first),
      Self.series(
        [(1, "15")], resolution: "PT15M", start: "2026-03-11T02:00Z", end: "2026-03-11T03:00Z", more: first),
      Self.series(
        [(1, "9")], more: "<contract_MarketAgreement.type>A07</contract_MarketAgreement.type>\(first)"))
    let prices = try Self.prices(text)
    #expect(prices.map(\.value) == [0.06, 0.061, 0.015, 0.015, 0.015, 0.015, 0.061, 0.061, 0.061])
  }

  @Test func `of days one after the other become one series`() throws {
    let prices = try Self.prices(
      Self.document(
        Self.series([(1, "2")], start: "2026-03-11T06:00Z", end: "2026-03-11T08:00Z"),
        Self.series([(1, "1")])))
    #expect(prices.count == 8 && prices.first?.value == 0.001 && prices.last?.value == 0.002)
  }

  /// Documents that are refused, and a part of what is said of each.
  static let refused: [(String, String)] = [
    (
      """
      <?xml version="1.0"?><Acknowledgement_MarketDocument xmlns="urn:x"><Reason><code>999</code>
      <text>No matching data found for Data item Day-ahead Prices [12.1.D] &amp; more</text></Reason>
      </Acknowledgement_MarketDocument>
      """, "the service refused: \"No matching data found for Data item Day-ahead Prices [12.1.D] & more\""
    ),
    (document(series([(1, "80")], zone: "10YFR-RTE------C")), "prices of zone 10YFR-RTE------C"),
    (document(series([(1, "80")], currency: "PLN")), "prices in PLN, and the site counts in EUR"),
    (document(series([(1, "80")], unit: "GJ")), "\"EUR/GJ\" is no price"),
    (document(series([(1, "80")], resolution: "P1D")), "resolution \"P1D\" is not known"),
    (document(series([(1, "80")], curve: "A02")), "curve type \"A02\" is not known"),
    (document(series([(2, "80")])), "no price for the period's first step"),
    (document(series([(1, "80"), (1, "81")])), "not a position after the one before"),
    (document(series([(1, "80"), (7, "81")])), "not a position after the one before"),
    (document(series([(1, "NaN")])), "not a number"), (document(series([(1, "1e300")])), "cannot be true"),
    (document(series([(1, "")])), "not a number"), (document(series([])), "no values at all"),
    (document(), "no values at all"),
    (document(series([(1, "80")], end: "2026-03-11T00:07Z")), "not a whole number of steps"),
    (document(series([(1, "80")], end: "2190-03-11T00:00Z")), "too many"),
    (
      "<Publication_MarketDocument><type>A44</type>"
        + String(repeating: series([(1, "80")]), count: 501) + "</Publication_MarketDocument>", "500 periods"
    ),
    (document(series([(1, "80")], end: "2026-03-10T00:00Z")), "not a stretch of time"),
    (document(series([(1, "80")]), series([(1, "81")])), "two values for the same time"),
    (document(series([(1, "80")])).replacing("A44", with: "A65"), "not a document of day-ahead prices"),
    ("<html><body>Be right back</body></html>", "a page instead of data"),
    ("<!DOCTYPE html><html></html>", "a page instead of data"),
  ]

  @Test(arguments: refused)
  func `that are not prices of this zone are refused`(text: String, why: String) {
    #expect { try Self.prices(text) } throws: { "\($0)".contains(why) }
  }

  static let good = document(series([(1, "80")]))

  /// XML that is refused whatever it stands for.
  static let hostile: [(String, String)] = [
    (
      good.replacing(
        "<Publication", with: "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Publication",
        maxReplacements: 1),
      "a document type declaration"
    ),
    (good.replacing(">80<", with: ">&lol;<"), "an entity that is not one of XML's own"),
    (good.replacing(">80<", with: ">&#0;<"), "an entity that is not one of XML's own"),
    (good.replacing(">80<", with: ">80\u{1}<"), "a control character"),
    (String(repeating: "<a>", count: 10_000), "nested deeper"),
    ("<a>" + String(repeating: "<b/>", count: 100_001) + "</a>", "more than 100000 elements"),
    (good.replacing("</mRID>", with: "</MRID>"), "an end tag that fits no open element"),
    (good + good, "something follows"), (good + "<!-- ", "ends too early"), (good + "x", "text outside"),
    (good.replacing("utf-8", with: "utf-16"), "an encoding other than UTF-8"),
    (good.replacing("codingScheme=\"A01\"", with: "a=\"1\" a=\"2\""), "an attribute twice"),
    (good.replacing("codingScheme=\"A01\"", with: "a=1"), "without quotes"),
    (good + String(repeating: " ", count: 4 << 20), "larger than"),
  ]

  @Test(arguments: hostile)
  func `that are not plain XML are refused`(text: String, why: String) {
    #expect { try Self.prices(text) } throws: { "\($0)".contains(why) }
  }

  @Test func `that are not UTF-8 are refused`() {
    #expect {
      try ENTSOEPrices.parse(Array(Self.good.utf8) + [0xff], zone: Self.zone, currency: "EUR")
    } throws: {
      "\($0)".contains("not UTF-8")
    }
  }

  @Test func `are read with all that XML allows around a number`() throws {
    let text = Self.good.replacing(">80<", with: "> <!-- a > b --><![CDATA[8]]>&#x30;.5\n<?pi?><")
      .replacing("<Publication_", with: "<m:Publication_").replacing(
        "</Publication_", with: "</m:Publication_"
      )
      .replacing("codingScheme=\"A01\"", with: "codingScheme = '>\"' ")
    #expect(try Self.prices("\u{FEFF}" + text).first?.value == 0.0805)
  }

  @Test func `say in which line they are wrong`() {
    #expect { try Self.prices(Self.good.replacing(">80<", with: ">8,0<")) } throws: {
      "\($0)" == "8: Point: not a number; ask the service again; the answer is damaged"
    }
  }
}
