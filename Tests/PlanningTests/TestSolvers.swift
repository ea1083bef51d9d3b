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
