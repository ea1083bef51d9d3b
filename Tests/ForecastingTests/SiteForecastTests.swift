import Forecasting
import MarketFormats
import Quantities
import SiteModel
import Testing

@Suite struct SiteForecastTests {
  /// Hourly weather from 2024-09-19T00:00Z on. Nil values are gaps.
  private func weather(
    radiation: [Double?]? = nil, wind: [Double?]? = nil, temperature: [Double?]? = nil,
    pressure: [Double?]? = nil,
    humidity: [Double?]? = nil
  ) throws -> WeatherSeries {
    let start = at("2024-09-19T00:00Z")
    func points(_ values: [Double?]?) throws -> PointSeries? {
      try values.map { values in
        try PointSeries(
          values.enumerated().compactMap { index, value in
            value.map { PointSeries.Point(at: start + .hours(index), value: $0) }
          })
      }
    }
    let means = try radiation.map { values in
      try IntervalSeries(
        values.enumerated().compactMap { index, value in
          value.map { .init(slot: Slot(start: start + .hours(index - 1), length: .hours(1)), value: $0) }
        })
    }
    let speed = try points(wind)
    return WeatherSeries(
      place: .init(latitude: 35.4, longitude: 139.6, elevation: 20), radiation: means.map { .means($0) },
      temperature: try points(temperature), pressure: try points(pressure), humidity: try points(humidity),
      winds: speed.map { [WeatherSeries.Wind(height: 10, speed: $0)] } ?? [])
  }

  private func texts(_ forecast: SiteForecast) -> [String] {
    forecast.notes.map { "\($0.stretch.hours) h: \($0.text)" }
  }

  @Test func `weather given whole needs no notes and gives the physics of the hour`() throws {
    let weather = try self.weather(
      radiation: [500, 800], wind: [6, 6], temperature: [20, 24], pressure: [1000, 1000],
      humidity: [0.5, 0.5])
    let site = Sample.site(photovoltaics: [Sample.plainArray])
    let forecast = SiteForecast.make(
      site: site, weather: weather, slots: slots(from: "2024-09-19T00:00Z", minutes: 60, count: 1))
    #expect(forecast.notes.isEmpty)
    #expect(forecast.coverage == [1])
    #expect(agree(forecast.ambient[0].value, 22))
    // PV is linear in temperature: the hour's power is that of its mean, 22 C, under the radiation that ends at 01:00.
    #expect(agree(forecast.photovoltaic[0].value, 0.2 * 500 * 800 * (1 - 0.0042 * 22) / 1000))
    #expect(forecast.wind[0] > Kilowatts(90))
    #expect(forecast.renewable[0] == forecast.photovoltaic[0] + forecast.wind[0])
    #expect(forecast.draw(of: site.banks[0]) == [Kilowatts(3.25)])
  }

  @Test func `slots of any length see the same energy`() throws {
    let weather = try self.weather(
      radiation: [0, 100, 300, 500], wind: [2, 5, 9, 14], temperature: [10, 20, 30, 25],
      pressure: [1000, 1005, 1003, 999], humidity: [0.5, 0.6, 0.7, 0.8])
    let site = Sample.site()
    let energies = [15, 30, 60, 180].map { minutes in
      let forecast = SiteForecast.make(
        site: site, weather: weather,
        slots: slots(from: "2024-09-19T00:00Z", minutes: minutes, count: 180 / minutes))
      return zip(forecast.slots, forecast.renewable).reduce(0) { $0 + ($1.1 * $1.0.length).value }
    }
    #expect(energies[0] > 100)
    #expect(energies.allSatisfy { agree($0, energies[0]) })
  }

  @Test func `without weather the climate stands in, and one note says so`() {
    let slots = slots(from: "2024-09-19T00:00+09:00", minutes: 60, count: 24)
    let forecast = SiteForecast.make(site: Sample.site(), weather: nil, slots: slots)
    #expect(self.texts(forecast) == ["24.0 h: no weather is known; the usual climate of the place stands in"])
    #expect(forecast.coverage == Array(repeating: 0, count: 24))
    #expect(forecast.photovoltaic[0] == .zero)
    #expect((30...70).contains(forecast.photovoltaic[12].value))
    #expect(forecast.wind.allSatisfy { $0 > Kilowatts(10) })
  }

  @Test func `absent pressure and humidity get their stated fallbacks`() throws {
    let weather = try self.weather(radiation: [500, 800], wind: [6, 6], temperature: [20, 24])
    let forecast = SiteForecast.make(
      site: Sample.site(), weather: weather, slots: slots(from: "2024-09-19T00:00Z", minutes: 30, count: 2))
    #expect(
      self.texts(forecast) == [
        "1.0 h: the weather has no pressure; the standard atmosphere at 20 m, 1011 hPa, stands in",
        "1.0 h: the weather has no humidity; 60 % stands in",
      ])
    #expect(forecast.coverage == [1, 1])
    let sunOnly = SiteForecast.make(
      site: Sample.site(turbines: []), weather: weather,
      slots: slots(from: "2024-09-19T00:00Z", minutes: 30, count: 2))
    #expect(sunOnly.notes.isEmpty)
    #expect(sunOnly.wind == [.zero, .zero])
  }

  @Test func `a short gap in temperature is crossed by a line, a long one is not`() throws {
    let flat = [Double](repeating: 1, count: 12)
    let weather = try self.weather(
      radiation: flat, wind: flat, temperature: [10, nil, nil, 16, nil, nil, nil, 20, 20, 20, 20, 20],
      pressure: flat.map { $0 * 1000 },
      humidity: flat)
    let forecast = SiteForecast.make(
      site: Sample.site(), weather: weather, slots: slots(from: "2024-09-19T00:00Z", minutes: 60, count: 11))
    #expect(agree(forecast.ambient[1].value, 13))
    #expect(
      self.texts(forecast) == [
        "3.0 h: the weather has no temperature here; a straight line over the gap stands in",
        "4.0 h: the weather has no temperature here; the usual temperature of the place and season stands in",
      ])
    #expect(forecast.coverage == [1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1])
  }

  @Test func `what ends early is held for an hour, then taken from the day before, and never zero`() throws {
    let day = (0..<24).map { Double($0) }
    let weather = try self.weather(
      radiation: day.map { 100 + $0 }, wind: day.map { 4 + $0 / 10 }, temperature: day,
      pressure: day.map { _ in 1000 }, humidity: day.map { _ in 0.5 })
    let site = Sample.site(photovoltaics: [Sample.plainArray])
    let forecast = SiteForecast.make(
      site: site, weather: weather, slots: slots(from: "2024-09-19T22:00Z", minutes: 60, count: 4))
    // The radiation of 23:00 to 24:00 is that of the hour the first stamp ends, 22 hours of the file before.
    #expect(
      agree(
        forecast.photovoltaic[1].value, 0.1 * 100 * (1 - 0.0042 * forecast.ambient[1].value), within: 1e-6))
    #expect(forecast.ambient[1] == Celsius(23))
    #expect(agree(forecast.ambient[2].value, 0.5))
    #expect(forecast.renewable.allSatisfy { $0 > Kilowatts(5) })
    #expect(forecast.coverage == [1, 0, 0, 0])
    #expect(
      self.texts(forecast).prefix(3) == [
        "3.0 h: the weather has no radiation here; that of the same time on an earlier day stands in",
        "1.0 h: the weather has no wind here; its nearest value within the hour stands in",
        "2.0 h: the weather has no wind here; that of the same time on an earlier day stands in",
      ])
  }

  @Test func `weather older than a week is not reused`() throws {
    let hours = [Double](repeating: 20, count: 25)
    let weather = try self.weather(radiation: hours, wind: hours, temperature: hours)
    func note(_ start: String) -> String? {
      SiteForecast.make(
        site: Sample.site(), weather: weather, slots: slots(from: start, minutes: 60, count: 1)
      ).notes.first { $0.variable == .radiation }?.text
    }
    #expect(note("2024-09-26T12:00Z")?.contains("earlier day") == true)
    #expect(note("2024-09-27T12:00Z")?.contains("usually clouded sky") == true)
  }

  @Test func `weather of another place is noted`() throws {
    let flat = [Double](repeating: 10, count: 3)
    let weather = try self.weather(
      radiation: flat, wind: flat, temperature: flat, pressure: [1000, 1000, 1000], humidity: [1, 1, 1])
    let berlin = Sample.site(location: Location(latitude: 52.52, longitude: 13.42))
    let forecast = SiteForecast.make(
      site: berlin, weather: weather, slots: slots(from: "2024-09-19T00:00Z", minutes: 60, count: 1))
    #expect(self.texts(forecast) == ["1.0 h: the weather is for a place 8939 km away"])
  }

  @Test func `no slots make no forecast and no notes`() {
    let forecast = SiteForecast.make(site: Sample.site(), weather: nil, slots: [])
    #expect(forecast.renewable.isEmpty && forecast.notes.isEmpty)
  }

  @Test(.enabled(if: SharedData.isPresent, SharedData.absent))
  func `a recorded winter day in Berlin gives a winter day's energy`() throws {
    let bytes = try SharedData.bytes("openmeteo/forecast_berlin_2023-01-01_48h_gmt_kmh.json")
    let site = Sample.site(location: Location(latitude: 52.52, longitude: 13.42, elevation: 40))
    let weather = try OpenMeteoResponse.parse(bytes, requiring: site.requiredWeather).members[0]
    let forecast = SiteForecast.make(
      site: site, weather: weather, slots: slots(from: "2023-01-01T00:00Z", minutes: 30, count: 96))
    let sun = forecast.photovoltaic.reduce(0) { $0 + $1.value / 2 }
    guard case .means(let radiation) = weather.radiation else {
      Issue.record("no radiation")
      return
    }
    // A cold array of 100 kW peak turns the day's radiation into about its own number of kWh, times 100 m2.
    let whole = slot("2023-01-01T00:00Z", "2023-01-02T23:00Z")
    let insolation = try #require(radiation.mean(over: whole)) * whole.hours / 1000
    #expect((0.9...1.1).contains(sun / (insolation * 100)))
    #expect(forecast.coverage.prefix(94).allSatisfy { $0 == 1 })
    #expect(forecast.notes.contains { $0.variable == .pressure && $0.text.contains("1008 hPa") })
  }
}
