public import Planning

/// Planning's solver on the HiGHS library: one thread, fixed seed, no output. Stateless, so one value serves any
/// number of threads; each solve makes and frees its own HiGHS object.
public struct HiGHSSolver: Solver {
  public init() {}

  public func solve(
    _ model: LinearModel, limits: SolverLimits, start: [Double]?
  ) throws(SolverError) -> SolverOutcome {
    let highs = try HiGHS()
    try highs.load(model, relaxed: false)
    try highs.apply(limits)
    if let start, start.count == model.columnCount { try highs.setStart(start) }
    return try highs.run()
  }

  public func session(_ model: LinearModel) throws(SolverError) -> any SolverSession {
    let highs = try HiGHS()
    try highs.load(model, relaxed: true)
    return HiGHSSession(highs)
  }
}

/// A loaded linear program.
final class HiGHSSession: SolverSession {
  private let highs: HiGHS
  private var limits: SolverLimits?

  init(_ highs: HiGHS) { self.highs = highs }

  func load(_ model: LinearModel) throws(SolverError) { try self.highs.load(model, relaxed: true) }

  func setBounds(lower: Double, upper: Double, column: Int) throws(SolverError) {
    try self.highs.setColumnBounds(column, lower, upper)
  }

  func setBounds(lower: Double, upper: Double, row: Int) throws(SolverError) {
    try self.highs.setRowBounds(row, lower, upper)
  }

  func setCost(_ cost: Double, column: Int) throws(SolverError) { try self.highs.setColumnCost(column, cost) }

  func solve(limits: SolverLimits) throws(SolverError) -> SolverOutcome {
    if limits != self.limits {
      try self.highs.apply(limits)
      self.limits = limits
    }
    return try self.highs.run()
  }

  func basis() throws(SolverError) -> SolverBasis? { try self.highs.basis() }

  func use(_ basis: SolverBasis) throws(SolverError) { try self.highs.setBasis(basis) }
}
