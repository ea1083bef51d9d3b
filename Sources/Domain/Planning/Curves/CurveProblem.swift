import Quantities

/// One bank's problem as curves: whole counts within ranges, convex costs per slot, dwell times, and windows.
///
/// Everything else of the general problem is folded into the curves: scenarios, caps, ceiling, prices and bonus.
struct CurveProblem {
  let bank: BankGrid
  let curves: [SlotCurve]
  var limits: CountLimits

  enum Reading {
    case applies(CurveProblem)
    /// Several banks, jobs or limits over all flows need the full model.
    case needsFullModel
    /// Some slot has no count that fits its caps, or a window no multiple of its slots' hours.
    case infeasible
  }

  /// `stopsEarly` lets rigs from before the horizon stop within their minimum on time where the caps leave no choice.
  static func read(_ grid: ProblemGrid, stopsEarly: Bool = false) -> Reading {
    let problem = grid.problem
    guard grid.banks.count == 1, grid.jobs.isEmpty, problem.solver.integral, problem.weights.cvarWeight == 0,
      problem.limits.averageCarbonCap == nil, problem.limits.maximumCO2 == nil
    else { return .needsFullModel }
    var bank = grid.banks[0]
    if stopsEarly { bank.heldOn = Self.leastHeld(grid, bank) }
    let builder = CurveBuilder(grid: grid, bank: bank)
    var curves: [SlotCurve] = []
    for slot in 0..<grid.slotCount {
      guard let curve = builder.curve(slot) else { return .infeasible }
      curves.append(curve)
    }
    var windows: [WindowGrid] = []
    for window in grid.windows {
      let rounded = window.rounded(problem)
      if let minimum = rounded.minimum, let maximum = rounded.maximum, minimum > maximum + 1e-9 {
        return .infeasible
      }
      windows.append(rounded)
    }
    return .applies(
      CurveProblem(
        bank: bank, curves: curves, limits: CountLimits(grid, bank: 0, as: bank, windows: windows)))
  }

  /// Rigs from before that can be held: once a slot has room for fewer, the others have stopped for good. That is also
  /// the least rig-hours of dwell that any plan can lose.
  private static func leastHeld(_ grid: ProblemGrid, _ bank: BankGrid) -> [Int] {
    var most = bank.rigs
    return bank.heldOn.indices.map { slot in
      let power = grid.rigLoadRange(slot).upper
      let draw = bank.draw[slot]
      let fitting = draw > 0 ? max(0, (power / draw + 1e-9).rounded(.down)) : .infinity
      most = fitting < Double(most) ? Int(fitting) : most
      return min(bank.heldOn[slot], most)
    }
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

extension WindowGrid {
  /// Whole rigs give whole multiples of the slots' greatest common length: the limits are moved inward to one.
  func rounded(_ problem: PlanProblem) -> WindowGrid {
    var divisor: Int64 = 0
    for slot in self.slots {
      var a = problem.slots[slot].slot.end.millisecondsSince(problem.slots[slot].slot.start)
      while divisor != 0 { (a, divisor) = (divisor, a % divisor) }
      divisor = a
    }
    let step = Double(divisor) / 3_600_000
    return WindowGrid(
      slots: self.slots, minimum: self.minimum.map { ($0 / step - 1e-9).rounded(.up) * step },
      maximum: self.maximum.map { ($0 / step + 1e-9).rounded(.down) * step }, step: step)
  }
}
