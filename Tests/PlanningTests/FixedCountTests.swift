import HiGHSSolver
import JSONText
import Planning
import Quantities
import Testing

private func planned(_ problem: PlanProblem) throws -> Plan? {
  guard case .planned(let plan) = try Planner.plan(problem, solver: HiGHSSolver()) else { return nil }
  return plan
}

/// Eight hours; energy costs 10 and then 20, a rig-hour earns 15 of a kWh.
private func problem() -> PlanProblem {
  let start = UTCInstant(seconds: 1_741_564_800)
  return PlanProblem(
    slots: (0..<8).map { hour in
      ProblemSlot(
        slot: Slot(start: start + .hours(hour), length: .hours(1)),
        importPrice: EnergyPrice(hour < 4 ? 10 : 20), importCap: Kilowatts(20))
    },
    banks: [ProblemBank(name: "a", rigs: 5, draw: Kilowatts(1), revenuePerRigHour: Money(15))])
}

private func window(_ problem: PlanProblem, _ slots: ClosedRange<Int>) -> Slot {
  let first = problem.slots[slots.lowerBound].slot
  return Slot(start: first.start, end: problem.slots[slots.upperBound].slot.end) ?? first
}

struct `A count that a person fixed` {
  @Test func `holds in its window, and nowhere else`() throws {
    var problem = problem()
    problem.banks[0].fixed = [
      FixedCount(window: window(problem, 1...2), rigs: 0),
      FixedCount(window: window(problem, 5...5), rigs: 3),
    ]
    let plan = try #require(try planned(problem))
    #expect(plan.slots.map { $0.running[0] } == [5, 0, 0, 5, 0, 3, 0, 0])
    #expect(plan.status == .optimal)
  }

  @Test func `is missed by no plan that passes the audit`() throws {
    var problem = problem()
    let free = try #require(try planned(problem))
    problem.banks[0].fixed = [FixedCount(window: window(problem, 0...0), rigs: 4)]
    #expect(PlanAudit.findings(free, for: problem).map(\.rule) == [.fixedCount])
  }

  /// Fixed where a plan had it anyway, a count costs nothing; fixed where another plan had it, it never saves.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `costs nothing where a plan had it anyway`(seed: UInt64) throws {
    var free = RandomProblem.make(seed)
    free.solver.integral = true
    guard let plan = try planned(free), plan.slack.isEmpty else { return }
    var fixed = free
    let third = 0...free.slots.count / 3
    fixed.banks[0].fixed = third.map { slot in
      FixedCount(window: free.slots[slot].slot, rigs: Int(plan.slots[slot].running[0]))
    }
    let again = try #require(try planned(fixed), "seed \(seed)")
    #expect(PlanAudit.findings(again, for: fixed) == [], "seed \(seed)")
    for slot in third { #expect(again.slots[slot].running[0] == plan.slots[slot].running[0]) }
    let tolerance = 1e-6 * max(1, abs(plan.objective))
    #expect(again.bound <= plan.objective + tolerance, "seed \(seed)")
    #expect(plan.bound <= again.objective + tolerance, "seed \(seed)")
  }

  @Test func `is read as it was written`() throws {
    var problem = problem()
    problem.banks[0].fixed = [FixedCount(window: window(problem, 2...3), rigs: 2)]
    #expect(try PlanProblem(jsonBytes: Array(problem.json().text().utf8)).banks == problem.banks)
  }

  @Test(arguments: [(2...3, 6, 4...4, 0), (2...3, 1, 3...4, 1), (2...3, -1, 4...4, 1)])
  func `is refused where it makes no sense`(
    first: ClosedRange<Int>, rigs: Int, second: ClosedRange<Int>, others: Int
  ) {
    var problem = problem()
    problem.banks[0].fixed = [
      FixedCount(window: window(problem, first), rigs: rigs),
      FixedCount(window: window(problem, second), rigs: others),
    ]
    #expect(throws: PlanProblemError.self) { try problem.check() }
  }
}

struct `Starts of equal cost` {
  @Test func `come as early as they can`() throws {
    var problem = problem()
    problem.banks[0].revenuePerRigHour = .zero
    problem.banks[0].startCost = Money(1)
    problem.banks[0].minimumOn = .hours(2)
    problem.rigHourLimits = [RigHourLimit(window: window(problem, 0...7), minimum: 10, maximum: 10)]
    let plan = try #require(try planned(problem))
    #expect(plan.slots.map { $0.running[0] }.reduce(0, +) == 10)
    // Three rigs reach ten rig-hours in the four cheap hours; none waits for a later one.
    #expect(plan.slots[0].running[0] == 3)
    #expect(plan.totals.starts == 3)
  }

  @Test func `do not leave a cheaper hour`() throws {
    var problem = problem()
    problem.banks[0].revenuePerRigHour = .zero
    problem.slots[2].importPrice = EnergyPrice(9)
    problem.rigHourLimits = [RigHourLimit(window: window(problem, 0...7), minimum: 5, maximum: 5)]
    let plan = try #require(try planned(problem))
    #expect(plan.slots.map { $0.running[0] } == [0, 0, 5, 0, 0, 0, 0, 0])
    problem.slots[1].importPrice = EnergyPrice(9)
    let earlier = try #require(try planned(problem))
    // Three starts are the fewest, and the third rig is the one that does not wait.
    #expect(earlier.slots.map { $0.running[0] } == [0, 3, 2, 0, 0, 0, 0, 0])
  }
}
