import Quantities

/// One bank's problem as curves: whole counts within ranges, convex costs per slot, dwell times, and windows.
///
/// Everything else of the general problem is folded into the curves: scenarios, caps, ceiling, prices and bonus.
struct CurveProblem {
  let bank: BankGrid
  let curves: [SlotCurve]
  let limits: CountLimits

  enum Reading {
    case applies(CurveProblem)
    /// Several banks, jobs or limits over all flows need the full model.
    case needsFullModel
    /// Some slot has no count that fits its caps, or a window no multiple of its slots' hours.
    case infeasible
  }

  static func read(_ grid: ProblemGrid) -> Reading {
    let problem = grid.problem
    guard grid.banks.count == 1, grid.jobs.isEmpty, problem.solver.integral, problem.weights.cvarWeight == 0,
      problem.limits.averageCarbonCap == nil
    else { return .needsFullModel }
    let builder = CurveBuilder(grid: grid, bank: grid.banks[0])
    var curves: [SlotCurve] = []
    for slot in 0..<grid.slotCount {
      guard let curve = builder.curve(slot) else { return .infeasible }
      curves.append(curve)
    }
    var windows: [WindowGrid] = []
    for window in grid.windows {
      let rounded = Self.rounded(window, problem)
      if let minimum = rounded.minimum, let maximum = rounded.maximum, minimum > maximum + 1e-9 {
        return .infeasible
      }
      windows.append(rounded)
    }
    return .applies(
      CurveProblem(bank: grid.banks[0], curves: curves, limits: CountLimits(grid, windows: windows)))
  }

  /// Whole rigs give whole multiples of the slots' greatest common length: the limits are moved inward to one.
  private static func rounded(_ window: WindowGrid, _ problem: PlanProblem) -> WindowGrid {
    var divisor: Int64 = 0
    for slot in window.slots {
      var a = problem.slots[slot].slot.end.millisecondsSince(problem.slots[slot].slot.start)
      while divisor != 0 { (a, divisor) = (divisor, a % divisor) }
      divisor = a
    }
    let step = Double(divisor) / 3_600_000
    return WindowGrid(
      slots: window.slots, minimum: window.minimum.map { ($0 / step - 1e-9).rounded(.up) * step },
      maximum: window.maximum.map { ($0 / step + 1e-9).rounded(.down) * step })
  }

  /// Cost of whole counts that lie within the curves.
  func cost(_ counts: [Int]) -> Double {
    counts.indices.reduce(self.limits.startCost([counts])) { $0 + self.curves[$1].cost(counts[$1]) }
  }

  /// Whether counts keep every limit.
  func allows(_ counts: [Int]) -> Bool {
    self.isWithinCurves(counts) && self.limits.allows(counts, bank: 0)
      && self.limits.windows.indices.allSatisfy { window in
        let rigHours = self.limits.rigHours([counts], in: self.limits.windows[window])
        return self.limits.missed(window, rigHours: rigHours) < 1e-6
      }
  }

  func isWithinCurves(_ counts: [Int]) -> Bool {
    zip(self.curves, counts).allSatisfy { $0.lower <= $1 && $1 <= $0.upper }
  }
}
