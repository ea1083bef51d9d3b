public import JSONText
public import Jobs
import Planning
import SiteController
import Quantities
public import Simulation
import SiteController
import SiteModel

/// The outcome of a rehearsal as a value: written as JSON for programs and as text for people.
public struct RehearsalReport: Sendable {
  public var site: String
  public var currency: String
  public var seed: UInt64
  public var days: [RehearsalBook.Day]
  public var plans: [String: Int]
  public var faults: FaultTally
  public var violations: ViolationLog
  /// As the site knows them at the end.
  public var jobs: JobBook
  /// Broken promises about jobs.
  public var jobFaults: [String]
  public var jobRefusals: [String]
  public var replay: String
  let carbonPrice: Double

  /// `replay` is the command that runs the same rehearsal again.
  public init(_ rehearsal: Rehearsal, replay: String) {
    let site = rehearsal.world.site
    self.site = site.name
    self.currency = site.currency
    self.seed = rehearsal.world.seed
    self.days = rehearsal.book.report()
    self.plans = rehearsal.book.plans
    self.faults = rehearsal.world.tally
    self.violations = rehearsal.violations
    self.jobs = rehearsal.jobs
    self.jobFaults = rehearsal.jobFaults
    self.jobRefusals = rehearsal.jobRefusals
    self.replay = replay
    self.carbonPrice = site.planner.carbonPricePerKilogram
  }

  /// Every figure of `days` added up; the baselines over the days that have them.
  public var total: RehearsalBook.Day? {
    guard let first = self.days.first else { return nil }
    return self.days.dropFirst().reduce(first) { sum, day in
      var sum = sum
      sum.plannedRigHours += day.plannedRigHours
      sum.plannedImport += day.plannedImport
      sum.rigHours += day.rigHours
      sum.imported += day.imported
      sum.exported += day.exported
      sum.generated += day.generated
      sum.rigEnergy += day.rigEnergy
      sum.absorbed += day.absorbed
      sum.cost += day.cost
      sum.co2 += day.co2
      sum.switches += day.switches
      sum.guardActions += day.guardActions
      sum.gapHours += day.gapHours
      sum.comparedCost += day.comparedCost
      sum.comparedCO2 += day.comparedCO2
      sum.baselines = sum.baselines.map { mine in day.baselines.map { mine + $0 } ?? mine } ?? day.baselines
      return sum
    }
  }

  public var json: JSONValue {
    .object([
      .init("site", .string(self.site)), .init("currency", .string(self.currency)),
      .init("seed", .string(self.seed.description)), .init("days", .array(self.days.map { self.json($0) })),
      .init("total", self.total.map { self.json($0, isTotal: true) } ?? .null),
      .init(
        "plans",
        .object(self.plans.sorted { $0.key < $1.key }.map { .init($0.key, .integer(Int64($0.value))) })),
      .init(
        "faults",
        .object(
          FaultKind.allCases.filter { self.faults[$0].episodes > 0 }.map { kind in
            .init(
              kind.name,
              .object([
                .init("episodes", .integer(Int64(self.faults[kind].episodes))),
                .init("strikes", .integer(Int64(self.faults[kind].strikes))),
                .init("effects", .integer(Int64(self.faults[kind].effects))),
              ]))
          })),
      .init("jobs", self.jobs.records.isEmpty ? .null : JobReport.list(self.jobs)),
      .init("jobs_refused", .array(self.jobRefusals.map { .string($0) })),
      .init("job_faults", .array(self.jobFaults.map { .string($0) })),
      .init("violation_count", .integer(Int64(self.violations.total))),
      .init("violations", .array(self.violations.kept.map(\.json))), .init("replay", .string(self.replay)),
    ])
  }

  private func json(_ day: RehearsalBook.Day, isTotal: Bool = false) -> JSONValue {
    var members: [JSONValue.Member] = isTotal ? [] : [.init("date", .string(ISO8601.string(day.date)))]
    members += [
      .init(
        "planned",
        .object([
          .init("rig_hours", .number(day.plannedRigHours)),
          .init("import_kwh", .number(day.plannedImport.value)),
        ])),
      .init(
        "metered",
        .object([
          .init("rig_hours", .number(day.rigHours)), .init("import_kwh", .number(day.imported.value)),
          .init("export_kwh", .number(day.exported.value)),
          .init("generated_kwh", .number(day.generated.value)),
          .init("rigs_kwh", .number(day.rigEnergy.value)),
          .init("absorbed_renewable_kwh", .number(day.absorbed.value)),
          .init("cost", .number(day.cost.value)),
          .init("co2_kg", .number(day.co2.value)), .init("gap_hours", .number(day.gapHours)),
        ])),
      .init("switches", .integer(Int64(day.switches))),
      .init("guard_actions", .integer(Int64(day.guardActions))),
      .init("saving_against", self.saving(day)),
    ]
    return .object(members)
  }

  private func saving(_ day: RehearsalBook.Day) -> JSONValue {
    guard let baselines = day.baselines else { return .null }
    func member(_ name: String, _ cost: BaselineCost) -> JSONValue.Member {
      .init(
        name,
        .object([
          .init("cost", .number((cost.energyCost + cost.carbonCost - day.comparedCost).value)),
          .init("co2_kg", .number((cost.co2 - day.comparedCO2).value)),
        ]))
    }
    return .object([
      member("continuous", baselines.continuous), member("asap", baselines.asap),
      member("reference", baselines.reference),
    ])
  }
}

extension Violation {
  fileprivate var json: JSONValue {
    .object([
      .init("invariant", .integer(Int64(self.invariant.rawValue))),
      .init("name", .string(self.invariant.name)),
      .init("time", .string(ISO8601.string(self.wall))),
      .init("second", .integer(self.at.milliseconds / 1000)),
      .init("what", .string(self.sentence)),
    ])
  }
}
