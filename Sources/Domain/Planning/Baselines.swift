import Quantities

/// What the same rig-hours cost without a plan, under the same import caps.
///
/// Baselines run fractions of rigs, take those with the lowest draw first, and switch freely, so they never look worse
/// than a site could run them.
enum Baselines {
  static func costs(rigHours: Double, in grid: ProblemGrid) -> PlanBaselines {
    let room = (0..<grid.slotCount).map { Self.room($0, in: grid) }
    return PlanBaselines(
      continuous: Self.cost(Self.even(rigHours, room, grid.hours), in: grid),
      asap: Self.cost(Self.inOrder(Array(0..<grid.slotCount), rigHours, room, grid.hours), in: grid),
      reference: Self.cost(
        Self.inOrder(Self.referenceOrder(grid), rigHours, room, grid.hours), in: grid))
  }

  /// The most rigs that run in a slot within the import cap of every scenario.
  private static func room(_ slot: Int, in grid: ProblemGrid) -> Double {
    var power = Double.infinity
    for scenario in 0..<grid.scenarioCount {
      power = min(
        power, grid.renewable(slot, scenario) + grid.importCap(slot, scenario) - grid.otherLoad[slot])
    }
    var rigs = 0.0
    for bank in Self.byDraw(slot, grid) {
      let draw = bank.draw[slot]
      let fitting = draw > 0 ? min(Double(bank.rigs), max(0, power) / draw) : Double(bank.rigs)
      rigs += fitting
      power -= fitting * draw
    }
    return rigs
  }

  private static func byDraw(_ slot: Int, _ grid: ProblemGrid) -> [BankGrid] {
    grid.banks.sorted { $0.draw[slot] < $1.draw[slot] }
  }

  /// One level for all slots, cut where there is less room, by bisection.
  private static func even(_ rigHours: Double, _ room: [Double], _ hours: [Double]) -> [Double] {
    var low = 0.0
    var high = room.max() ?? 0
    for _ in 0..<60 {
      let level = (low + high) / 2
      let total = zip(room, hours).reduce(0) { $0 + min(level, $1.0) * $1.1 }
      if total < rigHours { low = level } else { high = level }
    }
    return room.map { min(high, $0) }
  }

  /// Fills slots in the order given until the rig-hours are reached.
  private static func inOrder(_ order: [Int], _ rigHours: Double, _ room: [Double], _ hours: [Double])
    -> [Double]
  {
    var left = rigHours
    var rigs = [Double](repeating: 0, count: room.count)
    for slot in order where left > 0 {
      rigs[slot] = min(room[slot], left / hours[slot])
      left -= rigs[slot] * hours[slot]
    }
    return rigs
  }

  /// GridShift's linear program for fixed rig-hours is a continuous knapsack: cheapest slots first by its own cost per
  /// rig-hour, which prices the whole load as import, spreads the bonus over all rigs and leaves out its slot length.
  private static func referenceOrder(_ grid: ProblemGrid) -> [Int] {
    let rigs = Double(grid.banks.reduce(0) { $0 + $1.rigs })
    let cost = (0..<grid.slotCount).map { slot in
      let draw = grid.banks.reduce(0) { $0 + $1.draw[slot] * Double($1.rigs) } / max(1, rigs)
      let renewable = (0..<grid.scenarioCount).reduce(0) { $0 + grid.weights[$1] * grid.renewable(slot, $1) }
      let price = max(grid.problem.slots[slot].importPrice.value, 0.5)
      let carbonPrice = grid.problem.weights.carbonPrice.value
      let energy = draw * (price + grid.carbon[slot] * carbonPrice / 1000)
      return energy - min(draw, renewable / max(1, rigs)) * grid.bonus / grid.hours[slot]
    }
    return cost.indices.sorted { (cost[$0], $0) < (cost[$1], $1) }
  }

  private static func cost(_ rigs: [Double], in grid: ProblemGrid) -> BaselineCost {
    var energyCost = 0.0
    var co2 = 0.0
    for (index, slot) in grid.problem.slots.enumerated() {
      var left = rigs[index]
      var load = 0.0
      for bank in Self.byDraw(index, grid) {
        let running = min(left, Double(bank.rigs))
        load += running * bank.draw[index]
        left -= running
      }
      for scenario in 0..<grid.scenarioCount {
        let flow = Dispatch.cheapest(rigLoad: load, slot: index, scenario: scenario, in: grid)
        let hours = grid.hours[index] * grid.weights[scenario]
        energyCost +=
          (slot.importPrice.value * flow.imported - slot.exportPrice.value * flow.exported) * hours
        co2 += slot.carbon.value * flow.imported * hours / 1000
      }
    }
    return BaselineCost(
      energyCost: Money(energyCost), carbonCost: grid.problem.weights.carbonPrice * co2,
      co2: KilogramsCO2(co2))
  }
}

extension PlanBaselines {
  /// What `rigHours` would cost without a plan on the slots of `problem`, which need not be neighbours.
  public static func of(_ problem: PlanProblem, rigHours: Double) -> PlanBaselines {
    Baselines.costs(rigHours: rigHours, in: ProblemGrid(problem))
  }
}
