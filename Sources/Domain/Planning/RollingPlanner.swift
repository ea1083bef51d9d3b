/// Plans again and again over a horizon that rolls on, and begins each search where the last one ended.
///
/// It keeps the solver's object and basis and the last counts. Each plan proves its gap against its own problem alone,
/// as `Planner` does, so the past decides only between plans within the gap. The same problems in the same order give
/// the same plans as long as no time limit is set. Owned by one thread.
public struct RollingPlanner {
  private let solver: any Solver
  private var memory = CurveMemory()

  public init(solver: some Solver) { self.solver = solver }

  /// Blocks for as long as the solver does. Throws only for a problem that `PlanProblem.check` refuses.
  public mutating func plan(_ problem: PlanProblem) throws(PlanProblemError) -> PlanOutcome {
    try Planner.plan(problem, solver: self.solver, memory: &self.memory)
  }
}
