/// Builds the curve of a slot from the corners of each scenario's cost, so that the work grows with the scenarios and
/// not with the rigs.
struct CurveBuilder {
  let grid: ProblemGrid
  let bank: BankGrid

  /// Nil when no count fits the caps of every scenario.
  func curve(_ slot: Int) -> SlotCurve? {
    let draw = self.bank.draw[slot]
    let range = self.grid.rigLoadRange(slot)
    var lower = self.bank.least(slot)
    var upper = self.bank.most(slot)
    if draw > 0 {
      let most = (range.upper / draw + 1e-9).rounded(.down)
      let least = (range.lower / draw - 1e-9).rounded(.up)
      if most < Double(lower) || least > Double(upper) { return nil }
      upper = most < Double(upper) ? Int(most) : upper
      lower = least > Double(lower) ? Int(least) : lower
    } else if range.lower > 0 || range.upper < 0 {
      return nil
    }
    guard lower <= upper else { return nil }
    let revenue = self.bank.revenue * self.grid.hours[slot]
    let isExact = self.grid.curtailable && self.grid.importPrice[slot] < self.grid.exportPrice[slot]
    if isExact || draw == 0 {
      // The better of importing and exporting may change between corners: every count is priced.
      let counts = Array(lower...upper)
      return SlotCurve(
        counts: counts,
        costs: counts.map { count in
          Dispatch.expectedCost(rigLoad: Double(count) * draw, slot: slot, in: self.grid)
            * self.grid.hours[slot]
            - revenue * Double(count)
        })
    }
    let corners = self.corners(slot, draw: draw, from: lower, to: upper)
    let counts = self.counts(lower, upper, corners)
    return SlotCurve(counts: counts, costs: self.costs(slot, counts, corners, draw: draw))
  }

  /// A change of the expected cost's slope, at a number of rigs.
  private struct Corner {
    var rigs: Double
    /// Currency per rig in this slot.
    var bend: Double
  }

  /// Where the expected cost bends between two counts, in order. The first corner carries the slope at `lower`.
  private func corners(_ slot: Int, draw: Double, from lower: Int, to upper: Int) -> [Corner] {
    let first = Double(lower)
    let last = Double(upper)
    var corners: [Corner] = []
    corners.reserveCapacity(2 * self.grid.scenarioCount)
    var bends: [Double] = []
    for scenario in 0..<self.grid.scenarioCount {
      self.findBends(slot, scenario, draw, first..<last, &bends)
      let weight = self.grid.weights[scenario]
      var from = (rigs: first, cost: self.cost(first, slot, scenario, draw))
      var slope = 0.0
      for to in bends where to > from.rigs + 1e-9 {
        let cost = self.cost(to, slot, scenario, draw)
        let next = (cost - from.cost) / (to - from.rigs)
        corners.append(Corner(rigs: from.rigs, bend: (next - slope) * weight))
        slope = next
        from = (to, cost)
      }
    }
    corners.sort { $0.rigs < $1.rigs }
    return corners
  }

  /// Numbers of rigs at which one scenario's cost may bend, ascending, closed by the range's end.
  private func findBends(
    _ slot: Int, _ scenario: Int, _ draw: Double, _ range: Range<Double>, _ bends: inout [Double]
  ) {
    bends.removeAll(keepingCapacity: true)
    for load in CostBends.loads(self.grid, slot, scenario) {
      let rigs = load / draw
      if range.contains(rigs) { bends.append(rigs) }
    }
    bends.append(range.upperBound)
    if bends.count > 2 { bends.sort() }
  }

  private func cost(_ rigs: Double, _ slot: Int, _ scenario: Int, _ draw: Double) -> Double {
    Dispatch.cheapest(rigLoad: rigs * draw, slot: slot, scenario: scenario, in: self.grid).cost
      * self.grid.hours[slot]
  }

  private func counts(_ lower: Int, _ upper: Int, _ corners: [Corner]) -> [Int] {
    var counts = [lower, upper]
    for corner in corners {
      counts.append(Int(corner.rigs.rounded(.down)))
      counts.append(min(upper, Int(corner.rigs.rounded(.up))))
    }
    counts.sort()
    return counts.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// Integrates the slopes from the lowest count on.
  private func costs(_ slot: Int, _ counts: [Int], _ corners: [Corner], draw: Double) -> [Double] {
    let start = Double(counts[0])
    var cost = (0..<self.grid.scenarioCount).reduce(0.0) {
      $0 + self.grid.weights[$1] * self.cost(start, slot, $1, draw)
    }
    let revenue = self.bank.revenue * self.grid.hours[slot]
    var slope = 0.0
    var position = start
    var next = 0
    return counts.map { count in
      let end = Double(count)
      while next < corners.count, corners[next].rigs <= end {
        cost += slope * (corners[next].rigs - position)
        position = corners[next].rigs
        slope += corners[next].bend
        next += 1
      }
      cost += slope * (end - position)
      position = end
      return cost - revenue * end
    }
  }
}
