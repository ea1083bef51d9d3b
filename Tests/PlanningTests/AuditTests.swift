import HiGHSSolver
import Planning
import Quantities
import Testing

/// A small problem in which every rule of the audit has something to check.
private enum Fixture {
  static let start = UTCInstant(seconds: 1_741_564_800)

  static func problem() -> PlanProblem {
    var problem = PlanProblem(
      slots: (0..<6).map { hour in
        ProblemSlot(
          slot: Slot(start: start + .hours(hour), length: .hours(1)), importPrice: EnergyPrice(10),
          exportPrice: EnergyPrice(4), carbon: CarbonIntensity(hour == 5 ? 600 : 400),
          renewable: [Kilowatts(12), Kilowatts(8)], otherLoad: Kilowatts(hour == 5 ? 30 : 1),
          importCap: Kilowatts(20),
          exportCap: Kilowatts(11))
      },
      scenarioWeights: [0.5, 0.5],
      banks: [
        ProblemBank(
          name: "a", rigs: 5, draw: Kilowatts(2), minimumOn: .hours(2), minimumOff: .hours(2),
          startCost: Money(1),
          revenuePerRigHour: Money(18), runningFor: [.hours(1)], stoppedFor: [.minutes(30)]),
        ProblemBank(name: "b", rigs: 3, draw: Kilowatts(3), revenuePerRigHour: Money(1), minimumRunning: 0),
      ])
    let day = Slot(start: start, length: .hours(6))
    problem.rigHourLimits = [RigHourLimit(window: day, minimum: 4, maximum: 30)]
    problem.startLimits = [StartLimit(bank: "b", window: day, maximum: 2)]
    problem.jobs = [
      ProblemJob(name: "j", bank: "a", rigHours: 4, maximumRigs: 2, release: start + .hours(1)),
      ProblemJob(
        name: "block", bank: "a", rigHours: 2, maximumRigs: 1, release: start + .hours(1),
        interruptible: false),
    ]
    problem.limits = SiteLimits(
      averageCarbonCap: CarbonIntensity(5000), importCarbonCeiling: CarbonIntensity(500),
      maximumRigChangePerSlot: 4)
    problem.weights = ObjectiveWeights(carbonPrice: Money(2), renewableBonus: EnergyPrice(3))
    problem.solver.timeLimit = nil
    return problem
  }

  static func plan(_ problem: PlanProblem) throws -> Plan? {
    guard case .planned(let plan) = try Planner.plan(problem, solver: HiGHSSolver()) else { return nil }
    return plan
  }
}

/// One way to break a plan or to tighten the problem under it.
private struct Break: CustomTestStringConvertible, Sendable {
  let rule: PlanAudit.Finding.Rule
  let name: String
  let change: @Sendable (inout Plan, inout PlanProblem) -> Void
  var testDescription: String { "\(self.rule.rawValue): \(self.name)" }

  init(
    _ rule: PlanAudit.Finding.Rule, _ name: String,
    _ change: @escaping @Sendable (inout Plan, inout PlanProblem) -> Void
  ) {
    self.rule = rule
    self.name = name
    self.change = change
  }
}

private let breaks: [Break] = [
  Break(.shape, "a slot is missing") { plan, _ in plan.slots.removeLast() },
  Break(.shape, "a bank is missing") { plan, _ in plan.slots[0].running.removeLast() },
  Break(.shape, "a scenario is missing") { plan, _ in plan.slots[2].flows.removeLast() },
  Break(.shape, "a count is NaN") { plan, _ in plan.slots[2].running[0] = .nan },
  Break(.shape, "a job is missing") { plan, _ in plan.jobs.removeLast() },
  Break(.wholeRigs, "half a rig") { plan, _ in plan.slots[3].running[0] -= 0.5 },
  Break(.bankSize, "more rigs than there are") { plan, _ in plan.slots[3].running[0] = 6 },
  Break(.bankSize, "fewer than none") { plan, _ in plan.slots[3].running[1] = -1 },
  Break(.minimumRunning, "the floor is higher") { _, problem in problem.banks[1].minimumRunning = 3 },
  Break(.ramp, "a slot allows fewer switches") { _, problem in problem.limits.maximumRigChangePerSlot = 0 },
  Break(.minimumOn, "a rig runs for one slot") { plan, _ in
    for slot in 0..<6 { plan.slots[slot].running[0] = slot == 3 ? 1 : 0 }
  },
  Break(.minimumOn, "a rig from before stops early") { plan, _ in plan.slots[0].running[0] = 0 },
  Break(.minimumOff, "a rig rests for one slot") { plan, _ in
    for slot in 0..<6 { plan.slots[slot].running[0] = slot == 3 ? 0 : 4 }
  },
  Break(.minimumOff, "a rig that just stopped starts") { plan, _ in
    for slot in 0..<6 { plan.slots[slot].running[0] = 5 }
  },
  Break(.startLimit, "the limit is lower") { plan, problem in
    plan.slots[5].running[1] = plan.slots[4].running[1] + 1
    problem.startLimits[0].maximum = 0
  },
  Break(.balance, "more load than the rigs draw") { plan, _ in plan.slots[1].load = Kilowatts(99) },
  Break(.balance, "renewables from nowhere") { plan, _ in
    plan.slots[1].flows[0].absorbed = plan.slots[1].flows[0].absorbed + Kilowatts(1)
  },
  Break(.balance, "a negative flow") { plan, _ in plan.slots[1].flows[0].exported = Kilowatts(-1) },
  Break(.expectation, "the expected import is not the scenarios'") { plan, _ in
    plan.slots[1].imported = Kilowatts(9)
  },
  Break(.curtailment, "power is spilled") { plan, _ in
    let flow = plan.slots[1].flows[0]
    plan.slots[1].flows[0].exported = flow.exported - Kilowatts(0.1)
    plan.slots[1].flows[0].curtailed = Kilowatts(0.1)
  },
  Break(.exclusion, "import and export at once") { plan, _ in
    plan.slots[1].flows[0].imported = Kilowatts(1)
    plan.slots[1].flows[0].exported = Kilowatts(1)
  },
  Break(.importCap, "the cap is lower") { _, problem in problem.slots[4].importCap = .zero },
  Break(.exportCap, "the cap is lower") { plan, problem in
    plan.slots[1].flows[0].exported = Kilowatts(3)
    problem.slots[1].exportCap = Kilowatts(2)
  },
  Break(.carbonCeiling, "rigs import dirty power") { plan, _ in
    for scenario in 0..<2 { plan.slots[5].flows[scenario].imported = Kilowatts(34) }
  },
  Break(.rigHours, "the minimum is higher") { _, problem in problem.rigHourLimits[0].minimum = 29.5 },
  Break(.rigHours, "the maximum is lower") { _, problem in
    problem.rigHourLimits[0].minimum = nil
    problem.rigHourLimits[0].maximum = 1
  },
  Break(.averageCarbon, "the cap is lower") { _, problem in
    problem.limits.averageCarbonCap = CarbonIntensity(1)
  },
  Break(.jobs, "work is missing") { plan, _ in
    plan.jobs[0].rigHoursBySlot = plan.jobs[0].rigHoursBySlot.map { $0 / 2 }
  },
  Break(.jobs, "work before the release") { plan, _ in plan.jobs[0].rigHoursBySlot[0] = 1 },
  Break(.jobs, "more rigs at once than allowed") { _, problem in problem.jobs[0].maximumRigs = 1 },
  Break(.jobs, "more work than rigs run") { plan, _ in
    for slot in 0..<6 { plan.slots[slot].running[0] = 1 }
  },
  Break(.jobs, "a block with a gap") { plan, _ in
    plan.jobs[1].rigHoursBySlot = [0, 1, 0, 1, 0, 0]
  },
  Break(.slack, "slack without a soft limit") { plan, problem in
    plan.slack.append(
      Slack(cause: .limit(.minimumRigHours), name: nil, window: plan.slots[0].slot, amount: 1))
    problem.limits.soft = false
  },
  Break(.slack, "slack of a hard limit") { plan, _ in
    plan.slack.append(Slack(cause: .limit(.importCap), name: nil, window: plan.slots[0].slot, amount: 1))
  },
  Break(.slack, "other load goes unreported") { plan, _ in plan.slack = [] },
  Break(.totals, "the energy cost is wrong") { plan, _ in plan.totals.energyCost = Money(1) },
  Break(.totals, "the rig-hours are wrong") { plan, _ in plan.totals.rigHours += 1 },
  Break(.objective, "the objective is wrong") { plan, _ in plan.objective += 1 },
  Break(.objective, "the bound is above it") { plan, _ in plan.bound = plan.objective + 1 },
]

@Suite struct `The audit` {
  @Test func `passes the plan that the broken ones are made of`() throws {
    let problem = Fixture.problem()
    let plan = try #require(try Fixture.plan(problem))
    #expect(plan.status == .optimal)
    #expect(PlanAudit.findings(plan, for: problem) == [])
    #expect(plan.slack.map(\.cause) == [.otherLoad])
    #expect(plan.totals.starts > 0 && plan.totals.imported > .zero && plan.totals.exported > .zero)
  }

  @Test(arguments: breaks)
  private func `refuses a broken plan`(broken: Break) throws {
    var problem = Fixture.problem()
    var plan = try #require(try Fixture.plan(problem))
    broken.change(&plan, &problem)
    #expect(PlanAudit.findings(plan, for: problem).map(\.rule).contains(broken.rule))
  }
}
