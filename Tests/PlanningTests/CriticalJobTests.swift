import HiGHSSolver
import Planning
import Quantities
import Testing

private func planned(_ outcome: PlanOutcome) -> Plan? {
  guard case .planned(let plan) = outcome else { return nil }
  return plan
}

/// Six hours, four rigs, and a critical job from the second hour on whose third hour has no power.
private func problem(interruptible: Bool, soft: Bool) -> PlanProblem {
  let start = UTCInstant(seconds: 1_741_564_800)
  var problem = PlanProblem(
    slots: (0..<6).map { hour in
      ProblemSlot(
        slot: Slot(start: start + .hours(hour), length: .hours(1)),
        importPrice: EnergyPrice(Double(20 - 2 * hour)), importCap: Kilowatts(hour == 2 ? 0 : 100))
    },
    banks: [ProblemBank(name: "rigs", rigs: 4, draw: Kilowatts(2))])
  problem.jobs = [
    ProblemJob(
      name: "urgent", bank: "rigs", rigHours: 8, maximumRigs: 4, release: start + .hours(1),
      interruptible: interruptible, critical: true)
  ]
  problem.limits.soft = soft
  return problem
}

@Suite struct `A critical job` {
  @Test func `takes all it may from its release on, whatever the price`() throws {
    let problem = problem(interruptible: true, soft: true)
    for plan in [
      planned(try Planner.plan(problem, solver: HiGHSSolver())),
      planned(try Planner.plan(problem, solver: BrokenSolver())),
    ] {
      let plan = try #require(plan)
      #expect(plan.jobs[0].rigHoursBySlot.map { $0.rounded() } == [0, 4, 0, 4, 0, 0])
      #expect(plan.slack == [])
    }
  }

  @Test func `that has to wait is in the slack`() throws {
    let problem = problem(interruptible: false, soft: true)
    let plan = try #require(planned(try Planner.plan(problem, solver: HiGHSSolver())))
    #expect(plan.jobs[0].rigHoursBySlot.firstIndex { $0 > 0 } == 3)
    #expect(plan.slack.map(\.label) == ["critical_start"])
    #expect(plan.slack.map(\.name) == ["urgent"])
    #expect(plan.slack.map(\.amount) == [8])
    var silent = plan
    silent.slack = []
    #expect(PlanAudit.findings(silent, for: problem).map(\.rule) == [.jobs])
  }

  @Test func `that would have to wait is named where every limit is hard`() throws {
    let problem = problem(interruptible: false, soft: false)
    guard case .infeasible(let why) = try Planner.plan(problem, solver: HiGHSSolver()) else {
      Issue.record("a plan was found")
      return
    }
    #expect(why.limit == .criticalStart)
    #expect(abs(why.missing - 8) < 1e-6)
    #expect(why.message.contains("urgent is critical"))
    #expect(planned(try Planner.plan(problem, solver: BrokenSolver())) == nil)
  }

  @Test func `that waits without need fails the audit`() throws {
    let problem = problem(interruptible: true, soft: true)
    var plan = try #require(planned(try Planner.plan(problem, solver: BrokenSolver())))
    var patient = problem
    patient.jobs[0].critical = false
    #expect(PlanAudit.findings(plan, for: problem) == [])
    plan = try #require(planned(try Planner.plan(patient, solver: HiGHSSolver())))
    #expect(PlanAudit.findings(plan, for: patient) == [])
    #expect(PlanAudit.findings(plan, for: problem).map(\.rule) == [.jobs])
  }
}

@Suite struct `The word of a solver` {
  @Test(arguments: [false, true])
  func `is not taken for a bound that a plan of ours refutes`(always: Bool) throws {
    var compared = 0
    for seed in 0..<80 as Range<UInt64> {
      let problem = RandomProblem.make(seed)
      guard let plan = planned(try Planner.plan(problem, solver: LosingSolver(always: always))),
        let rule = planned(try Planner.plan(problem, solver: BrokenSolver())), rule.slack == plan.slack,
        rule.slack.isEmpty
      else { continue }
      compared += 1
      let tolerance = 1e-5 * max(1, abs(rule.objective))
      #expect(plan.bound <= rule.objective + tolerance, "seed \(seed)")
      #expect(plan.objective <= rule.objective + tolerance, "seed \(seed)")
    }
    #expect(compared > 20)
  }

  @Test func `is not taken for there being no plan where a rule has one`() throws {
    var compared = 0
    for seed in 0..<80 as Range<UInt64> {
      let problem = RandomProblem.make(seed)
      guard let rule = planned(try Planner.plan(problem, solver: BrokenSolver())) else { continue }
      compared += 1
      let plan = planned(try Planner.plan(problem, solver: DenyingSolver()))
      #expect(plan?.objective == rule.objective, "seed \(seed)")
    }
    #expect(compared > 20)
  }
}
