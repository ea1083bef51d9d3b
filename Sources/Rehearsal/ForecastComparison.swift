public import JSONText
public import Planning
public import Quantities
import Simulation
import SiteModel

/// What forecasts are worth: the same simulated site, seed and weather, lived through once for each way of using the
/// forecast, each with its realised value.
public struct ForecastComparison: Sendable {
  /// A way to plan.
  public enum Way: String, Sendable, Hashable, CaseIterable {
    /// On the forecast as it is.
    case point
    /// On the forecast corrected by the site's recorded errors.
    case corrected
    /// On scenarios around the corrected forecast.
    case scenarios
    /// On the true generation.
    case perfect
  }

  public struct Line: Sendable, Hashable {
    public var way: Way
    public var value: RealisedValue
    public var switches: Int
    public var guardActions: Int
    public var violations: Int
  }

  /// One for each way, in the order of `Way`.
  public let lines: [Line]

  /// Lives the run of `settings` through once for each way; `progress` hears of all of them together as a share from 0
  /// to 1.
  public init(_ settings: Rehearsal.Settings, solver: any Solver, progress: (Double) -> Void = { _ in }) {
    let ways = Way.allCases
    self.lines = ways.enumerated().map { index, way in
      let rehearsal = Rehearsal(settings.planning(way), solver: solver)
      rehearsal.run { progress((Double(index) + $0) / Double(ways.count)) }
      let days = rehearsal.book.report()
      return Line(
        way: way, value: rehearsal.book.realised, switches: days.reduce(0) { $0 + $1.switches },
        guardActions: days.reduce(0) { $0 + $1.guardActions }, violations: rehearsal.violations.total)
    }
  }

  public subscript(way: Way) -> Line {
    // There is a line for every way, in their order.
    self.lines[Way.allCases.firstIndex(of: way)!]
  }

  /// What the forecast as it is costs more than perfect foresight.
  public var gap: Money { self[.point].value.cost - self[.perfect].value.cost }

  /// The share of `gap` that a way of planning closes; nil when there is no gap to close.
  public func closed(by way: Way) -> Double? {
    self.gap.value > 0 ? (self[.point].value.cost - self[way].value.cost) / self.gap : nil
  }

  public var json: JSONValue {
    .object([
      .init(
        "ways",
        .object(
          self.lines.map { line in
            .init(
              line.way.rawValue,
              .object([
                .init("cost", .number(line.value.cost.value)),
                .init("energy_cost", .number(line.value.energyCost.value)),
                .init("carbon_cost", .number(line.value.carbonCost.value)),
                .init("bonus", .number(line.value.bonus.value)),
                .init("start_cost", .number(line.value.startCost.value)),
                .init("revenue", .number(line.value.revenue.value)),
                .init("rig_hours", .number(line.value.rigHours)),
                .init("short_rig_hours", .number(line.value.shortRigHours)),
                .init("short_cost", .number(line.value.shortCost.value)),
                .init("switches", .integer(Int64(line.switches))),
                .init("guard_actions", .integer(Int64(line.guardActions))),
                .init("violation_count", .integer(Int64(line.violations))),
              ]))
          })),
      .init("gap", .number(self.gap.value)),
      .init("closed_by_correction", self.closed(by: .corrected).map { .number($0) } ?? .null),
      .init("closed_by_scenarios", self.closed(by: .scenarios).map { .number($0) } ?? .null),
    ])
  }
}

extension Rehearsal.Settings {
  /// The same run with another way to use the forecast.
  fileprivate func planning(_ way: ForecastComparison.Way) -> Rehearsal.Settings {
    var settings = self
    switch way {
    case .point:
      settings.site.planner.correctsForecast = false
      settings.site.planner.scenarios = 1
    case .corrected:
      settings.site.planner.correctsForecast = true
      settings.site.planner.scenarios = 1
    case .scenarios:
      settings.site.planner.correctsForecast = true
      settings.site.planner.scenarios = max(2, settings.site.planner.scenarios)
    case .perfect: settings.hasForesight = true
    }
    return settings
  }
}
