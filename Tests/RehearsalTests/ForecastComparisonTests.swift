import HiGHSSolver
import JSONText
import MarketFormats
import Planning
import Quantities
import Rehearsal
import Simulation
import SiteModel
import Testing

/// What forecasts are worth, measured in one world.
@Suite struct ForecastComparisonTests {
  @Test func `the same world is lived through in four ways, the same again from the same seed`() {
    let settings = Rehearsal.Settings.day(seed: 4, faults: .seeded(.none))
    let comparison = ForecastComparison(settings, solver: HiGHSSolver())
    #expect(comparison.lines.map(\.way) == ForecastComparison.Way.allCases)
    #expect(comparison.closed(by: .point).map { $0 == 0 } ?? true)
    #expect(comparison.closed(by: .perfect).map { $0 == 1 } ?? true)
    for line in comparison.lines {
      #expect(line.violations == 0)
      #expect(line.value.rigHours > 10)
    }
    #expect(
      ForecastComparison(settings, solver: HiGHSSolver()).json.text() == comparison.json.text())
  }

  @Test func `foresight is the power the world then offers`() {
    let site = Site.tight
    let start = UTCInstant(seconds: 1_748_822_400)
    let known = SimulatedSite(site: site, start: start, seed: 9).trueGeneration(for: .hours(18))
    let world = SimulatedSite(site: site, start: start, seed: 9)
    for quarter in 0..<72 {
      var sum = 0.0
      for _ in 0..<900 {
        world.advance()
        sum += (world.power.photovoltaic + world.power.wind).value
      }
      let slot = Slot(start: start + .minutes(15 * quarter), length: .minutes(15))
      #expect(abs((known.mean(over: slot) ?? -1) - sum / 900) < 1e-9)
    }
  }

  @Test func `an old and biased forecast is as old and biased as the site file says`() throws {
    var site = Site.tight
    site.simulation.forecastBias = 0.2
    site.simulation.forecastError = 0
    let start = UTCInstant(seconds: 1_748_822_400)
    func noon(_ site: Site) throws -> Double {
      let weather = SimulatedSite(site: site, start: start, seed: 1).forecast(for: .hours(24))
      guard case .means(let means)? = weather.radiation else { return 0 }
      return try #require(means.mean(over: Slot(start: start + .hours(3), length: .hours(1))))
    }
    let biased = try noon(site)
    site.simulation.forecastBias = 0
    #expect(abs(biased / (try noon(site)) - 1.2) < 1e-9)
  }
}
