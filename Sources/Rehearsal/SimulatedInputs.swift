import MarketFormats
import Quantities
import Simulation
import SiteController

/// The feeds of a simulated site: the best weather forecast that can be made at the time, the site's own series files,
/// and what a feed's faults leave of them. What a feed gave last is kept.
struct SimulatedInputs {
  private let world: SimulatedSite
  /// What the series files hold; they are known from the start and do not change.
  private let files: SiteInputs
  private var last: SiteInputs

  /// `foresight` is what generation will really be, for planning that knows it.
  init(world: SimulatedSite, files: SiteInputs, foresight: IntervalSeries?) {
    var files = files
    files.knownGeneration = foresight
    // The simulated service has one forecast to give, whatever the file has.
    files.members = []
    self.world = world
    self.files = files
    self.last = files
  }

  /// What a planner that asks now gets, and what had to be replaced by something older.
  mutating func ask(horizon: Duration) -> (inputs: SiteInputs, problems: [String]) {
    var problems: [String] = []
    switch self.world.ask(.weather) {
    case .works: self.last.weather = self.world.forecast(for: horizon)
    case .late: break  // an old answer is what we have already
    case .down: problems.append("weather feed does not answer")
    case .rateLimited: problems.append("weather feed refuses: too many requests")
    case .nonsense(let seed):
      do throws(FormatError) {
        self.last.weather = try OpenMeteoResponse.parse(Self.nonsense(seed), file: "weather feed").members
          .first
      } catch {
        problems.append("\(error)")
      }
    }
    Self.keep(
      &self.last.importPrices, self.files.importPrices, self.world.ask(.importPrice), "price", &problems)
    Self.keep(
      &self.last.exportPrices, self.files.exportPrices, self.world.ask(.exportPrice), "export price",
      &problems)
    Self.keep(&self.last.carbon, self.files.carbon, self.world.ask(.carbon), "carbon", &problems)
    return (self.last, problems)
  }

  private static func keep(
    _ last: inout IntervalSeries?, _ current: IntervalSeries?, _ condition: FeedCondition, _ name: String,
    _ problems: inout [String]
  ) {
    guard current != nil else { return }  // a fixed or profiled tariff asks nobody
    switch condition {
    case .works, .late: last = current
    case .down: problems.append("\(name) feed does not answer")
    case .rateLimited: problems.append("\(name) feed refuses: too many requests")
    case .nonsense(let seed):
      do throws(FormatError) {
        last = try PriceCSV.parse(nonsense(seed), file: "\(name) feed").prices
      } catch {
        problems.append("\(error)")
      }
    }
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
