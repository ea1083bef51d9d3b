import HiGHSSolver
import Planning
import Quantities
import Testing

private let start = UTCInstant(seconds: 1_741_564_800)

/// Three hours, two rigs, two rig-hours to run: cheap is dirty and dear is clean.
private func small(rigHours: Double = 2) -> PlanProblem {
  let hours: [(price: Double, carbon: Double)] = [(10, 600), (14, 300), (25, 100)]
  var problem = PlanProblem(
    slots: hours.enumerated().map { index, hour in
      ProblemSlot(
        slot: Slot(start: start + .hours(index), length: .hours(1)), importPrice: EnergyPrice(hour.price),
        carbon: CarbonIntensity(hour.carbon))
    }, banks: [ProblemBank(name: "a", rigs: 2, draw: Kilowatts(2))],
    rigHourLimits: [RigHourLimit(window: Slot(start: start, length: .hours(3)), minimum: rigHours)])
  problem.solver.timeLimit = nil
  return problem
}

private func front(_ problem: PlanProblem, points: Int) throws -> ParetoFront? {
  guard case .front(let front) = try Planner.paretoFront(problem, points: points, solver: HiGHSSolver())
  else { return nil }
  return front
}

/// Cost and CO2 of every way to run the small problem.
private func everyWay() -> [(cost: Double, co2: Double)] {
  let hours: [(price: Double, carbon: Double)] = [(10, 600), (14, 300), (25, 100)]
  var ways: [(cost: Double, co2: Double)] = []
  for a in 0...2 {
    for b in 0...2 {
      for c in 0...2 where a + b + c >= 2 {
        let counts = [a, b, c].map(Double.init)
        ways.append(
          (
            zip(counts, hours).reduce(0) { $0 + 2 * $1.0 * $1.1.price },
            zip(counts, hours).reduce(0) { $0 + 2 * $1.0 * $1.1.carbon / 1000 }
          ))
      }
    }
  }
  return ways
}

@Suite struct `A front of cost against CO2` {
  @Test(arguments: [2, 3, 5, 9, 33])
  func `holds the best of every way to run, at its caps`(points: Int) throws {
    let front = try #require(try front(small(), points: points))
    #expect(front.points.first?.cost == Money(40))
    #expect(front.points.last.map { abs($0.co2.value - 0.4) < 1e-6 } == true)
    #expect(front.points.count + front.removed.count == points)
    for point in front.points + front.removed.map(\.point) {
      let allowed = point.cap?.value ?? .infinity
      let best = everyWay().filter { $0.co2 <= allowed + 1e-6 }.map(\.cost).min()
      #expect(abs(point.cost.value - (best ?? 0)) < 1e-6)
      #expect(point.co2.value <= allowed + 1e-6)
    }
    // A dense front finds each plan that no other beats: 40, 48, 56, 78 and 100.
    if points == 33 { #expect(front.points.map { $0.cost.value.rounded() } == [40, 48, 56, 78, 100]) }
  }

  @Test func `says what a kilogram costs from point to point`() throws {
    let front = try #require(try front(small(), points: 2))
    #expect(front.costPerKilogram(at: 0) == nil)
    #expect(front.costPerKilogram(at: 1).map { abs($0.value - 60 / 2) < 1e-4 } == true)
  }

  @Test func `is one point where the cheapest plan is the cleanest, and says so`() throws {
    var problem = small()
    for slot in problem.slots.indices { problem.slots[slot].carbon = CarbonIntensity(100) }
    let front = try #require(try front(problem, points: 4))
    #expect(front.points.count == 1)
    #expect(front.removed.allSatisfy { $0.cause == .duplicate })
    #expect(!front.removed.isEmpty)
  }

  @Test func `takes the cleaner of two plans that cost the same`() throws {
    var problem = small()
    problem.slots[1].importPrice = EnergyPrice(10)
    let front = try #require(try front(problem, points: 2))
    #expect(front.points[0].cost == Money(40))
    #expect(abs(front.points[0].co2.value - 1.2) < 1e-9)
  }

  @Test func `counts carbon on its own axis, whatever its price`() throws {
    var priced = small()
    priced.weights.carbonPrice = Money(50)
    #expect(try front(priced, points: 3)?.points.map(\.cost) == front(small(), points: 3)?.points.map(\.cost))
  }

  @Test func `names the limit when no plan keeps all of them`() throws {
    let outcome = try Planner.paretoFront(small(rigHours: 7), points: 3, solver: HiGHSSolver())
    guard case .infeasible(let infeasibility) = outcome else {
      Issue.record("a plan of seven rig-hours in six")
      return
    }
    #expect(infeasibility.limit == .minimumRigHours)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `holds audited plans of which none beats another`(seed: UInt64) throws {
    let problem = RandomProblem.make(seed)
    guard let front = try front(problem, points: 5) else { return }
    var hard = problem
    hard.weights.carbonPrice = .zero
    hard.limits.soft = false
    for point in front.points {
      hard.limits.maximumCO2 = point.cap
      #expect(PlanAudit.findings(point.plan, for: hard) == [])
      #expect(point.plan.bound <= point.cost.value + 1e-9)
    }
    for (cheaper, cleaner) in zip(front.points, front.points.dropFirst()) {
      #expect(cheaper.cost < cleaner.cost)
      #expect(cheaper.co2 > cleaner.co2)
    }
    // The first end is the cheapest plan there is, the last one has the least CO2 there is.
    hard.limits.maximumCO2 = nil
    guard case .planned(let cheapest) = try Planner.plan(hard, solver: HiGHSSolver()) else { return }
    let first = try #require(front.points.first)
    #expect(first.cost.value <= cheapest.objective + 1e-6 * max(1, abs(cheapest.objective)))
    #expect(front.points.allSatisfy { $0.cost.value >= cheapest.bound - 1e-6 * max(1, abs(cheapest.bound)) })
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `is kept by the planner's own limit on CO2, and the audit sees a breach`(seed: UInt64) throws {
    var problem = RandomProblem.make(seed)
    problem.limits.soft = false
    guard case .planned(let free) = try Planner.plan(problem, solver: HiGHSSolver()),
      free.totals.co2.value > 1
    else { return }
    problem.limits.maximumCO2 = free.totals.co2 * 0.9
    #expect(PlanAudit.findings(free, for: problem).map(\.rule).contains(.maximumCO2))
    switch try Planner.plan(problem, solver: HiGHSSolver()) {
    case .infeasible(let infeasibility): #expect(infeasibility.missing >= 0)
    case .planned(let plan): #expect(PlanAudit.findings(plan, for: problem) == [])
    }
  }
}
