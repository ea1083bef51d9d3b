import HiGHSSolver
import Planning
import Quantities
import Testing

private func planned(_ outcome: PlanOutcome) -> Plan? {
  guard case .planned(let plan) = outcome else { return nil }
  return plan
}

/// Neither plan costs less than the other one's bound allows.
private func expectAgreement(_ first: Plan, _ second: Plan, _ comment: Comment) {
  let tolerance = 1e-6 * max(1, abs(first.objective))
  #expect(first.bound <= second.objective + tolerance, comment)
  #expect(second.bound <= first.objective + tolerance, comment)
}

/// A day of quarter-hours with one bank behind a cap: prices below zero at noon while feed-in is paid make import and
/// export exclude each other.
private func day(start: UTCInstant = UTCInstant(seconds: 1_741_564_800), seed: UInt64) -> PlanProblem {
  var random = SplitMix64(seed: seed)
  let slots = (0..<96).map { index in
    let hour = Double(index) / 4
    let isNoon = (10..<15).contains(hour)
    return ProblemSlot(
      slot: Slot(start: start + .minutes(15 * index), length: .minutes(15)),
      importPrice: EnergyPrice((isNoon ? -8 : 12) + random.uniform(-4, 4)), exportPrice: EnergyPrice(4),
      renewable: [Kilowatts(max(0, 60 - 8 * abs(hour - 12)) + random.uniform(0, 20))],
      importCap: Kilowatts(50))
  }
  let horizon = Slot(start: start, length: .hours(24))
  return PlanProblem(
    slots: slots,
    banks: [
      ProblemBank(
        name: "rigs", rigs: 40, draw: Kilowatts(3.25), minimumOn: .hours(1), minimumOff: .minutes(30),
        startCost: Money(20), runningFor: [.minutes(20), .minutes(45)], stoppedFor: [.minutes(5)])
    ],
    rigHourLimits: [RigHourLimit(window: horizon, minimum: 200, maximum: 600)],
    limits: SiteLimits(curtailable: true), weights: ObjectiveWeights(renewableBonus: EnergyPrice(8)),
    solver: SolverSettings(relativeGap: 1e-3, timeLimit: nil))
}

@Suite struct `The fast methods` {
  @Test(arguments: SeedBlock.all(200))
  func `agree with the textbook model`(block: SeedBlock) throws {
    for seed in block.seeds {
      let problem = RandomProblem.make(seed)
      let fast = planned(try Planner.plan(problem, solver: HiGHSSolver()))
      let textbook = planned(try Planner.plan(problem, solver: TextbookSolver()))
      #expect((fast == nil) == (textbook == nil), "seed \(seed)")
      guard let fast, let textbook, fast.slack == textbook.slack else { continue }
      expectAgreement(fast, textbook, "seed \(seed), \(fast.method) against \(textbook.method)")
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `prove a day on which import and export exclude each other`(seed: UInt64) throws {
    let plan = try #require(planned(try Planner.plan(day(seed: seed), solver: HiGHSSolver())))
    #expect(plan.status == .optimal)
    #expect(plan.method == "curves")
    #expect(plan.relativeGap <= 1e-3)
    #expect(plan.absoluteGap <= 1e-3 * max(1, abs(plan.objective)))
  }

  @Test func `price fractions of rigs as the textbook model does`() throws {
    var compared = 0
    for seed in 0..<60 as Range<UInt64> {
      var problem = RandomProblem.make(seed)
      problem.solver.integral = false
      guard let fast = planned(try Planner.plan(problem, solver: HiGHSSolver())), fast.method == "loads",
        let textbook = planned(try Planner.plan(problem, solver: TextbookSolver()))
      else { continue }
      compared += 1
      #expect(fast.status == .optimal)
      #expect(
        abs(fast.objective - textbook.objective) <= 1e-5 * max(1, abs(textbook.objective)), "seed \(seed)")
    }
    #expect(compared > 10)
  }

  @Test func `plan several banks of different rigs with a bound`() throws {
    var problem = day(seed: 3)
    problem.banks = (0..<8).map { index in
      ProblemBank(
        name: "bank\(index)", rigs: 3 + index % 3, draw: Kilowatts(1.5 + 0.37 * Double(index)),
        minimumOn: .minutes([30, 60, 120][index % 3]), minimumOff: .minutes(30), startCost: Money(5))
    }
    let plan = try #require(planned(try Planner.plan(problem, solver: HiGHSSolver())))
    #expect(plan.method == "loads")
    #expect(plan.relativeGap < 0.03)
    #expect(PlanAudit.findings(plan, for: problem) == [])
  }
}

@Suite struct `Banks of equal rigs` {
  @Test(arguments: 0..<6 as Range<UInt64>)
  func `cost what one bank of all their rigs costs`(seed: UInt64) throws {
    let whole = day(seed: seed)
    var parts = whole
    parts.banks[0].rigs = 25
    parts.banks[0].runningFor = [.minutes(45)]
    var other = parts.banks[0]
    other.name = "others"
    other.rigs = 15
    other.runningFor = [.minutes(20)]
    other.stoppedFor = []
    parts.banks.append(other)
    let one = try #require(planned(try Planner.plan(whole, solver: HiGHSSolver())))
    let two = try #require(planned(try Planner.plan(parts, solver: HiGHSSolver())))
    #expect(two.method == one.method)
    #expect(abs(two.objective - one.objective) < 1e-6)
    #expect(zip(one.slots, two.slots).allSatisfy { $0.running[0] == $1.running.reduce(0, +) })
    #expect(PlanAudit.findings(two, for: parts) == [])
  }
}

@Suite struct `The rolling planner` {
  /// Twelve problems, each a slot later with other renewables.
  private static func sequence(_ seed: UInt64) -> [PlanProblem] {
    (0..<12).map { step in
      var problem = day(start: UTCInstant(seconds: 1_741_564_800) + .minutes(15 * step), seed: seed)
      var random = SplitMix64(seed: seed * 100 + UInt64(step))
      for index in problem.slots.indices {
        let power = problem.slots[index].renewable[0].value
        problem.slots[index].renewable = [Kilowatts(power * random.uniform(0.9, 1.1))]
      }
      return problem
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `proves the same gap as a planner without a past`(seed: UInt64) throws {
    var rolling = RollingPlanner(solver: HiGHSSolver())
    for (step, problem) in Self.sequence(seed).enumerated() {
      let plan = try #require(planned(try rolling.plan(problem)))
      let cold = try #require(planned(try Planner.plan(problem, solver: HiGHSSolver())))
      #expect(plan.status == .optimal)
      #expect(PlanAudit.findings(plan, for: problem) == [])
      expectAgreement(plan, cold, "step \(step)")
    }
  }

  @Test func `gives the same plans for the same problems in the same order`() throws {
    var first = RollingPlanner(solver: HiGHSSolver())
    var second = RollingPlanner(solver: HiGHSSolver())
    for problem in Self.sequence(9) { #expect(try first.plan(problem) == second.plan(problem)) }
  }

  @Test func `takes problems that have nothing in common`() throws {
    var rolling = RollingPlanner(solver: HiGHSSolver())
    for seed in 0..<80 as Range<UInt64> {
      let problem = RandomProblem.make(seed)
      let plan = planned(try rolling.plan(problem))
      let cold = planned(try Planner.plan(problem, solver: HiGHSSolver()))
      #expect((plan == nil) == (cold == nil), "seed \(seed)")
      guard let plan, let cold else { continue }
      #expect(PlanAudit.findings(plan, for: problem) == [], "seed \(seed)")
      if plan.slack == cold.slack { expectAgreement(plan, cold, "seed \(seed)") }
    }
  }
}
