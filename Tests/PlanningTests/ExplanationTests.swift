import HiGHSSolver
import Planning
import Quantities
import Testing

private let start = UTCInstant(seconds: 1_741_564_800)

/// Four hours at 10, 30, 10 and 10 per kWh for one bank of rigs that earn 40 an hour.
private func problem(draw: Double = 2) -> PlanProblem {
  var problem = PlanProblem(
    slots: [10, 30, 10, 10].enumerated().map { hour, price in
      ProblemSlot(
        slot: Slot(start: start + .hours(hour), length: .hours(1)), importPrice: EnergyPrice(Double(price)),
        importCap: Kilowatts(20))
    },
    banks: [ProblemBank(name: "a", rigs: 4, draw: Kilowatts(draw), revenuePerRigHour: Money(40))])
  problem.solver.timeLimit = nil
  return problem
}

private func explained(_ problem: PlanProblem) throws -> [SlotExplanation] {
  guard case .planned(let plan) = try Planner.plan(problem, solver: HiGHSSolver()) else { return [] }
  return PlanExplanation.explain(plan, for: problem)
}

@Suite struct `An explained plan` {
  @Test func `prices energy and one rig more or fewer`() throws {
    let slots = try explained(problem())
    #expect(slots.map { $0.banks[0].running } == [4, 0, 4, 4])
    #expect(abs(slots[1].marginalPrice.value - 30) < 1e-6)
    let idle = slots[1].banks[0]
    #expect(idle.holdsMore == .price)
    #expect(abs((idle.more?.cost.value ?? 0) - (2 * 30 - 40)) < 1e-6)
    #expect(idle.holdsFewer == .bankSize)
    let busy = slots[0].banks[0]
    #expect(busy.holdsMore == .bankSize)
    #expect(abs((busy.fewer?.cost.value ?? 0) - (40 - 2 * 10)) < 1e-6)
  }

  @Test func `names the import cap`() throws {
    var capped = problem()
    for slot in capped.slots.indices { capped.slots[slot].importCap = Kilowatts(5) }
    #expect(try explained(capped)[0].banks[0].holdsMore == .importCap)
  }

  @Test func `names the carbon ceiling`() throws {
    var dirty = problem()
    dirty.slots[0].carbon = CarbonIntensity(600)
    dirty.limits.importCarbonCeiling = CarbonIntensity(500)
    #expect(try explained(dirty)[0].banks[0].holdsMore == .carbonCeiling)
  }

  @Test func `names rig-hours reached and rig-hours needed`() throws {
    let day = Slot(start: start, length: .hours(4))
    var limited = problem()
    limited.rigHourLimits = [RigHourLimit(window: day, maximum: 6)]
    let slots = try explained(limited)
    #expect(slots.contains { $0.banks[0].holdsMore == .maximumRigHours })
    var needed = problem()
    needed.rigHourLimits = [RigHourLimit(window: day, minimum: 14)]
    #expect(try explained(needed)[1].banks[0].holdsFewer == .minimumRigHours)
  }

  @Test func `names dwell times`() throws {
    var dwelling = problem(draw: 3)
    dwelling.slots[0].importPrice = EnergyPrice(40)
    dwelling.banks[0].minimumOn = .hours(2)
    dwelling.banks[0].runningFor = [.minutes(90)]
    let running = try explained(dwelling)[0].banks[0]
    #expect(running.running == 1)
    #expect(running.holdsFewer == .minimumOn)
    var resting = problem()
    resting.banks[0].minimumOff = .hours(3)
    resting.banks[0].stoppedFor = Array(repeating: .hours(1), count: 4)
    #expect(try explained(resting)[0].banks[0].holdsMore == .minimumOff)
  }

  @Test func `names the floor, the job and the surplus that must be used`() throws {
    var floored = problem()
    floored.banks[0].minimumRunning = 1
    #expect(try explained(floored)[1].banks[0].holdsFewer == .minimumRunning)
    var working = problem()
    working.jobs = [
      ProblemJob(
        name: "j", bank: "a", rigHours: 2, maximumRigs: 2, release: start + .hours(1),
        deadline: start + .hours(2))
    ]
    #expect(try explained(working)[1].banks[0].holdsFewer == .job)
    var surplus = problem()
    surplus.slots[1].renewable = [Kilowatts(4)]
    surplus.slots[1].exportPrice = EnergyPrice(60)
    surplus.slots[1].exportCap = .zero
    #expect(try explained(surplus)[1].banks[0].holdsFewer == .exportCap)
  }

  @Test func `names the ramp and the start limit`() throws {
    var ramped = problem()
    ramped.limits.maximumRigChangePerSlot = 1
    #expect(try explained(ramped)[0].banks[0].holdsMore == .ramp)
    var limited = problem()
    limited.startLimits = [StartLimit(bank: "a", window: Slot(start: start, length: .hours(4)), maximum: 2)]
    #expect(try explained(limited)[2].banks[0].holdsMore == .startLimit)
  }
}
