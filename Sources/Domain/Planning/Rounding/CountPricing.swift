/// What one rig more or less costs in a slot, for a search over whole counts. Infinite where it cannot be.
protocol CountPricing {
  /// What all prices of one slot have in common.
  associatedtype SlotState
  func state(of slot: Int, _ counts: [[Int]]) -> SlotState
  /// Cost of `change` rigs more in a bank.
  func cost(of change: Int, bank: Int, _ state: SlotState, _ counts: [[Int]]) -> Double
  /// Cost of one rig more in a bank and one less in another.
  func cost(ofSwapping bank: Int, for other: Int, _ state: SlotState, _ counts: [[Int]]) -> Double
}

/// Prices by the power flows of a slot: banks share its load.
struct LoadPricing: CountPricing {
  /// Currency per kW or rig by which a limit is missed: above any price, so that feasibility comes first.
  static let penalty = 1e7

  let grid: ProblemGrid
  /// Rigs that jobs need, by bank and slot.
  let floors: [[Int]]
  private let loadRange: [(lower: Double, upper: Double)]

  init(_ grid: ProblemGrid, floors: [[Int]]) {
    self.grid = grid
    self.floors = floors
    self.loadRange = (0..<grid.slotCount).map { grid.rigLoadRange($0) }
  }

  struct SlotState {
    let slot: Int
    let load: Double
    let cost: Double
  }

  func state(of slot: Int, _ counts: [[Int]]) -> SlotState {
    let load = self.load(slot, counts)
    return SlotState(slot: slot, load: load, cost: self.cost(slot, load))
  }

  func cost(of change: Int, bank: Int, _ state: SlotState, _ counts: [[Int]]) -> Double {
    let count = counts[bank][state.slot] + change
    let limits = self.grid.banks[bank]
    if count < limits.floor[state.slot] || count > limits.ceiling[state.slot] { return .infinity }
    let load = max(0, state.load + Double(change) * self.grid.banks[bank].draw[state.slot])
    return self.cost(state.slot, load) - state.cost + self.cost(ofCounting: change, bank, state.slot, counts)
  }

  func cost(ofSwapping bank: Int, for other: Int, _ state: SlotState, _ counts: [[Int]]) -> Double {
    let slot = state.slot
    if counts[bank][slot] >= self.grid.banks[bank].ceiling[slot] { return .infinity }
    if counts[other][slot] <= self.grid.banks[other].floor[slot] { return .infinity }
    let load = max(0, state.load + self.grid.banks[bank].draw[slot] - self.grid.banks[other].draw[slot])
    return self.cost(slot, load) - state.cost + self.cost(ofCounting: 1, bank, slot, counts)
      + self.cost(ofCounting: -1, other, slot, counts)
  }

  /// Limits of power and jobs that the counts of all slots miss, in kW and rigs.
  func missed(_ counts: [[Int]]) -> Double {
    (0..<self.grid.slotCount).reduce(0) { sum, slot in
      let rigs = counts.indices.reduce(0) { $0 + max(0, self.floors[$1][slot] - counts[$1][slot]) }
      return sum + self.missedPower(slot, self.load(slot, counts)) + Double(rigs)
    }
  }

  /// Energy and revenue of all slots, without penalties.
  func total(_ counts: [[Int]]) -> Double {
    (0..<self.grid.slotCount).reduce(0) { sum, slot in
      let hours = self.grid.hours[slot]
      let energy = Dispatch.expectedCost(rigLoad: self.load(slot, counts), slot: slot, in: self.grid)
      let revenue = counts.indices.reduce(0) { $0 + self.grid.banks[$1].revenue * Double(counts[$1][slot]) }
      return sum + (energy - revenue) * hours
    }
  }

  private func load(_ slot: Int, _ counts: [[Int]]) -> Double {
    var load = 0.0
    for bank in counts.indices { load += self.grid.banks[bank].draw[slot] * Double(counts[bank][slot]) }
    return load
  }

  /// Energy of one slot with a penalty for what the caps miss.
  func cost(_ slot: Int, _ load: Double) -> Double {
    Dispatch.expectedCost(rigLoad: load, slot: slot, in: self.grid) * self.grid.hours[slot]
      + Self.penalty * self.missedPower(slot, load)
  }

  private func missedPower(_ slot: Int, _ load: Double) -> Double {
    let range = self.loadRange[slot]
    return max(0, load - range.upper - 1e-9, range.lower - load - 1e-9)
  }

  private func cost(ofCounting change: Int, _ bank: Int, _ slot: Int, _ counts: [[Int]]) -> Double {
    let floor = self.floors[bank][slot]
    let now = counts[bank][slot]
    let missed = max(0, floor - now - change) - max(0, floor - now)
    return Self.penalty * Double(missed) - self.grid.banks[bank].revenue * self.grid.hours[slot]
      * Double(change)
  }
}

/// Prices by one bank's curves.
struct CurvePricing: CountPricing {
  let curves: [SlotCurve]

  func state(of slot: Int, _ counts: [[Int]]) -> Int { slot }

  func cost(of change: Int, bank: Int, _ slot: Int, _ counts: [[Int]]) -> Double {
    let count = counts[bank][slot]
    if count + change < self.curves[slot].lower || count + change > self.curves[slot].upper {
      return .infinity
    }
    return self.curves[slot].cost(count + change) - self.curves[slot].cost(count)
  }

  func cost(ofSwapping bank: Int, for other: Int, _ slot: Int, _ counts: [[Int]]) -> Double { .infinity }
}

/// Prices counts within the curves at nothing, to look for rig-hours alone.
struct FreePricing: CountPricing {
  let curves: [SlotCurve]

  func state(of slot: Int, _ counts: [[Int]]) -> Int { slot }

  func cost(of change: Int, bank: Int, _ slot: Int, _ counts: [[Int]]) -> Double {
    let count = counts[bank][slot] + change
    return count < self.curves[slot].lower || count > self.curves[slot].upper ? .infinity : 0
  }

  func cost(ofSwapping bank: Int, for other: Int, _ slot: Int, _ counts: [[Int]]) -> Double { .infinity }
}
