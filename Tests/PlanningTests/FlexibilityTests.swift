import HiGHSSolver
import Planning
import Quantities
import Testing

private let start = UTCInstant(seconds: 1_741_564_800)

/// Four half-hours at 10 and four at 20 for four rigs that earn 30 an hour and draw 2 kW.
private func problem(minutes: Int = 30) -> PlanProblem {
  var problem = PlanProblem(
    slots: (0..<(240 / minutes)).map { index in
      ProblemSlot(
        slot: Slot(start: start + .minutes(index * minutes), length: .minutes(minutes)),
        importPrice: EnergyPrice(index * minutes < 120 ? 10 : 20), importCap: Kilowatts(20))
    }, banks: [ProblemBank(name: "a", rigs: 4, draw: Kilowatts(2), revenuePerRigHour: Money(30))])
  problem.solver.timeLimit = nil
  return problem
}

private func flexible(_ problem: PlanProblem) throws -> FlexiblePlan? {
  guard case .planned(let plan) = try Planner.flexibility(problem, solver: HiGHSSolver()) else { return nil }
  return plan
}

@Suite struct `The flexibility of a plan` {
  @Test(arguments: [10, 15, 30, 60])
  func `is power in kW, whatever the length of a slot`(minutes: Int) throws {
    let plan = try #require(try flexible(problem(minutes: minutes)))
    #expect(plan.windows.count == (minutes == 60 ? 4 : 8))
    let first = try #require(plan.windows.first)
    #expect(first.baseline == Kilowatts(8))
    #expect(first.down.map { abs($0.power.value - 8) < 1e-6 } == true)
    #expect(first.down.map { abs($0.energy.value - 8 * first.slot.hours) < 1e-6 } == true)
    // A rig-hour earns 30 and costs 20: each kWh left out loses 5.
    #expect(first.down.map { abs($0.price.value - 5) < 1e-3 } == true)
    #expect(first.up == nil)
    #expect(first.callableDown == Kilowatts(8))
    // Later energy costs more than a rig earns: up is possible, at 5 a kWh.
    let last = try #require(plan.windows.last)
    #expect(last.baseline == .zero)
    #expect(last.down == nil)
    #expect(last.up.map { abs($0.power.value - 8) < 1e-6 && abs($0.price.value - 5) < 1e-3 } == true)
    #expect(last.callableUp == Kilowatts(8))
  }

  @Test func `respects dwell, commitments and the cap`() throws {
    var bound = problem()
    bound.banks[0].minimumOn = .hours(2)
    bound.banks[0].runningFor = Array(repeating: .minutes(30), count: 3)
    bound.banks[0].minimumRunning = 1
    for slot in bound.slots.indices { bound.slots[slot].importCap = Kilowatts(6) }
    let plan = try #require(try flexible(bound))
    // Three rigs must run for another hour and a half, and the cap holds a fourth back.
    #expect(plan.windows[0].down == nil)
    #expect(plan.windows[0].callableDown == .zero)
    #expect(plan.windows[0].up == nil)
    #expect(plan.windows[3].down.map { abs($0.power.value - 4) < 1e-6 } == true)
    var needed = problem()
    needed.rigHourLimits = [RigHourLimit(window: Slot(start: start, length: .minutes(30)), minimum: 1.5)]
    #expect(try flexible(needed)?.windows[0].down.map { abs($0.power.value - 2) < 1e-6 } == true)
    #expect(try flexible(needed)?.windows[0].callableDown == Kilowatts(2))
  }

  @Test func `counts only what the grid connection shows`() throws {
    var sunny = problem()
    sunny.limits.curtailable = true
    sunny.slots[0].renewable = [Kilowatts(7)]
    let plan = try #require(try flexible(sunny))
    // Eight kW run on seven of sun: only one can be left out of the import, and one rig fewer does it.
    #expect(plan.windows[0].baseline == Kilowatts(1))
    #expect(plan.windows[0].down.map { abs($0.power.value - 1) < 1e-6 } == true)
    #expect(plan.windows[0].down.map { abs($0.cost.value - (15 - 5)) < 1e-6 } == true)
    #expect(plan.windows[0].callableDown == Kilowatts(1))
  }

  /// A baseline less an offer is a cap that a plan can keep.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `is really achievable`(seed: UInt64) throws {
    var problem = RandomProblem.make(seed)
    problem.solver.relativeGap = 1e-5
    if problem.slots.count > 12 { return }
    guard let flexible = try flexible(problem) else { return }
    let installed = problem.banks.reduce(0) { $0 + Double($1.rigs) * $1.draw.value * 1.2 }
    for window in flexible.windows {
      for offer in [window.down, window.up].compactMap(\.self) {
        #expect(offer.power.value > 0 && offer.power.value <= installed)
        #expect(abs(offer.energy.value - offer.power.value * window.slot.hours) < 1e-9)
        #expect(offer.cost.value >= -offer.uncertainty.value - 1e-6)
      }
      let slots = problem.slots.indices.filter { window.slot.contains(problem.slots[$0].slot.start) }
      guard let down = window.down, slots.count == 1, problem.scenarioWeights.count == 1,
        window.baseline >= down.power
      else { continue }
      var capped = problem
      capped.limits.soft = false
      capped.slots[slots[0]].importCap = window.baseline - down.power + Kilowatts(1e-6)
      guard case .planned(let plan) = try Planner.plan(capped, solver: HiGHSSolver()) else {
        Issue.record("no plan keeps \(capped.slots[slots[0]].importCap?.value ?? 0) kW")
        continue
      }
      #expect(PlanAudit.findings(plan, for: capped) == [])
    }
  }

  @Test func `comes from limits on the rigs' load that the planner keeps and the audit checks`() throws {
    var limited = problem()
    guard case .planned(let free) = try Planner.plan(limited, solver: HiGHSSolver()) else { return }
    limited.slots[0].maximumRigLoad = Kilowatts(5)
    limited.slots[7].minimumRigLoad = Kilowatts(3)
    #expect(PlanAudit.findings(free, for: limited).map(\.rule) == [.rigLoad, .rigLoad])
    #expect(try PlanProblem(json: limited.json()).slots == limited.slots)
    for banks in 1...2 {
      var several = limited
      if banks == 2 {
        several.banks.append(
          ProblemBank(name: "b", rigs: 1, draw: Kilowatts(1), revenuePerRigHour: Money(15)))
      }
      guard case .planned(let plan) = try Planner.plan(several, solver: HiGHSSolver()) else {
        Issue.record("no plan for \(banks) banks")
        continue
      }
      #expect(PlanAudit.findings(plan, for: several) == [])
      #expect(plan.slots[0].load <= Kilowatts(5))
      #expect(plan.slots[7].load >= Kilowatts(3))
    }
  }

  /// Jobs of GridFlex's kinds. It offers the kWh of a job as its kW, which overstates by the hours it runs.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `never takes a job's energy for its power`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kinds: [(kWh: ClosedRange<Double>, hours: ClosedRange<Double>)] = [
      (100...500, 4...24), (50...200, 2...12), (10...50, 0.5...4), (20...100, 1...6), (50...150, 2...8),
    ]
    let jobs = (0..<15).map { _ in
      let kind = kinds[random.below(kinds.count)]
      return (
        kWh: random.uniform(kind.kWh.lowerBound, kind.kWh.upperBound),
        hours: random.uniform(kind.hours.lowerBound, kind.hours.upperBound)
      )
    }
    let power = jobs.reduce(0) { $0 + $1.kWh / $1.hours }
    let energy = jobs.reduce(0) { $0 + $1.kWh }
    // All of them run in the first half-hour, each a rig of its own that earns more than it costs.
    var running = problem()
    for slot in running.slots.indices { running.slots[slot].importCap = nil }
    running.banks = jobs.enumerated().map { index, job in
      ProblemBank(
        name: "job\(index)", rigs: 1, draw: Kilowatts(job.kWh / job.hours),
        revenuePerRigHour: Money(15 * job.kWh / job.hours))
    }
    let offered = try #require(try flexible(running)?.windows[0].down)
    #expect(abs(offered.power.value - power) < 1e-6 * power)
    #expect(abs(offered.energy.value - power / 2) < 1e-6 * power)
    #expect(energy / offered.power.value > 3, "what GridFlex would sell, in kWh called kW")
  }
}
