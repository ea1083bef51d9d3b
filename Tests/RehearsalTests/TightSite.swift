import Planning
import Quantities
import Rehearsal
import Simulation
import SiteModel

extension Site {
  /// Ten rigs behind a connection that is always nearly full: what the plan adds comes close to the cap, and an other
  /// load that nobody foresees goes beyond it. Prices change every hour, so rigs come and go.
  static let tight = Site(
    name: "Tight", location: Location(latitude: 35.4, longitude: 139.6), zone: .utc, currency: "JPY",
    grid: GridConnection(importCap: Kilowatts(24), curtailable: true),
    photovoltaics: [PVArray(name: "roof", area: 60, efficiency: 0.2)],
    otherLoad: .constant(6),
    meters: [
      Meter(name: "main", subject: .grid), Meter(name: "inverter", subject: .generation),
      Meter(name: "rigs", subject: .bank(0)),
    ],
    banks: [
      RigBank(
        name: "rigs", count: 10, draw: Kilowatts(3), minimumOn: .minutes(10), minimumOff: .minutes(5),
        revenuePerRigHour: Money(45), relayLines: (1...10).map { "relay-\($0)" })
    ],
    importTariff: .profile(hourly([9, 18, 12, 22, 10, 14])),
    simulation: SimulationSettings(forecastError: 0.3, startupSeconds: 30, loadNoise: 0.1))
}

/// A day in which `values` follow each other hour by hour, again and again. They must be numbers.
private func hourly(_ values: [Double]) -> DailyProfile {
  let steps = (0..<24).compactMap { hour in
    TimeOfDay(minutes: hour * 60).map { DailyProfile.Step(from: $0, value: values[hour % values.count]) }
  }
  return DailyProfile(steps: steps) ?? .constant(0)
}

extension Rehearsal.Settings {
  /// One day on the tight site with the quick planner.
  static func day(seed: UInt64, faults: FaultPlan) -> Self {
    Self(
      site: .tight, days: 1, seed: seed, start: UTCInstant(seconds: 1_748_822_400), faults: faults,
      solver: SolverSettings(
        integral: true, relativeGap: 0.001, timeLimit: nil, nodeLimit: 200, method: .rounded))
  }
}

extension FaultPlan {
  /// The same fault in the night, in the morning and at noon, each time with another target and severity.
  static func thrice(_ kind: FaultKind, length: Duration = .minutes(20)) -> FaultPlan {
    .scripted(
      [2, 7, 12].enumerated().map { index, hour in
        FaultEpisode(
          kind: kind, start: MonotonicInstant(milliseconds: 0) + .hours(hour), length: length,
          target: UInt64(index), severity: Double(index + 1) / 4)
      })
  }
}
