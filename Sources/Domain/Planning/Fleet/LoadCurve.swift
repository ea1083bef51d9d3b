/// A convex curve under the expected cost of one slot against the rigs' load in kW, over the loads that the caps and
/// the banks allow. It is the cost itself unless exporting pays more than importing costs.
struct LoadCurve {
  /// Corners, ascending. One where only one load is possible.
  let loads: [Double]
  /// Currency for the whole slot.
  let costs: [Double]
  /// Whether it is the cost itself.
  let isExact: Bool

  /// Nil when no load within `range` fits the caps of every scenario.
  init?(_ grid: ProblemGrid, slot: Int, range: ClosedRange<Double>) {
    let allowed = grid.rigLoadRange(slot)
    let lower = max(range.lowerBound, allowed.lower)
    let upper = min(range.upperBound, allowed.upper)
    if lower > upper + 1e-9 { return nil }
    let loads = Self.bends(grid, slot, from: lower, to: max(lower, upper))
    let costs = loads.map { Dispatch.expectedCost(rigLoad: $0, slot: slot, in: grid) * grid.hours[slot] }
    let scale = costs.reduce(1) { max($0, abs($1)) }
    var hull: [Int] = []
    for point in loads.indices {
      while hull.count >= 2 {
        let a = hull[hull.count - 2]
        let b = hull[hull.count - 1]
        let before = (costs[b] - costs[a]) * (loads[point] - loads[b])
        let after = (costs[point] - costs[b]) * (loads[b] - loads[a])
        if before < after - 1e-12 * scale { break }
        hull.removeLast()
      }
      hull.append(point)
    }
    self.loads = hull.map { loads[$0] }
    self.costs = hull.map { costs[$0] }
    // Between two bends the cost may still bend downwards, never upwards.
    var isExact = true
    for (index, load) in loads.enumerated() {
      let next = index + 1 < loads.count ? loads[index + 1] : load
      let middle = (load + next) / 2
      let cost = Dispatch.expectedCost(rigLoad: middle, slot: slot, in: grid) * grid.hours[slot]
      if cost > Self.cost(middle, self.loads, self.costs) + 1e-9 * scale { isExact = false }
      if costs[index] > Self.cost(load, self.loads, self.costs) + 1e-9 * scale { isExact = false }
    }
    self.isExact = isExact
  }

  var lower: Double { self.loads[0] }

  /// Pieces between the corners.
  var pieces: [(length: Double, slope: Double)] {
    self.loads.indices.dropLast().map { index in
      let length = self.loads[index + 1] - self.loads[index]
      return (length, (self.costs[index + 1] - self.costs[index]) / length)
    }
  }

  private static func cost(_ load: Double, _ loads: [Double], _ costs: [Double]) -> Double {
    for index in loads.indices.dropLast() where load <= loads[index + 1] {
      let share = (load - loads[index]) / (loads[index + 1] - loads[index])
      return costs[index] + share * (costs[index + 1] - costs[index])
    }
    return costs[costs.count - 1]
  }

  /// Loads at which some scenario's cost may bend, with the ends, ascending and different.
  private static func bends(_ grid: ProblemGrid, _ slot: Int, from lower: Double, to upper: Double)
    -> [Double]
  {
    var loads = [lower, upper]
    for scenario in 0..<grid.scenarioCount {
      loads += CostBends.loads(grid, slot, scenario).filter { $0 > lower && $0 < upper }
    }
    loads.sort()
    let least = 1e-9 * max(1, upper)
    return loads.reduce(into: []) { kept, load in
      if let last = kept.last, load - last <= least { return }
      kept.append(load)
    }
  }
}

/// Where the cost of a slot in one scenario may bend upwards, as loads of the rigs in kW.
enum CostBends {
  static func loads(_ grid: ProblemGrid, _ slot: Int, _ scenario: Int) -> [Double] {
    let other = grid.otherLoad[slot]
    let renewable = grid.renewable(slot, scenario)
    // The load has taken all renewables; the rigs' own part has; the export cap is reached; import pays to its cap.
    var loads = [renewable - other]
    if other > 0, grid.bonus > 0 { loads.append(renewable) }
    if grid.exportCap[slot].isFinite { loads.append(renewable - other - grid.exportCap[slot]) }
    if grid.importPrice[slot] < 0 {
      loads.append(min(grid.importCap(slot, scenario), grid.ceiling[slot]) - other)
    }
    return loads
  }
}
