import Quantities

/// What one plan over curves leaves to the next: the solver's object, where the relaxation ended, and the counts.
///
/// Only a start for the search. What it is proved against is the new problem alone, so a memory that fits badly costs
/// time and nothing else.
struct CurveMemory {
  private var session: (any SolverSession)?
  private var last: Last?

  fileprivate struct Last {
    let slots: [Slot]
    let model: CurveModel
    let basis: SolverBasis
    /// Counts of the relaxation, fractions included.
    let relaxed: [Double]
    let best: [Int]
  }

  /// A session that holds `model`, the one kept if there is one.
  mutating func session(
    _ model: CurveModel, solver: some Solver
  ) throws(SolverError) -> any SolverSession {
    if let session = self.session {
      try session.load(model.model)
      return session
    }
    let session = try solver.session(model.model)
    self.session = session
    return session
  }

  mutating func keep(_ search: CurveSearch, slots: [Slot]) {
    guard let basis = search.rootBasis, let best = search.best else { return }
    self.last = Last(
      slots: slots, model: search.model, basis: basis, relaxed: search.rootCounts, best: best)
  }

  /// The last plan's counts moved along to these slots; the last of them goes on to the end.
  func counts(for slots: [Slot]) -> [Int]? {
    guard let last = self.last, let end = last.best.last else { return nil }
    return Self.origins(slots, in: last.slots).map { $0.map { last.best[$0] } ?? end }
  }

  /// The last relaxation's basis moved along to these slots. Slots that are new begin with all rows basic.
  func basis(for model: CurveModel, slots: [Slot]) -> SolverBasis? {
    guard let last = self.last else { return nil }
    var moved = SolverBasis(
      columns: Array(repeating: .lower, count: model.model.columnCount),
      rows: Array(repeating: .basic, count: model.model.rowCount))
    for (slot, origin) in Self.origins(slots, in: last.slots).enumerated() {
      guard let origin else { continue }
      last.movePieces(from: origin, to: slot, of: model, &moved)
      moved.columns[model.started[slot]] = last.basis.columns[last.model.started[origin]]
      moved.columns[model.stopped[slot]] = last.basis.columns[last.model.stopped[origin]]
      for (row, old) in zip(model.slotRows[slot], last.model.slotRows[origin]) {
        moved.rows[row] = last.basis.rows[old]
      }
    }
    let shared = zip(model.coupledRows, last.model.coupledRows)
    if model.coupledRows.count == last.model.coupledRows.count {
      for (row, old) in shared { moved.rows[row] = last.basis.rows[old] }
    }
    Self.balance(&moved, model)
    return moved
  }

  /// The old slot in which each new one begins.
  private static func origins(_ slots: [Slot], in old: [Slot]) -> [Int?] {
    var next = 0
    return slots.map { slot in
      while next < old.count, old[next].end <= slot.start { next += 1 }
      return next < old.count && old[next].contains(slot.start) ? next : nil
    }
  }

  /// A basis has as many basic variables as rows.
  private static func balance(_ basis: inout SolverBasis, _ model: CurveModel) {
    var missing = basis.rows.count - basis.rows.count { $0 == .basic } - basis.columns.count { $0 == .basic }
    for row in basis.rows.indices.reversed() where missing > 0 && basis.rows[row] != .basic {
      basis.rows[row] = .basic
      missing -= 1
    }
    for column in basis.columns.indices where missing < 0 && basis.columns[column] == .basic {
      basis.columns[column] = .lower
      missing += 1
    }
  }
}

extension CurveMemory.Last {
  /// Pieces below the relaxed count are full and those above it empty, as many of them basic as were.
  fileprivate func movePieces(
    from origin: Int, to slot: Int, of model: CurveModel, _ moved: inout SolverBasis
  ) {
    let old = self.model.slots[origin].pieces
    let new = model.slots[slot].pieces
    if old.count == new.count, self.model.problem.curves[origin].lower == model.problem.curves[slot].lower {
      for (column, before) in zip(new, old) { moved.columns[column] = self.basis.columns[before] }
      return
    }
    var basic = old.count { self.basis.columns[$0] == .basic }
    let hull = model.problem.curves[slot].hull
    for (piece, column) in new.enumerated() {
      guard piece + 1 < hull.counts.count else { return }
      let end = Double(hull.counts[piece + 1])
      if end < self.relaxed[origin] + 1e-9, basic == 0 || piece + 2 < hull.counts.count {
        moved.columns[column] = .upper
      } else if basic > 0 {
        moved.columns[column] = .basic
        basic -= 1
      }
    }
  }
}
