import JSONText
import Quantities
import Rehearsal
import SiteModel

/// What forecasts were worth in a simulation, for a person and for programs.
struct ForecastComparisonReport {
  private let comparison: ForecastComparison
  private let site: Site
  private let seed: UInt64
  private let days: Int
  private let replay: String

  init(_ comparison: ForecastComparison, settings: Rehearsal.Settings, replay: String) {
    self.comparison = comparison
    self.site = settings.site
    self.seed = settings.seed
    self.days = settings.days
    self.replay = replay
  }

  var text: String {
    var lines = [
      "\(self.site.name), \(self.days) days, seed \(self.seed): the same weather planned in four ways", "",
      "  planned on            cost  rig-hours   short switches guard   gap closed",
      "                     \(self.site.currency.leftPadded(to: 7))",
    ]
    for line in self.comparison.lines {
      let closed = self.comparison.closed(by: line.way).map { ($0 * 100).text(places: 1) + " %" } ?? "-"
      lines.append(
        "  " + Self.name(line.way).padded(to: 17) + line.value.cost.value.text(places: 0).leftPadded(to: 9)
          + line.value.rigHours.text(places: 0).leftPadded(to: 11)
          + line.value.shortRigHours.text(places: 1).leftPadded(to: 8)
          + line.switches.description.leftPadded(to: 9) + line.guardActions.description.leftPadded(to: 6)
          + closed.leftPadded(to: 13))
      if line.violations > 0 { lines.append("    INVARIANTS VIOLATED \(line.violations) times") }
    }
    lines += [
      "",
      "  cost: metered imports less export income, carbon, starts, less the bonus for",
      "  renewables the rigs used and their revenue, by the site's own values; rig-hours",
      "  short of the daily minimum are charged at their day's dearest hour",
      "  replay: \(self.replay)", "",
    ]
    return lines.joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      .init("site", .string(self.site.name)), .init("currency", .string(self.site.currency)),
      .init("seed", .string(self.seed.description)), .init("days", .integer(Int64(self.days))),
      .init("forecasts", self.comparison.json), .init("replay", .string(self.replay)),
    ])
  }

  private static func name(_ way: ForecastComparison.Way) -> String {
    switch way {
    case .point: "the forecast"
    case .corrected: "it, corrected"
    case .scenarios: "scenarios"
    case .perfect: "the truth"
    }
  }
}
