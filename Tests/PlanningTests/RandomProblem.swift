import Planning
import Quantities

/// Problems from seeds: mixed slot lengths, negative prices, rigs in mid-dwell, banks, scenarios, jobs and limits that
/// may bind or be impossible.
enum RandomProblem {
  static func make(_ seed: UInt64) -> PlanProblem {
    var random = SplitMix64(seed: seed)
    var problem = PlanProblem(slots: Self.slots(&random), banks: [])
    let scenarios = problem.slots[0].renewable.count
    problem.scenarioWeights = Array(repeating: 1 / Double(scenarios), count: scenarios)
    problem.banks = (0..<(1 + random.below(8) / 4 + random.below(8) / 7)).map { Self.bank($0, &random) }
    if problem.banks.count > 1, random.chance(0.3) {
      problem.banks[1] = Self.twin(of: problem.banks, &random)
    }
    Self.addWindows(to: &problem, &random)
    Self.addJobs(to: &problem, &random)
    if random.chance(0.2) { problem.limits.averageCarbonCap = CarbonIntensity(random.uniform(100, 400)) }
    if random.chance(0.2) { problem.limits.importCarbonCeiling = CarbonIntensity(random.uniform(350, 520)) }
    if random.chance(0.2) { problem.limits.maximumRigChangePerSlot = 1 + random.below(6) }
    problem.limits.curtailable = random.chance(0.5)
    problem.limits.soft = random.chance(0.7)
    problem.weights = ObjectiveWeights(
      carbonPrice: Money(random.chance(0.5) ? 5 : 0), renewableBonus: EnergyPrice(random.chance(0.5) ? 8 : 0),
      cvarAlpha: 0.5, cvarWeight: scenarios > 1 && random.chance(0.3) ? 0.5 : 0)
    problem.solver = SolverSettings(
      integral: random.chance(0.9), relativeGap: 1e-3, timeLimit: nil, nodeLimit: 50)
    return problem
  }

  private static func slots(_ random: inout SplitMix64) -> [ProblemSlot] {
    let lengths = [[60], [30], [15], [5, 10, 15, 30, 60]][random.below(4)]
    let scenarios = [1, 1, 1, 2, 4][random.below(5)]
    let cap = random.chance(0.3) ? nil : Kilowatts(random.uniform(5, 60))
    let exportCap = random.chance(0.8) ? nil : Kilowatts(random.uniform(20, 80))
    let exportPrice = [0, 0, random.uniform(1, 25), -2][random.below(4)]
    let other = [0, 0, random.uniform(0, 20)][random.below(3)]
    let hasNegativePrices = random.chance(0.3)
    let level = random.uniform(0, 60)
    var start = UTCInstant(seconds: 1_743_200_000)
    return (0..<(4 + random.below(24))).map { _ in
      let slot = Slot(start: start, length: .minutes(lengths[random.below(lengths.count)]))
      start = slot.end
      var planned = ProblemSlot(slot: slot, importPrice: EnergyPrice(random.uniform(3, 25)))
      if hasNegativePrices, random.chance(0.4) { planned.importPrice = EnergyPrice(random.uniform(-10, 0)) }
      planned.exportPrice = EnergyPrice(exportPrice * random.uniform(0.5, 1.2))
      planned.carbon = CarbonIntensity(random.uniform(300, 550))
      planned.renewable = (0..<scenarios).map { _ in Kilowatts(max(0, level + random.uniform(-50, 50))) }
      planned.ambient = Celsius(random.uniform(5, 38))
      planned.otherLoad = Kilowatts(other * random.uniform(0.3, 1.5))
      planned.importCap = cap
      planned.exportCap = exportCap
      return planned
    }
  }

  private static func bank(_ index: Int, _ random: inout SplitMix64) -> ProblemBank {
    let rigs = 1 + random.below(14)
    let on = random.chance(0.6) ? random.below(rigs + 1) : 0
    let off = random.chance(0.4) ? random.below(rigs - on + 1) : 0
    return ProblemBank(
      name: "bank\(index)", rigs: rigs, draw: Kilowatts(random.uniform(1, 4)),
      heatCoefficient: random.chance(0.5) ? 0.005 : 0, minimumOn: .minutes([0, 20, 60, 95][random.below(4)]),
      minimumOff: .minutes([0, 15, 30, 70][random.below(4)]), startCost: Money([0, 5, 20][random.below(3)]),
      revenuePerRigHour: Money([0, 0, 25][random.below(3)]),
      minimumRunning: random.chance(0.2) ? random.below(rigs + 1) : 0,
      runningFor: (0..<on).map { _ in .minutes(random.below(120)) },
      stoppedFor: (0..<off).map { _ in .minutes(random.below(60)) })
  }

  /// The second bank with the first one's rigs, in a state of their own.
  private static func twin(of banks: [ProblemBank], _ random: inout SplitMix64) -> ProblemBank {
    var twin = banks[0]
    twin.name = banks[1].name
    twin.rigs = banks[1].rigs
    twin.runningFor = banks[1].runningFor
    twin.stoppedFor = banks[1].stoppedFor
    twin.minimumRunning = min(twin.minimumRunning, twin.rigs)
    return twin
  }

  private static func window(of problem: PlanProblem, _ random: inout SplitMix64) -> Slot {
    let first = random.below(problem.slots.count)
    let last = first + random.below(problem.slots.count - first)
    return Slot(start: problem.slots[first].slot.start, end: problem.slots[last].slot.end)
      ?? problem.slots[0].slot
  }

  private static func addWindows(to problem: inout PlanProblem, _ random: inout SplitMix64) {
    let rigs = Double(problem.banks.reduce(0) { $0 + $1.rigs })
    for _ in 0..<random.below(3) {
      let window = Self.window(of: problem, &random)
      let most = rigs * window.hours
      let minimum = random.uniform(0, 0.5) * most
      problem.rigHourLimits.append(
        RigHourLimit(
          window: window, minimum: random.chance(0.7) ? minimum : nil,
          maximum: random.chance(0.7) ? minimum + random.uniform(0.1, 0.6) * most : nil))
    }
    if random.chance(0.25) {
      problem.startLimits.append(
        StartLimit(bank: "bank0", window: Self.window(of: problem, &random), maximum: random.below(20)))
    }
  }

  private static func addJobs(to problem: inout PlanProblem, _ random: inout SplitMix64) {
    for index in 0..<[0, 0, 0, 1, 2][random.below(5)] {
      let bank = problem.banks[random.below(problem.banks.count)]
      let window = Self.window(of: problem, &random)
      let rigs = 1 + random.below(bank.rigs)
      problem.jobs.append(
        ProblemJob(
          name: "job\(index)", bank: bank.name,
          rigHours: Double(rigs) * window.hours * random.uniform(0.1, 0.8),
          maximumRigs: rigs, release: window.start, deadline: window.end, interruptible: random.chance(0.6),
          critical: random.chance(0.2)))
    }
  }
}
