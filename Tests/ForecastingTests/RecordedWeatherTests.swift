import MarketFormats
import Quantities
import Testing

/// Real responses of the service.
@Suite(.enabled(if: SharedData.isPresent, SharedData.absent))
struct RecordedWeatherTests {
  private func response(
    _ name: String, model: String? = nil, requiring: Set<WeatherVariable> = []
  ) throws -> OpenMeteoResponse {
    try OpenMeteoResponse.parse(
      try SharedData.bytes("openmeteo/\(name).json"), file: name, model: model, requiring: requiring)
  }

  @Test func `a forecast in km per hour`() throws {
    let weather = try self.response(
      "forecast_berlin_2023-01-01_48h_gmt_kmh", requiring: [.radiation, .wind, .temperature]
    ).members[0]
    #expect(weather.winds.map(\.height) == [10, 80])
    #expect(weather.temperature?.points.count == 48)
    #expect(weather.winds.allSatisfy { $0.speed.points.allSatisfy { $0.value < 20 } })
    guard case .means(let radiation) = weather.radiation else {
      Issue.record("no radiation")
      return
    }
    #expect(radiation.intervals.first?.slot.start == at("2022-12-31T23:00Z"))
    #expect(radiation.intervals.last?.slot.end == at("2023-01-02T23:00Z"))
  }

  @Test func `an archive day in m per s`() throws {
    let weather = try self.response(
      "archive_northsea_2024-10-27_24h_gmt_ms", requiring: [.radiation, .wind]
    ).members[0]
    #expect(weather.winds.map(\.height) == [100])
    #expect(weather.winds[0].speed.points[23].value == 12.86)
    #expect(weather.place?.elevation == 0)
    #expect(weather.pressure == nil)
  }

  @Test func `an ensemble of 20 and its control run`() throws {
    let members = try self.response("ensemble_icon_d2_20members_2h").members
    #expect(members.count == 21)
    #expect(members[0].temperature?.points.map(\.value) == [10.5, 10.1])
    #expect(members[4].temperature?.points.map(\.value) == [11.4, 10.8])
  }

  @Test func `quarters of an hour in Amsterdam time`() throws {
    let weather = try self.response("forecast_minutely_15").members[0]
    #expect(weather.temperature?.points.first?.at == at("2026-10-03T10:30Z"))
    #expect(weather.spacing == .minutes(15))
  }

  @Test func `three models`() throws {
    let any = try self.response("forecast_multi_model")
    #expect(any.members[0].temperature?.points[0].value == 20.3)
    #expect(any.choices.count == 1)
    let named = try self.response("forecast_multi_model", model: "meteoswiss_icon_seamless")
    #expect(named.members[0].temperature?.points[0].value == 20.7)
  }

  @Test func `an archive with daily values beside the hourly ones`() throws {
    let weather = try self.response("historical_weather_archive_daily_hourly").members[0]
    #expect(weather.temperature?.points.first?.at == at("1953-01-30T22:00Z"))
    #expect(agree(try #require(weather.winds.first?.speed.points[0].value), 23.2 / 3.6))
  }

  @Test func `satellite radiation without its clear sky`() throws {
    guard case .means(let radiation) = try self.response("satellite_radiation").members[0].radiation else {
      Issue.record("no radiation")
      return
    }
    #expect(radiation.intervals.map(\.value) == [448.7, 531.5, 521.2])
  }

  @Test(arguments: [
    ("error_400_invalid_variable", "Cannot initialize"),
    ("error_429_hourly_limit", "Hourly API request limit exceeded"),
    ("error_no_data", "No data is available for this location"),
    ("error_overloaded", "The service is overloaded"),
  ])
  func `error replies are quoted`(name: String, reason: String) {
    let error = #expect(throws: FormatError.self) { try self.response(name) }
    #expect(error?.message.contains(reason) == true)
  }
}
