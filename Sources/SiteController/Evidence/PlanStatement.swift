import Certificates
import Control
import Cryptography
import JSONText
import Planning
import Ports
import Quantities
import SiteModel

/// What the log says of a plan that is followed: what it promises, the plan itself, and the hashes of everything it was
/// made from.
enum PlanStatement {
  /// The part that only the planner knows. The hashes of the inputs are over canonical JSON lists with one value per slot,
  /// as they stand in the problem; those of problem and plan are over their texts in the record.
  static func members(
    of plan: Plan, for problem: PlanProblem, problemText: String, planText: String, site: Site
  ) -> [JSONValue.Member] {
    [
      .init("totals", Self.totals(plan, problem, site)),
      .init(
        "inputs_sha256",
        .object([
          Self.input("import_price", problem) { .number($0.importPrice.value) },
          Self.input("export_price", problem) { .number($0.exportPrice.value) },
          Self.input("carbon_g_per_kwh", problem) { .number($0.carbon.value) },
          Self.input("renewable_kw", problem) { slot in
            slot.renewable.count == 1
              ? .number(slot.renewable[0].value) : .array(slot.renewable.map { .number($0.value) })
          },
          Self.input("ambient_c", problem) { .number($0.ambient.value) },
          Self.input("other_load_kw", problem) { .number($0.otherLoad.value) },
        ])),
      .init("problem_sha256", .string(SHA256.hash(problemText).hexadecimal)),
      .init("plan_sha256", .string(SHA256.hash(planText).hexadecimal)),
      .init("method", .string(plan.method)),
    ]
  }

  /// GridShift's six totals, honest: cost and CO2 of the energy that is imported, against the same rig-hours run evenly.
  private static func totals(_ plan: Plan, _ problem: PlanProblem, _ site: Site) -> JSONValue {
    let currency = problem.currency.lowercased()
    let cost = plan.totals.energyCost + plan.totals.carbonCost
    let even = plan.baselines.continuous.energyCost + plan.baselines.continuous.carbonCost
    let day = problem.slots.first.map { ISO8601.string(site.zone.date(of: $0.slot.start)) }
    return .object([
      .init("date", .optional(day)), .init("total_cost_\(currency)", .optional(cost.value)),
      .init("counterfactual_cost_\(currency)", .optional(even.value)),
      .init("savings_\(currency)", .optional((even - cost).value)),
      .init("renewable_fraction", .optional(plan.totals.renewableShare)),
      .init("total_co2_kg", .optional(plan.totals.co2.value)),
    ])
  }

  private static func input(
    _ name: String, _ problem: PlanProblem, _ value: (ProblemSlot) -> JSONValue
  ) -> JSONValue.Member {
    let list = JSONValue.array(problem.slots.map(value))
    return .init(name, .string(SHA256.hash(list.canonicalBytes).hexadecimal))
  }

  /// The whole entry, once the plan has its number.
  static func draft(_ record: PlanRecord, plan: AuditedPlan, site: Site) -> EntryDraft {
    let steps = plan.steps
    let slots = JSONValue.object([
      .init("start", .optional(steps.first.map { ISO8601.string($0.slot.start) })),
      .init("minutes", .array(steps.map { .number($0.slot.hours * 60) })),
      .init("running", .array(steps.map { .array($0.running.map { .integer(Int64($0)) }) })),
      // To the watt: what was expected, not what a meter shows.
      .init("import_kw", .array(steps.map { .number(($0.expectedImport.value * 1000).rounded() / 1000) })),
    ])
    return EntryDraft(
      kind: .schedule, issuedAt: record.madeAt,
      body: plan.statement + [
        .init("rung", .string(record.status)), .init("cause", .string(record.cause)),
        .init("horizon_start", .string(ISO8601.string(record.horizon.start))),
        .init("horizon_end", .string(ISO8601.string(record.horizon.end))),
        .init("site_file_sha256", .optional(site.fileDigest)),
        .init("banks", .array(site.banks.map { .string($0.name) })), .init("plan", slots),
      ], planID: record.id)
  }
}
