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
    let slots = problem.curves.count
    self.model.reserve(columns: 6 * slots, rows: 3 * slots + 8, entries: 30 * slots)
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
    self.addCount(slot, 1)
    self.model.addEntry(column: self.started[slot], -1)
    self.model.addEntry(column: self.stopped[slot], 1)
    var before = bank.initial
    if slot > 0 {
      self.addCount(slot - 1, -1)
      before = self.problem.curves[slot - 1].lower
    }
    let side = Double(before - curve.lower)
    self.model.addRow(lower: side, upper: side)
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

  /// Adds the count above the curve's lower end to the row being made.
  private mutating func addCount(_ slot: Int, _ factor: Double) {
    let columns = self.slots[slot]
    if let base = columns.base { self.model.addEntry(column: base, factor) }
    for column in columns.pieces { self.model.addEntry(column: column, factor) }
  }

  private mutating func addDwell(_ slot: Int) {
    let bank = self.problem.bank
    let lower = self.problem.curves[slot].lower
    // Dwell no longer than a slot is kept by the counts alone, and rigs held from before are in the curve's ends.
    if bank.onSince[slot] < slot {
      self.addCount(slot, 1)
      for since in bank.onSince[slot]...slot { self.model.addEntry(column: self.started[since], -1) }
      self.model.addRow(lower: Double(bank.heldOn[slot] - lower), upper: .infinity)
    }
    if bank.offSince[slot] < slot {
      self.addCount(slot, 1)
      for since in bank.offSince[slot]...slot { self.model.addEntry(column: self.stopped[since], 1) }
      self.model.addRow(lower: -.infinity, upper: Double(bank.rigs - bank.heldOff[slot] - lower))
    }
  }

  private mutating func addWindow(_ window: WindowGrid) {
    let hours = self.problem.limits.hours
    let fixed = window.slots.reduce(0.0) { $0 + hours[$1] * Double(self.problem.curves[$1].lower) }
    let maximum = (window.maximum ?? .infinity) - fixed
    if self.measuresMissing, let minimum = window.minimum {
      let missing = self.model.addColumn(cost: 1)
      for slot in window.slots { self.addCount(slot, hours[slot]) }
      self.model.addEntry(column: missing, 1)
      self.model.addRow(lower: minimum - fixed, upper: .infinity)
      for slot in window.slots { self.addCount(slot, hours[slot]) }
      self.model.addRow(lower: -.infinity, upper: maximum)
    } else {
      for slot in window.slots { self.addCount(slot, hours[slot]) }
      self.model.addRow(lower: (window.minimum ?? -.infinity) - fixed, upper: maximum)
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
