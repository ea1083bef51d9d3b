import MarketFormats
import Quantities
import Testing

@Suite struct OpenMeteoTests {
  /// A response with two hourly stamps; `columns` are `key: (unit, values)`.
  static func response(
    _ columns: [(key: String, unit: String, values: String)], offset: String = "0",
    times: String = #"["2024-09-19T00:00","2024-09-19T01:00"]"#, block: String = "hourly", rest: String = ""
  ) -> [UInt8] {
    let units = columns.map { #","\#($0.key)":"\#($0.unit)""# }.joined()
    let values = columns.map { #","\#($0.key)":\#($0.values)"# }.joined()
    return Array(
      #"""
      {"latitude":35.4,"longitude":139.6,"elevation":20.0,"utc_offset_seconds":\#(offset)\#(rest),
      "\#(block)_units":{"time":"iso8601"\#(units)},"\#(block)":{"time":\#(times)\#(values)}}
      """#.utf8)
  }

  private func points(_ series: PointSeries?) throws -> [(UTCInstant, Double)] {
    try #require(series).points.map { ($0.at, $0.value) }
  }

  private func means(_ weather: WeatherSeries) throws -> [IntervalSeries.Interval] {
    guard case .means(let series) = weather.radiation else {
      Issue.record("no radiation means")
      return []
    }
    return series.intervals
  }

  @Test func `radiation belongs to the hour before its stamp, the rest to the stamp`() throws {
    let bytes = Self.response([
      ("shortwave_radiation", "W/m²", "[100,200]"), ("temperature_2m", "°C", "[20,21]"),
    ])
    let weather = try OpenMeteoResponse.parse(bytes).members[0]
    #expect(
      try self.means(weather) == [
        .init(slot: slot("2024-09-18T23:00Z", "2024-09-19T00:00Z"), value: 100),
        .init(slot: slot("2024-09-19T00:00Z", "2024-09-19T01:00Z"), value: 200),
      ])
    #expect(
      try self.points(weather.temperature).map(\.0) == [at("2024-09-19T00:00Z"), at("2024-09-19T01:00Z")])
    #expect(weather.place == WeatherSeries.Place(latitude: 35.4, longitude: 139.6, elevation: 20))
  }

  @Test func `instantaneous radiation belongs to its stamp and means come first`() throws {
    let instants = Self.response([("shortwave_radiation_instant", "W/m²", "[100,200]")])
    guard case .instants(let series) = try OpenMeteoResponse.parse(instants).members[0].radiation else {
      Issue.record("no instants")
      return
    }
    #expect(series.points.map(\.at) == [at("2024-09-19T00:00Z"), at("2024-09-19T01:00Z")])
    let both = Self.response([
      ("shortwave_radiation_instant", "W/m²", "[100,200]"), ("shortwave_radiation", "W/m²", "[1,2]"),
    ])
    #expect(try self.means(try OpenMeteoResponse.parse(both).members[0]).map(\.value) == [1, 2])
  }

  @Test(arguments: [
    ("wind_speed_10m", "m/s", 36.0, 36.0), ("wind_speed_10m", "km/h", 36, 10),
    ("wind_speed_10m", "mph", 10, 4.4704),
    ("wind_speed_10m", "mp/h", 10, 4.4704), ("windspeed_10m", "kn", 36, 18.52),
    ("temperature_2m", "°C", -5, -5),
    ("temperature_2m", "°F", 14, -10), ("surface_pressure", "hPa", 1006.5, 1006.5),
    ("surface_pressure", "Pa", 100_650, 1006.5), ("relative_humidity_2m", "%", 60, 0.6),
    ("relativehumidity_2m", "%", 100, 1),
  ])
  func `units are those the response names`(key: String, unit: String, value: Double, expected: Double) throws
  {
    let weather = try OpenMeteoResponse.parse(Self.response([(key, unit, "[\(value),null]")])).members[0]
    let series = weather.winds.first?.speed ?? weather.temperature ?? weather.pressure ?? weather.humidity
    let points = try self.points(series)
    #expect(points.count == 1)
    #expect(agree(points[0].1, expected))
  }

  @Test func `local stamps are moved by the offset and Unix seconds are not`() throws {
    let columns = [(key: "temperature_2m", unit: "°C", values: "[1,2]")]
    let local = Self.response(
      columns, offset: "32400", rest: #","timezone":"Asia/Tokyo","timezone_abbreviation":"GMT+9""#)
    #expect(
      try self.points(OpenMeteoResponse.parse(local).members[0].temperature)[0].0 == at("2024-09-18T15:00Z"))
    let unix = Self.response(columns, offset: "32400", times: "[1726704000,1726707600]")
    #expect(
      try self.points(OpenMeteoResponse.parse(unix).members[0].temperature)[0].0 == at("2024-09-19T00:00Z"))
  }

  @Test func `null is a gap`() throws {
    let bytes = Self.response([
      ("shortwave_radiation", "W/m²", "[null,200]"), ("temperature_2m", "°C", "[20,null]"),
    ])
    let weather = try OpenMeteoResponse.parse(bytes).members[0]
    #expect(try self.means(weather).map(\.value) == [200])
    #expect(try self.points(weather.temperature).map(\.1) == [20])
  }

  @Test func `wind is read at every height`() throws {
    let bytes = Self.response([
      ("wind_speed_180m", "m/s", "[9,9]"), ("wind_speed_10m", "m/s", "[4,4]"),
      ("wind_speed_80m", "km/h", "[18,18]"),
    ])
    let weather = try OpenMeteoResponse.parse(bytes, requiring: [.wind]).members[0]
    #expect(weather.winds.map(\.height) == [10, 80, 180])
    #expect(weather.winds[1].speed.points[0].value == 5)
  }

  @Test func `quarters of an hour count before hours, which go on after them`() throws {
    let quarters =
      #","minutely_15_units":{"time":"iso8601","shortwave_radiation":"W/m²","temperature_2m":"°C"},"#
      + #""minutely_15":{"time":["2024-09-19T00:15","2024-09-19T00:30"],"#
      + #""shortwave_radiation":[40,80],"temperature_2m":[1,2]}"#
    let bytes = Self.response(
      [("shortwave_radiation", "W/m²", "[100,200]"), ("temperature_2m", "°C", "[20,21]")], rest: quarters)
    let weather = try OpenMeteoResponse.parse(bytes).members[0]
    #expect(
      try self.means(weather) == [
        .init(slot: slot("2024-09-18T23:00Z", "2024-09-19T00:00Z"), value: 100),
        .init(slot: slot("2024-09-19T00:00Z", "2024-09-19T00:15Z"), value: 40),
        .init(slot: slot("2024-09-19T00:15Z", "2024-09-19T00:30Z"), value: 80),
        .init(slot: slot("2024-09-19T00:30Z", "2024-09-19T01:00Z"), value: 200),
      ])
    #expect(try self.points(weather.temperature).map(\.1) == [20, 1, 2, 21])
  }

  @Test(arguments: ["", "_icon_d2"])
  func `members of an ensemble follow the control run`(suffix: String) throws {
    let bytes = Self.response([
      ("temperature_2m\(suffix)", "°C", "[1,1]"), ("temperature_2m_member02\(suffix)", "°C", "[3,3]"),
      ("temperature_2m_member01\(suffix)", "°C", "[2,2]"),
      ("surface_pressure\(suffix)", "hPa", "[1000,1000]"),
    ])
    let members = try OpenMeteoResponse.parse(bytes).members
    #expect(members.compactMap { $0.temperature?.points[0].value } == [1, 2, 3])
    // A variable given for the control run alone is every member's.
    #expect(members.compactMap { $0.pressure?.points[0].value } == [1000, 1000, 1000])
  }

  @Test func `of several models the first that has all is taken, and said`() throws {
    let bytes = Self.response([
      ("temperature_2m_icon_seamless", "°C", "[1,1]"), ("temperature_2m_gfs_seamless", "°C", "[2,2]"),
      ("wind_speed_10m_gfs_seamless", "m/s", "[3,3]"),
    ])
    let any = try OpenMeteoResponse.parse(bytes)
    #expect(any.members[0].temperature?.points[0].value == 1)
    #expect(any.choices.count == 1 && any.choices[0].contains("icon_seamless"))
    let windy = try OpenMeteoResponse.parse(bytes, requiring: [.wind])
    #expect(windy.members[0].temperature?.points[0].value == 2)
    let named = try OpenMeteoResponse.parse(bytes, model: "gfs_seamless")
    #expect(named.members == windy.members && named.choices.isEmpty)
  }

  @Test func `of several places the one asked for is taken, and said`() throws {
    let one = String(decoding: Self.response([("temperature_2m", "°C", "[1,1]")]), as: UTF8.self)
    let two = String(decoding: Self.response([("temperature_2m", "°C", "[2,2]")]), as: UTF8.self)
    let bytes = Array("[\(one),\(two)]".utf8)
    let second = try OpenMeteoResponse.parse(bytes, location: 1)
    #expect(second.members[0].temperature?.points[0].value == 2)
    #expect(second.choices == ["2 places in the response: took number 1 (from 0)"])
    #expect(try OpenMeteoResponse.parse(bytes).members[0].temperature?.points[0].value == 1)
  }

  @Test func `a clear-sky column is not taken for radiation`() throws {
    let bytes = Self.response([
      ("shortwave_radiation_clear_sky", "W/m²", "[900,900]"), ("temperature_2m", "°C", "[1,1]"),
    ])
    #expect(try OpenMeteoResponse.parse(bytes).members[0].radiation == nil)
  }
}
