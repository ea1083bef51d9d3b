import Quantities

/// Turns counts of rigs into a plan: every other number of a plan follows from them.
struct PlanAssembly {
  let grid: ProblemGrid
  /// Rigs running, by bank and slot.
  let running: [[Double]]
  /// Rig-hours of each job in each slot.
  let jobHours: [[Double]]
  /// By `slot * scenarioCount + scenario`.
  let flows: [Dispatch]
  /// Expectation over the scenarios, by slot.
  let expected: [Dispatch]

  /// `flows` are those of the solver where a limit couples them over slots; otherwise the cheapest ones are taken.
  init(_ grid: ProblemGrid, running: [[Double]], jobHours: [[Double]], flows: [Dispatch]? = nil) {
    self.grid = grid
    self.running = running
    self.jobHours = jobHours
    self.flows = flows ?? Self.cheapestFlows(grid, running)
    self.expected = Self.expectations(self.flows, grid.weights)
  }

  private static func cheapestFlows(_ grid: ProblemGrid, _ running: [[Double]]) -> [Dispatch] {
    var flows: [Dispatch] = []
    flows.reserveCapacity(grid.slotCount * grid.scenarioCount)
    for slot in 0..<grid.slotCount {
      let load = Self.rigLoad(grid, running, slot)
      for scenario in 0..<grid.scenarioCount {
        flows.append(Dispatch.cheapest(rigLoad: load, slot: slot, scenario: scenario, in: grid))
      }
    }
    return flows
  }

  private static func expectations(_ flows: [Dispatch], _ weights: [Double]) -> [Dispatch] {
    stride(from: 0, to: flows.count, by: weights.count).map { first in
      var sum = Dispatch(imported: 0, absorbed: 0, exported: 0, curtailed: 0, cost: 0)
      for (scenario, weight) in weights.enumerated() {
        let flow = flows[first + scenario]
        sum.imported += weight * flow.imported
        sum.absorbed += weight * flow.absorbed
        sum.exported += weight * flow.exported
        sum.curtailed += weight * flow.curtailed
        sum.cost += weight * flow.cost
      }
      return sum
    }
  }

  static func rigLoad(_ grid: ProblemGrid, _ running: [[Double]], _ slot: Int) -> Double {
    grid.banks.indices.reduce(0) { $0 + grid.banks[$1].draw[slot] * running[$1][slot] }
  }

  /// CO2 of expected imports less what the average cap allows, in kg; positive where the cap is broken.
  var carbonExcess: Double {
    guard let cap = self.grid.problem.limits.averageCarbonCap?.value else { return 0 }
    var excess = 0.0
    for slot in 0..<self.grid.slotCount {
      let hours = self.grid.hours[slot]
      excess += self.expected[slot].imported * self.grid.carbon[slot] / 1000 * hours
      excess -= cap / 1000 * Self.rigLoad(self.grid, self.running, slot) * hours
    }
    return excess
  }

  /// CO2 of expected imports beyond the most allowed, in kg; not positive where the limit is kept.
  var co2Excess: Double {
    guard let most = self.grid.problem.limits.maximumCO2?.value else { return 0 }
    return (0..<self.grid.slotCount).reduce(-most) { sum, slot in
      sum + self.expected[slot].imported * self.grid.carbon[slot] / 1000 * self.grid.hours[slot]
    }
  }

  func plan(status: Plan.Status, bound: Double, method: String) -> Plan {
    let totals = self.totals()
    let objective = totals.expectedCost.value + self.tailCost(totals)
    return Plan(
      status: status, objective: objective, bound: min(bound, objective), method: method, slots: self.slots(),
      totals: totals, jobs: self.jobs(), slack: SlackReport.slack(of: self),
      baselines: Baselines.costs(rigHours: totals.rigHours, in: self.grid))
  }

  private func slots() -> [PlannedSlot] {
    (0..<self.grid.slotCount).map { slot in
      let first = slot * self.grid.scenarioCount
      return PlannedSlot(
        slot: self.grid.problem.slots[slot].slot, running: self.running.map { $0[slot] },
        load: Kilowatts(Self.rigLoad(self.grid, self.running, slot) + self.grid.otherLoad[slot]),
        imported: Kilowatts(self.expected[slot].imported),
        absorbed: Kilowatts(self.expected[slot].absorbed),
        exported: Kilowatts(self.expected[slot].exported),
        curtailed: Kilowatts(self.expected[slot].curtailed),
        flows: self.flows[first..<first + self.grid.scenarioCount].map { flow in
          PowerFlow(
            imported: Kilowatts(flow.imported), absorbed: Kilowatts(flow.absorbed),
            exported: Kilowatts(flow.exported), curtailed: Kilowatts(flow.curtailed))
        })
    }
  }

  private func jobs() -> [PlannedJob] {
    zip(self.grid.problem.jobs, self.grid.jobs).enumerated().map { index, job in
      let delivered = job.1.slots.reduce(0) { $0 + self.jobHours[index][$1] }
      let late = job.0.rigHours - delivered
      return PlannedJob(
        name: job.0.name, rigHoursBySlot: self.jobHours[index], lateRigHours: late > 1e-6 ? late : 0)
    }
  }

  private func totals() -> PlanTotals {
    let weights = self.grid.problem.weights
    var energy = (load: 0.0, imported: 0.0, absorbed: 0.0, exported: 0.0, curtailed: 0.0, byRigs: 0.0)
    var energyCost = 0.0
    var co2 = 0.0
    for (index, slot) in self.grid.problem.slots.enumerated() {
      let hours = self.grid.hours[index]
      let flow = self.expected[index]
      let rigLoad = Self.rigLoad(self.grid, self.running, index)
      energy.load += (rigLoad + self.grid.otherLoad[index]) * hours
      energy.imported += flow.imported * hours
      energy.absorbed += flow.absorbed * hours
      energy.exported += flow.exported * hours
      energy.curtailed += flow.curtailed * hours
      energy.byRigs += self.absorbedByRigs(index, rigLoad) * hours
      energyCost += (slot.importPrice.value * flow.imported - slot.exportPrice.value * flow.exported) * hours
      co2 += slot.carbon.value * flow.imported * hours / 1000
    }
    var totals = PlanTotals()
    totals.load = KilowattHours(energy.load)
    totals.imported = KilowattHours(energy.imported)
    totals.absorbed = KilowattHours(energy.absorbed)
    totals.exported = KilowattHours(energy.exported)
    totals.curtailed = KilowattHours(energy.curtailed)
    totals.energyCost = Money(energyCost)
    totals.co2 = KilogramsCO2(co2)
    totals.carbonCost = weights.carbonPrice * co2
    totals.bonus = weights.renewableBonus * KilowattHours(energy.byRigs)
    for (index, bank) in self.grid.problem.banks.enumerated() {
      let hours = zip(self.running[index], self.grid.hours).reduce(0) { $0 + $1.0 * $1.1 }
      let starts = Self.starts(self.running[index], from: self.grid.banks[index].initial).reduce(0, +)
      totals.rigHours += hours
      totals.starts += starts
      totals.revenue = totals.revenue + bank.revenuePerRigHour * hours
      totals.startCost = totals.startCost + bank.startCost * starts
    }
    return totals
  }

  private func absorbedByRigs(_ slot: Int, _ rigLoad: Double) -> Double {
    let first = slot * self.grid.scenarioCount
    var power = 0.0
    for scenario in 0..<self.grid.scenarioCount {
      power += self.grid.weights[scenario] * min(self.flows[first + scenario].absorbed, rigLoad)
    }
    return power
  }

  static func starts(_ running: [Double], from initial: Int) -> [Double] {
    running.indices.map { max(0, running[$0] - ($0 == 0 ? Double(initial) : running[$0 - 1])) }
  }

  /// `cvarWeight` times the mean of the worst `1 - cvarAlpha` of the scenarios' whole costs.
  private func tailCost(_ totals: PlanTotals) -> Double {
    let weights = self.grid.problem.weights
    guard weights.cvarWeight > 0 else { return 0 }
    let certain = (totals.startCost - totals.revenue).value
    let costs = (0..<self.grid.scenarioCount).map { scenario in
      (0..<self.grid.slotCount).reduce(certain) { sum, slot in
        sum + self.flows[slot * self.grid.scenarioCount + scenario].cost * self.grid.hours[slot]
      }
    }
    var tail = 1 - weights.cvarAlpha
    var sum = 0.0
    for scenario in costs.indices.sorted(by: { costs[$0] > costs[$1] }) where tail > 0 {
      let share = min(tail, self.grid.weights[scenario])
      sum += share * costs[scenario]
      tail -= share
    }
    return weights.cvarWeight * sum / (1 - weights.cvarAlpha)
  }
}
