import Forecasting
import Glibc
import MarketFormats
import Quantities
import SiteModel
import Testing

@Suite struct GenerationOutlookTests {
  private static let sun = Sample.site(turbines: [])
  private static let both = Sample.site()

  private static func outlook(
    _ site: Site, history: ForecastHistory? = nil, current: MeteredPart? = nil, from start: String,
    hours: Int = 36
  ) -> GenerationOutlook {
    let slots = slots(from: start, minutes: 30, count: hours * 2)
    let forecast = SiteForecast.make(site: site, weather: nil, slots: slots)
    return GenerationOutlook.make(
      site: site, forecasts: [forecast], history: history, current: current, at: slots[0].start)
  }

  /// A month in which every hour brought `factor(hour)` times its forecast.
  private static func history(
    _ site: Site, days: Int, until end: String, factor: (Int64) -> Double
  ) -> ForecastHistory {
    var history = ForecastHistory()
    let last = at(end).milliseconds / 3_600_000
    let first = last - Int64(days * 24)
    let all = (0..<(days * 24 + 36)).map {
      Slot(start: UTCInstant(milliseconds: (first + Int64($0)) * 3_600_000), length: .hours(1))
    }
    let expected = SiteForecast.make(site: site, weather: nil, slots: all).renewable
    for hour in first..<last {
      let start = UTCInstant(milliseconds: hour * 3_600_000)
      let coming = Int(hour - first)..<Int(hour - first) + 36
      let (slots, power) = (Array(all[coming]), Array(expected[coming]))
      _ = history.take(power, slots: slots, at: start - .seconds(15))
      for half in 0..<2 {
        let slot = Slot(start: start + .minutes(30 * half), length: .minutes(30))
        let energy = power[0] * slot.length * factor(hour)
        _ = history.take(metered: energy, in: slot)
      }
    }
    return history
  }

  private static func sum(_ power: [Kilowatts]) -> Double { power.reduce(0) { $0 + $1.value } }

  @Test(arguments: ["2024-09-19T00:00Z", "2024-12-21T07:30Z", "2024-06-21T15:00Z"])
  func `scenarios have all probability, no power at night and none beyond the plant`(start: String) {
    for site in [Self.sun, Self.both] {
      let outlook = Self.outlook(site, from: start)
      #expect(outlook.scenarios.count == 20)
      #expect(agree(outlook.weights.reduce(0, +), 1))
      let slots = slots(from: start, minutes: 30, count: 72)
      let limits = PlantLimit.power(site: site, slots: slots)
      var dark = 0
      for scenario in outlook.scenarios {
        for (power, limit) in zip(scenario.power, limits) {
          #expect(power >= .zero && power <= limit)
          if limit == .zero { dark += 1 }
        }
      }
      #expect((dark > 0) == site.turbines.isEmpty)
    }
  }

  @Test func `the same instant gives the same scenarios, another one others`() {
    let outlook = Self.outlook(Self.both, from: "2024-09-19T00:00Z")
    #expect(Self.outlook(Self.both, from: "2024-09-19T00:00Z") == outlook)
    #expect(Self.outlook(Self.both, from: "2024-09-19T00:30Z").scenarios[0] != outlook.scenarios[0])
  }

  @Test func `without a record errors are assumed, as large as the site file says`() {
    for deviation in [0.1, 0.4] {
      var site = Self.both
      site.planner.forecastError = deviation
      site.planner.scenarios = 200
      let outlook = Self.outlook(site, from: "2024-09-19T00:00Z")
      #expect(outlook.basis == .assumedErrors(deviation: deviation))
      #expect(outlook.scenarios.count == 100)
      let expected = outlook.uncorrected[40].value
      let mean = outlook.mean[40].value
      #expect(abs(mean / expected - 1) < 0.05, "scenarios lie around the forecast")
      let variance = outlook.scenarios.reduce(0) { $0 + $1.weight * pow($1.power[40].value - mean, 2) }
      #expect(abs(variance.squareRoot() / mean / deviation - 1) < 0.35)
    }
  }

  @Test func `one scenario is the forecast itself`() {
    var site = Self.both
    site.planner.scenarios = 1
    let outlook = Self.outlook(site, from: "2024-09-19T00:00Z")
    #expect(outlook.basis == .point)
    #expect(zip(outlook.scenarios[0].power, outlook.uncorrected).allSatisfy { agree($0.value, $1.value) })
  }

  @Test(arguments: [0.7, 1.0, 1.2])
  func `a forecast that is always wrong by the same share is put right`(factor: Double) {
    let history = Self.history(Self.both, days: 14, until: "2024-09-19T00:00Z") { _ in factor }
    let outlook = Self.outlook(Self.both, history: history, from: "2024-09-19T00:00Z")
    let ratio = Self.sum(outlook.mean) / Self.sum(outlook.uncorrected)
    #expect(abs(ratio - factor) < 0.03)
    var stubborn = Self.both
    stubborn.planner.correctsForecast = false
    let asGiven = Self.outlook(stubborn, history: history, from: "2024-09-19T00:00Z")
    #expect(abs(Self.sum(asGiven.mean) / Self.sum(asGiven.uncorrected) - 1) < 0.05)
  }

  @Test func `the last hour's deviation is carried on and fades`() throws {
    let start = at("2024-09-19T02:00Z")
    let slots = (0..<72).map { Slot(start: start + .minutes(30 * $0), length: .minutes(30)) }
    let before = (-2..<70).map { Slot(start: start + .minutes(30 * $0), length: .minutes(30)) }
    var site = Self.both
    site.planner.scenarios = 1
    let power = SiteForecast.make(site: site, weather: nil, slots: before).renewable
    var history = ForecastHistory()
    _ = history.take(power, slots: before, at: before[0].start - .seconds(15))
    for index in 0..<2 {
      _ = history.take(metered: power[index] * before[index].length * 0.5, in: before[index])
    }
    let outlook = GenerationOutlook.make(
      site: site, forecasts: [SiteForecast.make(site: site, weather: nil, slots: slots)], history: history,
      at: start)
    let ratios = zip(outlook.mean, outlook.uncorrected).map { $0.value / $1.value }
    // The offset that keeps small powers from counting takes a little off.
    #expect(abs(try #require(outlook.presentDeviation) + log(2)) < 0.2)
    #expect(ratios[0] < 0.6)
    #expect(ratios[10] > ratios[0] && ratios[10] < 0.95)
    #expect(ratios[60] > 0.95)
  }

  @Test func `a half metered slot tells of the present too`() {
    let start = at("2024-09-19T02:15Z")
    let slots =
      [Slot(start: start, length: .minutes(15))] + slots(from: "2024-09-19T02:30Z", minutes: 30, count: 20)
    let before = (0..<20).map {
      Slot(start: at("2024-09-19T02:00Z") + .minutes(30 * $0), length: .minutes(30))
    }
    let power = SiteForecast.make(site: Self.both, weather: nil, slots: before).renewable
    var history = ForecastHistory()
    _ = history.take(power, slots: before, at: before[0].start - .seconds(15))
    let part = MeteredPart(
      part: slot("2024-09-19T02:00Z", "2024-09-19T02:15Z"), generated: power[0] * .minutes(15) * 1.5)
    let forecast = SiteForecast.make(site: Self.both, weather: nil, slots: slots)
    func make(_ current: MeteredPart?) -> GenerationOutlook {
      GenerationOutlook.make(
        site: Self.both, forecasts: [forecast], history: history, current: current, at: start)
    }
    #expect(make(nil).presentDeviation == nil)
    #expect(abs((make(part).presentDeviation ?? 0) - log(1.5)) < 0.05)
  }

  @Test func `a week of recorded errors replaces the assumption, whole courses at a time`() throws {
    // Good days and bad days: whole forecasts lie above or below, never in turns.
    let history = Self.history(Self.both, days: 14, until: "2024-09-19T00:00Z") { hour in
      (hour / 24) % 3 == 0 ? 1.3 : 0.7
    }
    let outlook = Self.outlook(Self.both, history: history, from: "2024-09-19T00:00Z")
    guard case .recordedErrors(let forecasts, let days) = outlook.basis else {
      Issue.record("\(outlook.sentence)")
      return
    }
    #expect(days >= 7 && forecasts >= days)
    #expect(Self.outlook(Self.both, history: history, from: "2024-09-19T00:00Z") == outlook)
    let early = Self.history(Self.both, days: 6, until: "2024-09-19T00:00Z") { _ in 1 }
    #expect(
      Self.outlook(Self.both, history: early, from: "2024-09-19T00:00Z").basis
        == .assumedErrors(deviation: 0.3))
  }

  @Test func `the members of an ensemble become the scenarios`() {
    var site = Self.sun
    site.planner.scenarios = 8
    let slots = slots(from: "2024-09-19T00:00Z", minutes: 60, count: 24)
    let forecasts = (0..<51).map { member in
      let sky = Double(member) * 12
      let means = slots.map { IntervalSeries.Interval(slot: $0, value: min(sky, 600)) }
      // The slots are contiguous.
      let weather = WeatherSeries(radiation: .means(try! IntervalSeries(means)))
      return SiteForecast.make(site: site, weather: weather, slots: slots)
    }
    let outlook = GenerationOutlook.make(site: site, forecasts: forecasts, history: nil, at: slots[0].start)
    #expect(outlook.basis == .ensemble(members: 51))
    #expect(outlook.scenarios.count == 8)
    #expect(agree(outlook.weights.reduce(0, +), 1))
    let noon = outlook.scenarios.map { $0.power[3].value }
    #expect((noon.max() ?? 0) > 2 * (noon.min() ?? 0), "the members' spread is kept")
    #expect(outlook.quantile(0, in: 3).value == noon.min())
    #expect(outlook.quantile(1, in: 3).value == noon.max())
  }

  @Test func `a history keeps its size, and its order`() {
    var history = ForecastHistory()
    for hour in 0..<Int64(3000) {
      history.add(.init(hour: hour, kilowatts: [1, 2, 3]))
      history.add(.init(hour: hour - 1, kilowatts: [9]))
      history.add(generated: Double(hour), hour: hour)
    }
    #expect(history.issues.count <= (ForecastHistory.days + 3) * 24)
    #expect(history.issues.allSatisfy { $0.kilowatts.count == 3 })
    #expect(history.issues.last?.hour == 2999)
    #expect(history.generated(hour: 2999) == 2999)
    #expect(history.generated(hour: 10) == nil)
    #expect(history.generated(hour: .min) == nil)
    history.add(.init(hour: 3000, kilowatts: [.nan]))
    history.add(generated: .infinity, hour: 3000)
    #expect(history.issues.last?.hour == 2999)
    #expect(history.generated(hour: 3000) == nil)
  }
}
