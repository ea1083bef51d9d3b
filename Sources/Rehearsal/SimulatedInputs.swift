import Forecasting
import MarketFormats
import Quantities
import Simulation
import SiteController

/// The feeds of a simulated site: the best weather forecast the simulated service can make at the time, the site's own
/// series files, and what a feed's faults leave of them.
struct SimulatedInputs {
  private let world: SimulatedSite
  /// What the series files hold; they are known from the start and do not change.
  private let files: SiteInputs
  private let foresight: IntervalSeries?
  private var board = FeedBoard()
  private var lastWeather: FeedAnswer<[WeatherSeries]>

  /// `foresight` is what generation will really be, for planning that knows it.
  init(world: SimulatedSite, files: SiteInputs, foresight: IntervalSeries?) {
    self.world = world
    self.files = files
    self.foresight = foresight
    self.lastWeather = files.weather.map { .given([$0], issued: world.wall) } ?? .notAsked
  }

  /// What a planner that asks now gets.
  mutating func ask(horizon: Duration) -> SiteInputs {
    let answers = FeedAnswers(
      weather: self.weather(horizon: horizon),
      importPrices: self.series(self.files.importPrices, .importPrice),
      exportPrices: self.series(self.files.exportPrices, .exportPrice),
      carbon: self.series(self.files.carbon, .carbon))
    var inputs = self.board.take(answers, site: self.world.site, at: self.world.wall)
    inputs.knownGeneration = self.foresight
    return inputs
  }

  private mutating func weather(horizon: Duration) -> FeedAnswer<[WeatherSeries]> {
    switch self.world.ask(.weather) {
    case .works:
      self.lastWeather = .given([self.world.forecast(for: horizon)], issued: self.world.wall)
      return self.lastWeather
    case .late: return self.lastWeather  // an old answer is what we have already
    case .down: return .failed("it does not answer")
    case .rateLimited: return .failed("it refuses: too many requests")
    case .nonsense(let seed):
      if seed % 3 == 0 { return .given([self.sunless(horizon: horizon)], issued: self.world.wall) }
      do throws(FormatError) {
        return .given(
          try OpenMeteoResponse.parse(Self.nonsense(seed), file: "weather feed").members,
          issued: self.world.wall)
      } catch {
        return .failed("\(error)")
      }
    }
  }

  private func series(_ current: IntervalSeries?, _ feed: Feed) -> FeedAnswer<IntervalSeries> {
    guard let current else { return .notAsked }  // a fixed or profiled tariff asks nobody
    switch self.world.ask(feed) {
    case .works, .late: return .given(current, issued: self.world.wall)
    case .down: return .failed("it does not answer")
    case .rateLimited: return .failed("it refuses: too many requests")
    case .nonsense(let seed):
      do throws(FormatError) {
        return .given(
          try PriceCSV.parse(Self.nonsense(seed), file: "price feed").prices, issued: self.world.wall)
      } catch {
        return .failed("\(error)")
      }
    }
  }

  /// A well-formed answer in which the sun has gone out.
  private func sunless(horizon: Duration) -> WeatherSeries {
    var weather = self.world.forecast(for: horizon)
    if case .means(let means) = weather.radiation {
      let dark = means.intervals.map { IntervalSeries.Interval(slot: $0.slot, value: 0) }
      // The slots are those of a series.
      weather.radiation = .means(try! IntervalSeries(dark))
    }
    return weather
  }

  /// Bodies that come with a success status and are none.
  private static func nonsense(_ seed: UInt64) -> [UInt8] {
    let bodies = [
      "<!doctype html><title>Sign in to the network</title>", "", "null",
      "{\"error\":true,\"reason\":\"The service is overloaded\"}",
      "{\"hourly\":{\"time\":[\"2024-09-19T00:00\"],\"shortwave_radiation\":[1e9]}}",
      "start,price\n2024-09-19T00:00:00Z,NaN\n", "start,price\nyesterday,12\n",
    ]
    return Array(bodies[Int(seed % UInt64(bodies.count))].utf8)
  }
}
