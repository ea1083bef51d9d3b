import HiGHSSolver
import JSONText
import Planning
import Quantities
import Testing

private func planned(_ outcome: PlanOutcome) -> Plan? {
  guard case .planned(let plan) = outcome else { return nil }
  return plan
}

private func agrees(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(1, abs(b)) }

@Suite(.enabled(if: SharedData.folder != nil, "no shared/data folder beside the repository"))
struct `Reference days` {
  @Test func `are all there`() { #expect(GoldenDay.days.count == 7 && GoldenDay.edgeCases.count == 18) }

  @Test(arguments: GoldenDay.days + GoldenDay.edgeCases, [false, true])
  func `have the reference's objective, or none`(day: GoldenDay, integral: Bool) throws {
    guard let wanted = day.objective(integral ? "correct_milp" : "correct_lp") else { return }
    let plan = try #require(planned(try Planner.plan(day.problem(integral: integral), solver: HiGHSSolver())))
    #expect(agrees(plan.objective, wanted), "\(plan.objective) against \(wanted)")
    #expect(plan.status == .optimal)
    #expect(plan.relativeGap <= 1e-6)
  }

  @Test(arguments: [
    ("infeasible_min_gt_supply", PlanLimit.minimumRigHours, 168.0),
    ("zero_rigs_min240", .minimumRigHours, 240),
  ])
  func `name limit, place and missing amount when impossible`(name: String, limit: PlanLimit, missing: Double)
    throws
  {
    let day = try #require(GoldenDay.edgeCases.first { $0.name == name })
    let problem = try day.problem(integral: true)
    guard case .infeasible(let found) = try Planner.plan(problem, solver: HiGHSSolver()) else {
      Issue.record("a plan was found")
      return
    }
    #expect(found.limit == limit)
    #expect(abs(found.missing - missing) < 1e-6)
    #expect(found.window == problem.rigHourLimits[0].window)
  }

  @Test(arguments: [
    ("infeasible_min_gt_max", "rig_hour_limits[0].minimum"), ("negative_renewable", "slots[0].renewable_kw"),
    ("short_price_list", "slots[23].import_price"), ("nan_price", "slots[0].import_price"),
  ])
  func `with bad numbers are refused at their place`(name: String, path: String) throws {
    let day = try #require(GoldenDay.edgeCases.first { $0.name == name })
    let error = #expect(throws: PlanProblemError.self) { try day.problem(integral: true) }
    #expect(error?.path == path)
  }

  @Test(arguments: GoldenDay.days)
  func `cost the reference's for 240 rig-hours, planned and as baselines`(day: GoldenDay) throws {
    let problem = try day.problem(integral: false, rigHours: 240)
    let plan = try #require(planned(try Planner.plan(problem, solver: HiGHSSolver())))
    let same = try #require(day.json["same_energy_no_bonus"])
    func cost(_ name: String) -> Double? { same[name]?["objective_jpy"]?.double }
    #expect(agrees(plan.objective, try #require(same["correct_lp"]?["objective_jpy"]?.double)))
    let continuous = plan.baselines.continuous
    #expect(agrees((continuous.energyCost + continuous.carbonCost).value, try #require(cost("flat_eval"))))
    let asap = plan.baselines.asap
    #expect(agrees((asap.energyCost + asap.carbonCost).value, try #require(cost("asap_eval"))))
  }

  @Test(arguments: GoldenDay.days)
  func `have the GridShift schedule's cost as the reference baseline`(day: GoldenDay) throws {
    var problem = try day.problem(integral: false, rigHours: 240)
    problem.weights.renewableBonus = EnergyPrice(8)
    let plan = try #require(planned(try Planner.plan(problem, solver: HiGHSSolver())))
    let peer = try #require(day.json["peer_true_eval"])
    #expect(agrees(plan.baselines.reference.energyCost.value, try #require(peer["import_cost_jpy"]?.double)))
    #expect(agrees(plan.baselines.reference.co2.value, try #require(peer["import_co2_kg"]?.double)))
  }
}
