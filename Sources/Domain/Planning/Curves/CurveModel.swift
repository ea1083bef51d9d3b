/// The linear program over a bank's curves.
///
/// With cumulative starts and stops every row but the windows is a difference of two variables, so without windows the
/// program has a whole solution; with them it is the convex-hull bound.
struct CurveModel {
  /// The columns that make up one slot's count.
  struct SlotColumns {
    /// What the range's lower end lies above the curve's, where ranges change the hull and not just its ends.
    var base: Int?
    /// One per piece of the hull, and some to spare where narrower ranges may need more.
    var pieces: Range<Int>
  }

  /// What a column has to be for a range of counts.
  struct ColumnSetting {
    let column: Int
    let cost: Double
    let lower: Double
    let upper: Double
  }

  let problem: CurveProblem
  private(set) var model = LinearModel()
  private(set) var slots: [SlotColumns] = []
  private(set) var started: [Int] = []
  private(set) var stopped: [Int] = []
  /// Rows that belong to each slot: change of the count, then dwell where there is any.
  private(set) var slotRows: [Range<Int>] = []
  /// Start limits and windows.
  private(set) var coupledRows = 0..<0
  /// Whether the model minimises the rig-hours that windows miss instead of the cost.
  private let measuresMissing: Bool

  init(_ problem: CurveProblem, measuresMissing: Bool = false) {
    self.problem = problem
    self.measuresMissing = measuresMissing
    for slot in problem.curves.indices { self.addSlot(slot) }
    let firstCoupled = self.model.rowCount
    for limit in problem.limits.startLimits {
      self.model.addRow(upper: Double(limit.maximum), limit.slots.map { (self.started[$0], 1) })
    }
    for window in problem.limits.windows { self.addWindow(window) }
    self.coupledRows = firstCoupled..<self.model.rowCount
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
    let firstRow = self.model.rowCount
    self.model.objectiveOffset += curve.hull.costs[0]
    self.addPieces(of: curve)
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
    self.addDwell(slot)
    self.slotRows.append(firstRow..<self.model.rowCount)
  }

  private mutating func addPieces(of curve: SlotCurve) {
    let base = curve.isConvex ? nil : self.model.addColumn(upper: 0)
    let first = self.model.columnCount
    for piece in 0..<curve.mostPieces {
      if piece + 1 < curve.hull.counts.count {
        let length = curve.hull.counts[piece + 1] - curve.hull.counts[piece]
        _ = self.model.addColumn(cost: curve.hull.slope(piece), upper: Double(length), integer: true)
      } else {
        _ = self.model.addColumn(upper: 0)
      }
    }
    self.slots.append(SlotColumns(base: base, pieces: first..<self.model.columnCount))
  }

  /// The count above the curve's lower end, as terms of a row.
  private func count(_ slot: Int, _ factor: Double) -> [(column: Int, value: Double)] {
    let columns = self.slots[slot]
    return (columns.base.map { [($0, factor)] } ?? []) + columns.pieces.map { ($0, factor) }
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

  /// What a slot's columns have to be for its count to stay within a range.
  func settings(_ slot: Int, range: ClosedRange<Int>) -> [ColumnSetting] {
    let curve = self.problem.curves[slot]
    let columns = self.slots[slot]
    guard let base = columns.base else {
      return columns.pieces.enumerated().map { piece, column in
        let start = curve.hull.counts[piece]
        let length = curve.hull.counts[piece + 1] - start
        return ColumnSetting(
          column: column, cost: curve.hull.slope(piece),
          lower: Double(min(max(0, range.lowerBound - start), length)),
          upper: Double(min(max(0, range.upperBound - start), length)))
      }
    }
    let hull = curve.hull(over: range)
    let height = Double(range.lowerBound - curve.lower)
    let cost = height > 0 ? (hull.costs[0] - curve.hull.costs[0]) / height : 0
    return [ColumnSetting(column: base, cost: cost, lower: height, upper: height)]
      + columns.pieces.enumerated().map { piece, column in
        guard piece + 1 < hull.counts.count else {
          return ColumnSetting(column: column, cost: 0, lower: 0, upper: 0)
        }
        return ColumnSetting(
          column: column, cost: hull.slope(piece), lower: 0,
          upper: Double(hull.counts[piece + 1] - hull.counts[piece]))
      }
  }

  /// Rigs running in a solution, fractions included.
  func counts(_ values: [Double]) -> [Double] {
    self.slots.enumerated().map { slot, columns in
      let base = Double(self.problem.curves[slot].lower) + (columns.base.map { values[$0] } ?? 0)
      return columns.pieces.reduce(base) { $0 + values[$1] }
    }
  }

  /// The column values of whole counts. Every curve must be convex.
  func assignment(_ counts: [Int]) -> [Double] {
    var values = [Double](repeating: 0, count: self.model.columnCount)
    var before = self.problem.bank.initial
    for (slot, count) in counts.enumerated() {
      for setting in self.settings(slot, range: count...count) { values[setting.column] = setting.lower }
      values[self.started[slot]] = Double(max(0, count - before))
      values[self.stopped[slot]] = Double(max(0, before - count))
      before = count
    }
    return values
  }
}
