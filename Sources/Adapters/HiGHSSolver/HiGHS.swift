import CHiGHS
import Planning
import Quantities

/// One object of the HiGHS library. Every call of its C interface is made here.
final class HiGHS {
  private let handle: UnsafeMutableRawPointer
  private var columns = 0
  private var rows = 0
  private var isMixedInteger = false

  init() throws(SolverError) {
    guard let handle = Highs_create() else { throw .failed("HiGHS could not be created") }
    self.handle = handle
    try self.check(Highs_setBoolOptionValue(handle, "output_flag", 0), "output_flag")
    try self.check(Highs_setIntOptionValue(handle, "threads", 1), "threads")
    try self.check(Highs_setStringOptionValue(handle, "parallel", "off"), "parallel")
    try self.check(Highs_setIntOptionValue(handle, "random_seed", 0), "random_seed")
  }

  deinit { Highs_destroy(self.handle) }

  /// Replaces the model. `relaxed` leaves integrality out.
  func load(_ model: LinearModel, relaxed: Bool) throws(SolverError) {
    self.columns = model.columnCount
    self.rows = model.rowCount
    self.isMixedInteger = !relaxed && model.columnIsInteger.contains(true)
    let integrality: [HighsInt]? =
      self.isMixedInteger
      ? model.columnIsInteger.map { $0 ? kHighsVarTypeInteger : kHighsVarTypeContinuous } : nil
    let status = Highs_passModel(
      self.handle, HighsInt(self.columns), HighsInt(self.rows), HighsInt(model.entryColumn.count), 0,
      kHighsMatrixFormatRowwise, 0, kHighsObjSenseMinimize, model.objectiveOffset, model.columnCost,
      model.columnLower, model.columnUpper, model.rowLower, model.rowUpper, model.rowStart, model.entryColumn,
      model.entryValue, nil, nil, nil, integrality)
    try self.check(status, "model")
    let automatic = HighsInt(-1)
    try self.check(
      Highs_setIntOptionValue(self.handle, "simplex_dual_edge_weight_strategy", automatic), "edge weights")
  }

  func apply(_ limits: SolverLimits) throws(SolverError) {
    try self.check(
      Highs_setStringOptionValue(self.handle, "presolve", limits.presolve ? "on" : "off"), "presolve")
    try self.check(Highs_setDoubleOptionValue(self.handle, "mip_rel_gap", limits.relativeGap), "mip_rel_gap")
    // The gap asked for is relative; the library's absolute one only stops plans whose cost is about zero.
    try self.check(Highs_setDoubleOptionValue(self.handle, "mip_abs_gap", limits.relativeGap), "mip_abs_gap")
    let seconds = limits.timeLimit.map { max(0.001, $0.hours * 3600) } ?? .infinity
    try self.check(Highs_setDoubleOptionValue(self.handle, "time_limit", seconds), "time_limit")
    let nodes = HighsInt(clamping: limits.nodeLimit ?? Int(HighsInt.max))
    try self.check(Highs_setIntOptionValue(self.handle, "mip_max_nodes", nodes), "mip_max_nodes")
    let iterations = HighsInt(clamping: limits.iterationLimit ?? Int(HighsInt.max))
    try self.check(
      Highs_setIntOptionValue(self.handle, "simplex_iteration_limit", iterations), "simplex_iteration_limit")
    // The library's run clock counts all solves of one object; each solve has its own limit.
    try self.check(Highs_zeroAllClocks(self.handle), "clocks")
  }

  /// Hands a mixed-integer solve an assignment to begin from; NaN leaves a column open.
  func setStart(_ values: [Double]) throws(SolverError) {
    guard self.isMixedInteger else { return }
    if !values.contains(where: \.isNaN) {
      return try self.check(Highs_setSolution(self.handle, values, nil, nil, nil), "start")
    }
    let known = values.indices.filter { !values[$0].isNaN }
    try self.check(
      Highs_setSparseSolution(
        self.handle, HighsInt(known.count), known.map { HighsInt($0) }, known.map { values[$0] }), "start")
  }

  func setColumnBounds(_ column: Int, _ lower: Double, _ upper: Double) throws(SolverError) {
    try self.check(Highs_changeColBounds(self.handle, HighsInt(column), lower, upper), "column bounds")
  }

  func setRowBounds(_ row: Int, _ lower: Double, _ upper: Double) throws(SolverError) {
    try self.check(Highs_changeRowBounds(self.handle, HighsInt(row), lower, upper), "row bounds")
  }

  func setColumnCost(_ column: Int, _ cost: Double) throws(SolverError) {
    try self.check(Highs_changeColCost(self.handle, HighsInt(column), cost), "column cost")
  }

  func run() throws(SolverError) -> SolverOutcome {
    let before = Highs_getRunTime(self.handle)
    let result = Highs_run(self.handle)
    let status = Highs_getModelStatus(self.handle)
    let elapsed = Duration.seconds(max(0, Highs_getRunTime(self.handle) - before))
    if result == kHighsStatusError { throw .failed("HiGHS ended with model status \(status)") }
    switch status {
    case kHighsModelStatusOptimal, kHighsModelStatusModelEmpty:
      return try self.outcome(.optimal, elapsed: elapsed)
    case kHighsModelStatusTimeLimit, kHighsModelStatusIterationLimit, kHighsModelStatusSolutionLimit,
      kHighsModelStatusObjectiveBound, kHighsModelStatusObjectiveTarget, kHighsModelStatusInterrupt:
      return try self.outcome(.limitReached, elapsed: elapsed)
    case kHighsModelStatusInfeasible:
      return SolverOutcome(status: .infeasible, elapsed: elapsed)
    case kHighsModelStatusUnbounded:
      return SolverOutcome(status: .unbounded, elapsed: elapsed)
    case kHighsModelStatusUnboundedOrInfeasible:
      return try self.settle(elapsed: elapsed)
    default:
      throw .failed("HiGHS ended with model status \(status)")
    }
  }

  /// Presolve could not tell infeasible from unbounded: solve again without it.
  private func settle(elapsed: Duration) throws(SolverError) -> SolverOutcome {
    try self.check(Highs_setStringOptionValue(self.handle, "presolve", "off"), "presolve")
    let result = Highs_run(self.handle)
    let status = Highs_getModelStatus(self.handle)
    if result != kHighsStatusError, status == kHighsModelStatusUnbounded {
      return SolverOutcome(status: .unbounded, elapsed: elapsed)
    }
    if result != kHighsStatusError, status == kHighsModelStatusInfeasible {
      return SolverOutcome(status: .infeasible, elapsed: elapsed)
    }
    throw .failed("HiGHS ended with model status \(status)")
  }

  private func outcome(_ status: SolverStatus, elapsed: Duration) throws(SolverError) -> SolverOutcome {
    var outcome = SolverOutcome(status: status, elapsed: elapsed)
    var primalStatus: HighsInt = 0
    try self.check(Highs_getIntInfoValue(self.handle, "primal_solution_status", &primalStatus), "status")
    if primalStatus == kHighsSolutionStatusFeasible {
      var values = [Double](repeating: 0, count: self.columns)
      var reducedCosts = [Double](repeating: 0, count: self.columns)
      var rowValues = [Double](repeating: 0, count: self.rows)
      var rowDuals = [Double](repeating: 0, count: self.rows)
      try self.check(
        Highs_getSolution(self.handle, &values, &reducedCosts, &rowValues, &rowDuals), "solution")
      outcome.values = values
      outcome.objective = Highs_getObjectiveValue(self.handle)
      if !self.isMixedInteger {
        outcome.rowDuals = rowDuals
        outcome.reducedCosts = reducedCosts
      }
    }
    if self.isMixedInteger {
      try self.check(Highs_getDoubleInfoValue(self.handle, "mip_dual_bound", &outcome.bound), "bound")
      var nodes: Int64 = 0
      try self.check(Highs_getInt64InfoValue(self.handle, "mip_node_count", &nodes), "nodes")
      outcome.nodes = Int(clamping: nodes)
    } else if status == .optimal {
      outcome.bound = outcome.objective
    }
    return outcome
  }

  /// The basis of the last solve, nil when there is none.
  func basis() throws(SolverError) -> SolverBasis? {
    var validity: HighsInt = 0
    try self.check(Highs_getIntInfoValue(self.handle, "basis_validity", &validity), "basis")
    guard validity == kHighsBasisValidityValid else { return nil }
    var columns = [HighsInt](repeating: 0, count: self.columns)
    var rows = [HighsInt](repeating: 0, count: self.rows)
    try self.check(Highs_getBasis(self.handle, &columns, &rows), "basis")
    return SolverBasis(
      columns: columns.map { SolverBasis.Place(rawValue: $0) ?? .nonbasic },
      rows: rows.map { SolverBasis.Place(rawValue: $0) ?? .nonbasic })
  }

  /// Few iterations are left from a given basis, so that exact steepest-edge weights would cost more than they save.
  func setBasis(_ basis: SolverBasis) throws(SolverError) {
    guard basis.columns.count == self.columns, basis.rows.count == self.rows else {
      throw .refused("a basis for \(basis.columns.count) columns does not fit \(self.columns)")
    }
    let devex = HighsInt(1)
    try self.check(
      Highs_setIntOptionValue(self.handle, "simplex_dual_edge_weight_strategy", devex), "edge weights")
    try self.check(
      Highs_setBasis(self.handle, basis.columns.map(\.rawValue), basis.rows.map(\.rawValue)), "basis")
  }

  private func check(_ status: HighsInt, _ what: String) throws(SolverError) {
    if status == kHighsStatusError { throw .refused("HiGHS refused the \(what)") }
  }
}
