/// The linear program over a bank's curves.
///
/// With cumulative starts and stops every row but the windows is a difference of two variables, so without windows the
/// program has a whole solution; with them it is the convex-hull bound.
struct CurveModel {
  let problem: CurveProblem
  private(set) var model = LinearModel()
  /// Columns of the pieces of each slot's curve, with the count at which each begins and its length.
  private(set) var pieces: [[(column: Int, start: Int, length: Int)]] = []
  private(set) var started: [Int] = []
  private(set) var stopped: [Int] = []
  /// Whether the model minimises the rig-hours that windows miss instead of the cost.
  private let measuresMissing: Bool

  init(_ problem: CurveProblem, measuresMissing: Bool = false) {
    self.problem = problem
    self.measuresMissing = measuresMissing
    for slot in problem.curves.indices { self.addSlot(slot) }
    for slot in problem.curves.indices { self.addDwell(slot) }
    for limit in problem.limits.startLimits {
      self.model.addRow(upper: Double(limit.maximum), limit.slots.map { (self.started[$0], 1) })
    }
    for window in problem.limits.windows { self.addWindow(window) }
    guard measuresMissing else { return }
    for column in 0..<self.missing.lowerBound { self.model.setCost(0, column: column) }
    self.model.objectiveOffset = 0
  }

  /// Columns of what windows miss.
  private var missing: Range<Int> {
    let count = self.measuresMissing ? self.problem.limits.windows.count { $0.minimum != nil } : 0
    return self.model.columnCount - count..<self.model.columnCount
  }

  private mutating func addSlot(_ slot: Int) {
    let curve = self.problem.curves[slot]
    let bank = self.problem.bank
    self.model.objectiveOffset += curve.hullCosts[0]
    self.pieces.append(
      (1..<max(1, curve.hullCounts.count)).map { corner in
        let start = curve.hullCounts[corner - 1]
        let length = curve.hullCounts[corner] - start
        let slope = (curve.hullCosts[corner] - curve.hullCosts[corner - 1]) / Double(length)
        return (self.model.addColumn(cost: slope, upper: Double(length), integer: true), start, length)
      })
    let most = Double(min(bank.rigs, bank.ramp ?? bank.rigs))
    self.started.append(self.model.addColumn(cost: bank.startCost, upper: most))
    self.stopped.append(self.model.addColumn(upper: most))
    var change = self.count(slot, 1) + [(self.started[slot], -1), (self.stopped[slot], 1)]
    var before = bank.initial
    if slot > 0 {
      change += self.count(slot - 1, -1)
      before = self.problem.curves[slot - 1].lower
    }
    let side = Double(before - curve.lower)
    self.model.addRow(lower: side, upper: side, change)
  }

  /// The count above the curve's lower end, as terms of a row.
  private func count(_ slot: Int, _ factor: Double) -> [(column: Int, value: Double)] {
    self.pieces[slot].map { ($0.column, factor) }
  }

  private mutating func addDwell(_ slot: Int) {
    let bank = self.problem.bank
    let lower = self.problem.curves[slot].lower
    // Dwell no longer than a slot is kept by the counts alone, and rigs held from before are in the curve's ends.
    if bank.onSince[slot] < slot {
      let starts = (bank.onSince[slot]...slot).map { (column: self.started[$0], value: -1.0) }
      self.model.addRow(lower: Double(bank.heldOn[slot] - lower), self.count(slot, 1) + starts)
    }
    if bank.offSince[slot] < slot {
      let stops = (bank.offSince[slot]...slot).map { (column: self.stopped[$0], value: 1.0) }
      self.model.addRow(upper: Double(bank.rigs - bank.heldOff[slot] - lower), self.count(slot, 1) + stops)
    }
  }

  private mutating func addWindow(_ window: WindowGrid) {
    var fixed = 0.0
    var terms: [(column: Int, value: Double)] = []
    for slot in window.slots {
      fixed += self.problem.limits.hours[slot] * Double(self.problem.curves[slot].lower)
      terms += self.count(slot, self.problem.limits.hours[slot])
    }
    if self.measuresMissing, let minimum = window.minimum {
      let missing = self.model.addColumn(cost: 1)
      self.model.addRow(lower: minimum - fixed, terms + [(missing, 1)])
      self.model.addRow(upper: (window.maximum ?? .infinity) - fixed, terms)
    } else {
      self.model.addRow(
        lower: (window.minimum ?? -.infinity) - fixed, upper: (window.maximum ?? .infinity) - fixed, terms)
    }
  }

  /// Rigs running in a solution, fractions included.
  func counts(_ values: [Double]) -> [Double] {
    self.pieces.enumerated().map { slot, pieces in
      pieces.reduce(Double(self.problem.curves[slot].lower)) { $0 + values[$1.column] }
    }
  }

  /// The column values of whole counts.
  func assignment(_ counts: [Int]) -> [Double] {
    var values = [Double](repeating: 0, count: self.model.columnCount)
    var before = self.problem.bank.initial
    for (slot, count) in counts.enumerated() {
      for piece in self.pieces[slot] {
        values[piece.column] = Double(min(max(0, count - piece.start), piece.length))
      }
      values[self.started[slot]] = Double(max(0, count - before))
      values[self.stopped[slot]] = Double(max(0, before - count))
      before = count
    }
    return values
  }
}
