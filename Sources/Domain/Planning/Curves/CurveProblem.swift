import Quantities

/// One bank's problem as curves: whole counts within ranges, convex costs per slot, dwell times, and windows.
///
/// Everything else of the general problem is folded into the curves: scenarios, caps, ceiling, prices and bonus.
struct CurveProblem {
  let bank: BankGrid
  let hours: [Double]
  let curves: [SlotCurve]
  let windows: [WindowGrid]
  let startLimits: [StartLimitGrid]

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
      CurveProblem(
        bank: grid.banks[0], hours: grid.hours, curves: curves, windows: windows,
        startLimits: grid.startLimits))
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
    var cost = 0.0
    var before = self.bank.initial
    for (slot, count) in counts.enumerated() {
      cost += self.curves[slot].cost(count) + self.bank.startCost * Double(max(0, count - before))
      before = count
    }
    return cost
  }

  /// Whether counts keep every limit.
  func allows(_ counts: [Int]) -> Bool {
    for (slot, count) in counts.enumerated()
    where count < self.curves[slot].lower || count > self.curves[slot].upper {
      return false
    }
    return self.bank.allows(counts) && self.allowsStarts(counts)
      && self.windows.allSatisfy { window in
        let hours = window.slots.reduce(0.0) { $0 + self.hours[$1] * Double(counts[$1]) }
        return hours >= (window.minimum ?? 0) - 1e-6 && hours <= (window.maximum ?? .infinity) + 1e-6
      }
  }

  func allowsStarts(_ counts: [Int]) -> Bool {
    self.startLimits.allSatisfy { limit in
      limit.slots.reduce(0) { sum, slot in
        sum + max(0, counts[slot] - (slot == 0 ? self.bank.initial : counts[slot - 1]))
      } <= limit.maximum
    }
  }
}
