extension Ladder {
  /// Revisions of a fleet's plan: a fixed amount of work, about as much again as three times the first plan.
  private static var revisions: Int { 12 }
  /// Banks freed together in a revision.
  private static var revisedBanks: Int { 5 }
  /// Whole counts up to which the mixed-integer solver can be expected to prove what the fleet's bound leaves open.
  private static var provableCounts: Int { 400 }

  /// The method for several banks, and for fractions of rigs.
  mutating func solveFleet() -> CurveResult {
    let problem = self.grid.problem
    guard self.grid.jobs.isEmpty, !self.grid.banks.isEmpty, problem.weights.cvarWeight == 0,
      problem.limits.averageCarbonCap == nil
    else { return .open }
    guard let fleet = Fleet(self.grid) else { return .infeasible }
    do {
      return problem.solver.integral ? try self.wholeCounts(fleet) : try self.fractions(fleet)
    } catch {
      return .open
    }
  }

  private mutating func wholeCounts(_ fleet: Fleet) throws(SolverError) -> CurveResult {
    var search = try FleetSearch(fleet, solver: self.solver)
    guard try search.solveRoot() else { return .infeasible }
    try search.dive()
    let settings = self.grid.problem.solver
    if settings.method == .exact, fleet.grid.banks.count > 1 {
      let timeLimit = self.limits().timeLimit
      for _ in 0..<Self.revisions {
        if search.proves(settings.relativeGap) { break }
        if let timeLimit, search.elapsed >= timeLimit { break }
        try search.revise(banks: Self.revisedBanks)
      }
    }
    self.spend(search.elapsed)
    guard let best = search.best else { return .open }
    let running = best.map { $0.map(Double.init) }
    return self.audited(
      running, bound: search.lower, status: settings.method == .exact ? .incumbent : .rounded)
  }

  /// Fractions of rigs are the relaxation itself, where the curves are the cost itself.
  private mutating func fractions(_ fleet: Fleet) throws(SolverError) -> CurveResult {
    guard fleet.curves.allSatisfy(\.isExact) else { return .open }
    var search = try FleetSearch(fleet, solver: self.solver)
    guard try search.solveRoot() else { return .infeasible }
    self.spend(search.elapsed)
    let running = zip(search.relaxed, self.grid.banks).map { counts, bank in
      counts.map { min(max(0, $0), Double(bank.rigs)) }
    }
    return self.audited(running, bound: search.lower, status: .incumbent)
  }

  private func audited(_ running: [[Double]], bound: Double, status: Plan.Status) -> CurveResult {
    var plan = PlanAssembly(self.grid, running: running, jobHours: []).plan(
      status: status, bound: bound, method: "loads")
    if self.provesGap(plan) { plan.status = .optimal }
    return PlanAudit.findings(plan, for: self.grid.problem).isEmpty ? .planned(plan) : .open
  }

  /// Whether the mixed-integer solver may still prove the gap of a fleet's plan.
  func isWorthProving(_ plan: Plan) -> Bool {
    let settings = self.grid.problem.solver
    return plan.status != .optimal && settings.method == .exact
      && self.grid.banks.count * self.grid.slotCount <= Self.provableCounts
  }
}
