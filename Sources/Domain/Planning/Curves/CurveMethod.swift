extension Ladder {
  enum CurveResult {
    case planned(Plan)
    /// Proved to have no solution.
    case infeasible
    /// Another method has to do it.
    case open
  }

  /// The fast method for one bank. `branches` false stops after rounding the relaxation.
  mutating func solveOnCurves(branches: Bool) -> CurveResult {
    let problem: CurveProblem
    switch CurveProblem.read(self.grid) {
    case .applies(let found): problem = found
    case .needsFullModel: return .open
    case .infeasible: return .infeasible
    }
    do {
      return try self.search(problem, branches: branches)
    } catch {
      // Whatever state the solver is in, the next plan shall not begin with it.
      self.memory = CurveMemory()
      return .open
    }
  }

  mutating func search(_ problem: CurveProblem, branches: Bool) throws(SolverError) -> CurveResult {
    let settings = self.grid.problem.solver
    let model = CurveModel(problem)
    let slots = self.grid.problem.slots.map(\.slot)
    let session = try self.memory.session(model, solver: self.solver)
    var search = CurveSearch(model, session: session, relativeGap: settings.relativeGap)
    guard try search.solveRoot(from: self.memory.basis(for: model, slots: slots)) else { return .infeasible }
    if !search.gapIsProved, let counts = self.memory.counts(for: slots) { search.improve(counts) }
    self.memory.keep(search, slots: slots)
    var method = "curves"
    if branches, !search.gapIsProved {
      try search.branch(timeLimit: self.limits().timeLimit)
      if !search.gapIsProved {
        method = "curves-milp"
        try self.finish(&search)
      }
    }
    self.spend(search.elapsed)
    guard let best = search.best else { return .open }
    let running = [EarlierStarts.moved(best, problem).map(Double.init)]
    var plan = PlanAssembly(self.grid, running: running, jobHours: []).plan(
      status: branches ? .incumbent : .rounded, bound: search.lower, method: method)
    if self.provesGap(plan) { plan.status = .optimal }
    return PlanAudit.findings(plan, for: self.grid.problem).isEmpty ? .planned(plan) : .open
  }

  /// Hands what is left to the mixed-integer solver, with the best counts as its start: over the curves where they are
  /// convex, otherwise over the full model.
  private mutating func finish(_ search: inout CurveSearch) throws(SolverError) {
    var limits = self.limits()
    if search.model.problem.curves.allSatisfy(\.isConvex) {
      limits.presolve = false
      let start = search.best.map { search.model.assignment($0) }
      let outcome = try self.solver.solve(search.model.model, limits: limits, start: start)
      self.spend(outcome.elapsed)
      if let values = outcome.values, values.allSatisfy(\.isFinite) {
        search.propose(search.model.counts(values).map { Int($0.rounded()) })
      }
      search.raise(lowerTo: outcome.status == .infeasible ? search.lower : outcome.bound)
    } else if case .found(let model, let outcome) = self.solve(CountModel(self.grid)),
      let values = outcome.values
    {
      search.propose(model.running[0].map { Int(values[$0].rounded()) })
      search.raise(lowerTo: outcome.bound)
    }
  }
}
