import MarketFormats
import Testing

@Suite struct OpenMeteoErrorTests {
  private static func temperature(
    _ values: String, unit: String = "°C", offset: String = "0", times: String? = nil
  )
    -> [UInt8]
  {
    let columns = [(key: "temperature_2m", unit: unit, values: values)]
    guard let times else { return OpenMeteoTests.response(columns, offset: offset) }
    return OpenMeteoTests.response(columns, offset: offset, times: times)
  }

  private static let kept = "keep the response as the service sent it"

  static let table: [(bytes: [UInt8], text: String)] = [
    (
      Array(#"{"error":true,"reason":"Hourly API request limit exceeded"}"#.utf8),
      "w.json: the weather service refused: \"Hourly API request limit exceeded\"; correct the request, or ask again "
        + "later; no weather was read"
    ),
    (Array("".utf8), "w.json:1:1: the text ends too early; \(kept)"),
    (Array("{\"hourly\":\n  <html>".utf8), "w.json:2:3: expected a value; \(kept)"),
    (Array("7".utf8), "w.json: a number where an object was expected; \(kept)"),
    (Array("[]".utf8), "w.json: 0 places, none with number 0; choose a place from 0 to 0"),
    (
      Array("{}".utf8),
      "w.json: utc_offset_seconds: missing, or not a whole number of seconds within 18 hours; \(kept); without it "
        + "local stamps mean nothing"
    ),
    (
      Array(#"{"utc_offset_seconds":0}"#.utf8),
      "w.json: neither an `hourly` nor a `minutely_15` block; ask the service for "
        + "hourly=shortwave_radiation,temperature_2m,wind_speed_10m,surface_pressure"
    ),
    (
      OpenMeteoTests.response([], rest: #","timezone":"GMT","timezone_abbreviation":"GMT+9""#),
      "w.json: utc_offset_seconds: 0 contradicts `timezone_abbreviation` \"GMT+9\"; fetch the response again, with "
        + "timezone=GMT"
    ),
    (
      OpenMeteoTests.response([], offset: "32400", rest: #","timezone":"GMT""#),
      "w.json: utc_offset_seconds: 32400 contradicts `timezone` \"GMT\"; fetch the response again, with timezone=GMT"
    ),
    (
      Self.temperature("[1,2]", offset: "999999"),
      "w.json: utc_offset_seconds: missing, or not a whole number of seconds within 18 hours; \(kept); without it "
        + "local stamps mean nothing"
    ),
    (
      OpenMeteoTests.response([]),
      "w.json: no column this program can use; ask the service for shortwave_radiation, temperature_2m, "
        + "wind_speed_10m, surface_pressure"
    ),
    (
      Self.temperature("[1]"),
      "w.json: hourly.temperature_2m: 1 values for 2 stamps; fetch the response again; it is damaged"
    ),
    (Self.temperature("7"), "w.json: hourly.temperature_2m: not a list; \(kept)"),
    (
      Self.temperature(#"[1,"2"]"#),
      "w.json: hourly.temperature_2m[1]: a text, not a number; correct it, or write null for a gap"
    ),
    (
      Self.temperature("[1,NaN]"),
      "w.json: hourly.temperature_2m[1] (2024-09-19T01:00:00Z): nan °C is outside -80 to 60 °C; correct it, or write "
        + "null for a gap"
    ),
    (
      Self.temperature("[290.15,1]"),
      "w.json: hourly.temperature_2m[0] (2024-09-19T00:00:00Z): 290.15 °C is outside -80 to 60 °C; correct it, or "
        + "write null for a gap"
    ),
    (
      Self.temperature("[1,2]", unit: "K"),
      "w.json: hourly.temperature_2m: given in \"K\"; ask the service for °C or °F"
    ),
    (
      Self.temperature("[1,2]", times: #"["2024-09-19T00:00","2024-09-19T00:00"]"#),
      "w.json: hourly.time[1]: 2024-09-19T00:00:00Z is not after 2024-09-19T00:00:00Z before it; ask the service for "
        + "timezone=GMT, where no clock change repeats an hour"
    ),
    (
      Self.temperature("[1,2]", times: #"["2024-09-19T00:00","tomorrow"]"#),
      "w.json: hourly.time[1]: neither a local date-time such as 2024-09-19T16:00 nor a number of Unix seconds; ask "
        + "the service for timeformat=iso8601 or timeformat=unixtime"
    ),
    (
      Self.temperature("[1,2]", times: "[1726704000,99999999999999999]"),
      "w.json: hourly.time[1]: neither a local date-time such as 2024-09-19T16:00 nor a number of Unix seconds; ask "
        + "the service for timeformat=iso8601 or timeformat=unixtime"
    ),
    (
      Self.temperature("[]", times: "[]"),
      "w.json: hourly.time: no stamps; ask the service for a period it has data for"
    ),
    (
      OpenMeteoTests.response([("shortwave_radiation", "W/m²", "[1,-0.5]")]),
      "w.json: hourly.shortwave_radiation[1] (2024-09-19T01:00:00Z): -0.5 W/m² is outside 0 to 1500 W/m²; correct it, "
        + "or write null for a gap"
    ),
    (
      OpenMeteoTests.response(
        [("shortwave_radiation", "W/m²", "[1,2]")], times: #"["2024-09-19T00:00","2024-09-19T00:15"]"#),
      "w.json: hourly.time[1]: closer to the stamp before it than the hourly step, so that radiation means overlap; "
        + "fetch the response again; it is damaged"
    ),
    (
      OpenMeteoTests.response([("wind_speed_10m", "m/s", "[1,130]")]),
      "w.json: hourly.wind_speed_10m[1] (2024-09-19T01:00:00Z): 130.0 m/s is outside 0 to 120 m/s; correct it, or "
        + "write null for a gap"
    ),
  ]

  @Test(arguments: table.indices)
  func `what cannot be used is refused with its place and a remedy`(row: Int) {
    let (bytes, text) = Self.table[row]
    let error = #expect(throws: FormatError.self) { try OpenMeteoResponse.parse(bytes, file: "w.json") }
    #expect(error?.description == text)
  }

  @Test(arguments: [
    (WeatherVariable.radiation, "shortwave_radiation"),
    (.wind, "wind_speed_10m (or _80m, _100m, _120m, _180m)"),
  ])
  func `what the site needs and the weather lacks is refused by name`(variable: WeatherVariable, name: String)
  {
    // A column of nulls is no value either.
    let bytes = OpenMeteoTests.response([
      ("temperature_2m", "°C", "[1,2]"), ("shortwave_radiation", "W/m²", "[null,null]"),
    ])
    let error = #expect(throws: FormatError.self) {
      try OpenMeteoResponse.parse(bytes, requiring: [variable])
    }
    #expect(
      error?.description
        == "no value of \(variable), which this site needs; add \(name) to the variables asked of the service"
    )
  }

  @Test func `a model or place that is not there is refused`() {
    let bytes = OpenMeteoTests.response([("temperature_2m_icon_eu", "°C", "[1,2]")])
    let model = #expect(throws: FormatError.self) { try OpenMeteoResponse.parse(bytes, model: "gfs") }
    #expect(model?.description == "no column of model \"gfs\"; choose one of icon_eu")
    let list = [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")]
    let place = #expect(throws: FormatError.self) { try OpenMeteoResponse.parse(list, location: 1) }
    #expect(place?.description == "1 places, none with number 1; choose a place from 0 to 0")
  }

  @Test func `a response that is too large is refused before it is read`() {
    let bytes = [UInt8](repeating: UInt8(ascii: " "), count: FormatLimits.weatherBytes + 1)
    let error = #expect(throws: FormatError.self) { try OpenMeteoResponse.parse(bytes) }
    #expect(error?.message == "larger than the \(FormatLimits.weatherBytes) bytes allowed")
  }
}
