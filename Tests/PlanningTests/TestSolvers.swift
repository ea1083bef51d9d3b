import HiGHSSolver
import Planning

/// A solver that never answers, as after a failed update of the library.
struct BrokenSolver: Solver {
  func solve(_ model: LinearModel, limits: SolverLimits, start: [Double]?) throws(SolverError)
    -> SolverOutcome
  {
    throw .failed("out of order")
  }
  func session(_ model: LinearModel) throws(SolverError) -> any SolverSession {
    throw .failed("out of order")
  }
}

/// A solver that solves linear programs only and gives up on whole rigs.
struct LinearOnlySolver: Solver {
  private let highs = HiGHSSolver()
  func solve(_ model: LinearModel, limits: SolverLimits, start: [Double]?) throws(SolverError)
    -> SolverOutcome
  {
    if model.columnIsInteger.contains(true) { return SolverOutcome(status: .limitReached) }
    return try self.highs.solve(model, limits: limits, start: nil)
  }
  func session(_ model: LinearModel) throws(SolverError) -> any SolverSession {
    try self.highs.session(model)
  }
}

/// A solver that keeps nothing loaded, which leaves the planner the textbook model alone.
struct TextbookSolver: Solver {
  private let highs = HiGHSSolver()
  func solve(_ model: LinearModel, limits: SolverLimits, start: [Double]?) throws(SolverError)
    -> SolverOutcome
  {
    try self.highs.solve(model, limits: limits, start: start)
  }
  func session(_ model: LinearModel) throws(SolverError) -> any SolverSession {
    throw .refused("no sessions")
  }
}

/// A solver that returns the dearest plan of whole rigs as the cheapest one, as if a simplified model had lost the rest.
struct LosingSolver: Solver {
  /// Whether it also does so where it was told not to simplify.
  let always: Bool
  private let highs = HiGHSSolver()
  init(always: Bool) { self.always = always }
  func solve(_ model: LinearModel, limits: SolverLimits, start: [Double]?) throws(SolverError)
    -> SolverOutcome
  {
    guard model.columnIsInteger.contains(true), limits.presolve || self.always else {
      return try self.highs.solve(model, limits: limits, start: start)
    }
    var dearest = model
    for (column, cost) in model.columnCost.enumerated() { dearest.setCost(-cost, column: column) }
    dearest.objectiveOffset = -model.objectiveOffset
    var outcome = try self.highs.solve(dearest, limits: limits, start: nil)
    outcome.objective = -outcome.objective
    outcome.bound = outcome.objective
    return outcome
  }
  func session(_ model: LinearModel) throws(SolverError) -> any SolverSession {
    throw .refused("no sessions")
  }
}

/// A solver that finds nothing possible.
struct DenyingSolver: Solver {
  func solve(_ model: LinearModel, limits: SolverLimits, start: [Double]?) throws(SolverError)
    -> SolverOutcome
  { SolverOutcome(status: .infeasible) }
  func session(_ model: LinearModel) throws(SolverError) -> any SolverSession {
    throw .refused("no sessions")
  }
}
