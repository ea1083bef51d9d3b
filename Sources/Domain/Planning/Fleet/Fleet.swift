/// Several banks that share the cost curve of each slot's load.
struct Fleet {
  let grid: ProblemGrid
  let curves: [LoadCurve]
  let limits: CountLimits

  /// Nil when some slot's load cannot fit its caps, or a window no whole rigs: then nothing can.
  init?(_ grid: ProblemGrid) {
    self.grid = grid
    var curves: [LoadCurve] = []
    for slot in 0..<grid.slotCount {
      var range = (lower: 0.0, upper: 0.0)
      for bank in grid.banks {
        guard bank.least(slot) <= bank.most(slot) else { return nil }
        range.lower += Double(bank.least(slot)) * bank.draw[slot]
        range.upper += Double(bank.most(slot)) * bank.draw[slot]
      }
      guard let curve = LoadCurve(grid, slot: slot, range: range.lower...range.upper) else { return nil }
      curves.append(curve)
    }
    let windows = grid.problem.solver.integral ? grid.windows.map { $0.rounded(grid.problem) } : grid.windows
    if windows.contains(where: { ($0.minimum ?? 0) > ($0.maximum ?? .infinity) + 1e-9 }) { return nil }
    self.curves = curves
    self.limits = CountLimits(grid, windows: windows)
  }

  /// kW of the banks that are not left out.
  func load(_ slot: Int, _ running: [Double], without banks: [Int] = []) -> Double {
    running.indices.reduce(0) { sum, bank in
      banks.contains(bank) ? sum : sum + self.grid.banks[bank].draw[slot] * running[bank]
    }
  }
}
