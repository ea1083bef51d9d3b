import HiGHSSolver
import Planning
import Quantities
import Testing

private func plan(_ problem: PlanProblem, _ solver: some Solver) throws -> Plan? {
  guard case .planned(let plan) = try Planner.plan(problem, solver: solver) else { return nil }
  return plan
}

/// The rigs of each bank can follow the counts, dwell times kept, unless the plan admits early stops.
private func expectAssignable(_ plan: Plan, _ problem: PlanProblem, _ seed: UInt64) {
  guard problem.solver.integral, !plan.slack.contains(where: { $0.cause == .limit(.minimumOn) }) else {
    return
  }
  let start = problem.slots[0].slot.start
  for (index, bank) in problem.banks.enumerated() {
    var rigs = bank.runningFor.map { AssignableRig(isOn: true, since: start - $0) }
    rigs += bank.stoppedFor.map { AssignableRig(isOn: false, since: start - $0) }
    rigs += Array(repeating: AssignableRig(isOn: false, since: nil), count: bank.rigs - rigs.count)
    let counts = plan.slots.map { $0.counts[index] }
    let schedule = RigAssignment.schedule(
      rigs, counts: counts, slots: plan.slots.map(\.slot), minimumOn: bank.minimumOn,
      minimumOff: bank.minimumOff)
    #expect(schedule?.map { $0.count { $0 } } == counts, "seed \(seed), \(plan.method)")
  }
}

@Suite struct `Every rung of the ladder` {
  static let seeds = 0..<120 as Range<UInt64>

  /// Seeds beyond the usual ones: at two a rung once let a critical job wait without saying so, at one the lowest rung leaves
  /// a late job undone that the optimum does after its deadline.
  static let telling: [SeedBlock] = [839, 1448, 8924].map { SeedBlock(seeds: $0..<($0 + 1)) }

  /// Whether every job gets at least as much of its work, in time or late.
  private static func does(_ plan: Plan, asMuchAs other: Plan) -> Bool {
    func done(_ job: PlannedJob) -> Double { job.rigHoursBySlot.reduce(0, +) }
    return zip(plan.jobs, other.jobs).allSatisfy { done($0) >= done($1) - 1e-6 }
  }

  @Test(arguments: SeedBlock.all(300) + Self.telling)
  func `passes the audit and can be assigned, from the optimum down`(block: SeedBlock) throws {
    for seed in block.seeds {
      let problem = RandomProblem.make(seed)
      var rounded = problem
      rounded.solver.method = .rounded
      let optimum = try plan(problem, HiGHSSolver())
      let plans = [
        optimum, try plan(rounded, HiGHSSolver()), try plan(problem, LinearOnlySolver()),
        try plan(problem, BrokenSolver()),
      ]
      for plan in plans.compactMap({ $0 }) {
        #expect(PlanAudit.findings(plan, for: problem) == [], "seed \(seed), \(plan.method)")
        expectAssignable(plan, problem, seed)
        // A late job costs less the less of it is done.
        if let optimum, optimum.slack == plan.slack, Self.does(plan, asMuchAs: optimum) {
          #expect(plan.objective >= optimum.bound - 1e-6, "seed \(seed), \(plan.method)")
        }
      }
      // The lower rungs may fail where the optimum exists, but never plan the impossible.
      if optimum == nil { #expect(plans.allSatisfy { $0 == nil }, "seed \(seed)") }
    }
  }

  @Test func `finds plans for most problems that have one`() throws {
    var found = (optimum: 0, rounded: 0, rule: 0)
    for seed in Self.seeds {
      var problem = RandomProblem.make(seed)
      problem.solver.integral = true
      guard let optimum = try plan(problem, HiGHSSolver()), optimum.slack.isEmpty else { continue }
      found.optimum += 1
      if try plan(problem, LinearOnlySolver()) != nil { found.rounded += 1 }
      if try plan(problem, BrokenSolver()) != nil { found.rule += 1 }
    }
    #expect(found.optimum > 40)
    #expect(found.rounded * 10 >= found.optimum * 9, "\(found)")
    #expect(found.rule * 10 >= found.optimum * 7, "\(found)")
  }

  @Test func `gives the same plan every time`() throws {
    for seed in 0..<10 as Range<UInt64> {
      let problem = RandomProblem.make(seed)
      let first = try Planner.plan(problem, solver: HiGHSSolver())
      #expect(try Planner.plan(problem, solver: HiGHSSolver()) == first)
    }
  }
}

@Suite struct `Any accepted problem` {
  /// Numbers at the ends of what `check` lets through.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `gets an answer and never stops the process`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var problem = RandomProblem.make(seed)
    let huge = [0, 1e-9, 1e9, 999_999.5]
    for index in problem.slots.indices where random.chance(0.3) {
      problem.slots[index].importPrice = EnergyPrice(huge[random.below(4)] * (random.chance(0.5) ? 1 : -1))
      problem.slots[index].renewable = problem.slots[index].renewable.map { _ in
        Kilowatts(huge[random.below(4)])
      }
      problem.slots[index].otherLoad = Kilowatts(huge[random.below(4)])
    }
    if random.chance(0.3) { problem.banks[0].rigs = 1_000_000 }
    if random.chance(0.3) { problem.banks[0].draw = .zero }
    if random.chance(0.3) { problem.banks[0].minimumOn = .milliseconds(1_000_000_000_000_000) }
    if random.chance(0.3) { problem.limits.maximumRigChangePerSlot = 1_000_000_000 }
    if random.chance(0.2) { problem.slots = Array(problem.slots.prefix(1)) }
    problem.rigHourLimits = []
    problem.startLimits = []
    problem.jobs = []
    for method in [PlannerMethod.exact, .rounded] {
      problem.solver.method = method
      if let plan = try? plan(problem, HiGHSSolver()) {
        #expect(PlanAudit.findings(plan, for: problem) == [])
      }
      if let plan = try? plan(problem, BrokenSolver()) {
        #expect(PlanAudit.findings(plan, for: problem) == [])
      }
    }
  }
}
