/// Solves linear and mixed-integer programs. The seam between the planner, which drives many solves, and the library
/// that does the work.
///
/// Contract: `solve` blocks the calling thread until it is done or a limit is reached. Without a time limit the same
/// model, limits and start give the same outcome every time, also in another process. `start` is an assignment of the
/// columns that a mixed-integer solve may begin from, NaN where the solver has to find a value itself; one that cannot
/// be completed is ignored.
public protocol Solver: Sendable {
  func solve(_ model: LinearModel, limits: SolverLimits, start: [Double]?) throws(SolverError)
    -> SolverOutcome
  /// Loads a model once, to be solved again and again as a linear program after small changes.
  func session(_ model: LinearModel) throws(SolverError) -> any SolverSession
}

extension Solver {
  public func solve(_ model: LinearModel, limits: SolverLimits) throws(SolverError) -> SolverOutcome {
    try self.solve(model, limits: limits, start: nil)
  }
}

/// A linear program that stays loaded and is solved again from the last basis by the dual simplex method. Integrality
/// is ignored. Owned by one thread.
public protocol SolverSession: AnyObject {
  /// Replaces the model; no basis is left.
  func load(_ model: LinearModel) throws(SolverError)
  func setBounds(lower: Double, upper: Double, column: Int) throws(SolverError)
  func setBounds(lower: Double, upper: Double, row: Int) throws(SolverError)
  func setCost(_ cost: Double, column: Int) throws(SolverError)
  func solve(limits: SolverLimits) throws(SolverError) -> SolverOutcome
  /// The basis of the last solve, nil before one.
  func basis() throws(SolverError) -> SolverBasis?
  func use(_ basis: SolverBasis) throws(SolverError)
}

/// Where each column and row of a simplex basis sits. Opaque but for its order, so that a basis can be moved along
/// with the columns and rows of a similar model.
public struct SolverBasis: Sendable, Hashable {
  public enum Place: Int32, Sendable { case lower, basic, upper, zero, nonbasic }
  public var columns: [Place]
  public var rows: [Place]
  public init(columns: [Place], rows: [Place]) {
    self.columns = columns
    self.rows = rows
  }
}

public struct SolverLimits: Sendable, Hashable {
  /// A mixed-integer solve may stop at `|objective - bound| <= relativeGap * |objective|`.
  public var relativeGap: Double
  /// Nil never looks at the clock, which an exact replay needs.
  public var timeLimit: Duration?
  /// Nodes of the branch-and-bound tree.
  public var nodeLimit: Int?
  /// Simplex iterations of a linear program.
  public var iterationLimit: Int?
  /// Whether to simplify the model first; off pays for small models that are solved often.
  public var presolve: Bool

  public init(
    relativeGap: Double = 1e-4, timeLimit: Duration? = nil, nodeLimit: Int? = nil, iterationLimit: Int? = nil,
    presolve: Bool = true
  ) {
    self.relativeGap = relativeGap
    self.timeLimit = timeLimit
    self.nodeLimit = nodeLimit
    self.iterationLimit = iterationLimit
    self.presolve = presolve
  }
}

public enum SolverStatus: Sendable, Hashable {
  /// Solved to the gap asked for.
  case optimal
  /// Stopped early; `values` holds the best assignment found, if any.
  case limitReached
  case infeasible
  case unbounded
}

public struct SolverOutcome: Sendable, Hashable {
  public var status: SolverStatus
  /// One value per column; nil when no feasible assignment is known.
  public var values: [Double]?
  /// Cost of `values`, with the model's offset; infinite without values.
  public var objective: Double
  /// No assignment costs less; minus infinity when nothing is known.
  public var bound: Double
  /// Change of the objective per unit of each row's active side; nil for mixed-integer programs.
  public var rowDuals: [Double]?
  /// Change of the objective per unit of each column; nil for mixed-integer programs.
  public var reducedCosts: [Double]?
  public var nodes: Int
  /// Time the library spent. Only for budgets that already depend on the clock.
  public var elapsed: Duration

  public init(
    status: SolverStatus, values: [Double]? = nil, objective: Double = .infinity, bound: Double = -.infinity,
    rowDuals: [Double]? = nil, reducedCosts: [Double]? = nil, nodes: Int = 0, elapsed: Duration = .zero
  ) {
    self.status = status
    self.values = values
    self.objective = objective
    self.bound = bound
    self.rowDuals = rowDuals
    self.reducedCosts = reducedCosts
    self.nodes = nodes
    self.elapsed = elapsed
  }
}

/// The library could not do its work. The caller's remedy is the next rung of its ladder.
public enum SolverError: Error, Sendable, Hashable {
  /// The library refused the model or an option.
  case refused(String)
  /// The solve broke off without a usable answer.
  case failed(String)
}
