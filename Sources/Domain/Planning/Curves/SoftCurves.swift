extension Ladder {
  /// The fast method where limits give way: early stops that the caps force, then one window's minimum. Nil where
  /// others have to give way too, or the least was not proved; the full model then does it in stages.
  mutating func softenedOnCurves() -> Plan? {
    // The carbon ceiling gives way after these, so it must not force them.
    guard self.grid.problem.limits.importCarbonCeiling == nil,
      case .applies(let problem) = CurveProblem.read(self.grid, stopsEarly: true)
    else { return nil }
    let branches = self.grid.problem.solver.method == .exact
    do {
      switch try self.search(problem, branches: branches) {
      case .planned(let plan): return plan
      case .open: return nil
      case .infeasible: break
      }
      guard let reachable = try self.reachable(problem),
        case .planned(let plan) = try self.search(reachable, branches: branches)
      else { return nil }
      return plan
    } catch {
      return nil
    }
  }

  /// The problem with one window's minimum lowered to what can be reached.
  private mutating func reachable(_ problem: CurveProblem) throws(SolverError) -> CurveProblem? {
    let model = CurveModel(problem, measuresMissing: true)
    let outcome = try self.solver.session(model.model).solve(limits: SolverLimits(presolve: false))
    self.spend(outcome.elapsed)
    guard outcome.status == .optimal, let values = outcome.values, values.allSatisfy(\.isFinite) else {
      return nil
    }
    let rounding = CountRounding(model.counts(values), of: problem.bank)
    for alpha in rounding.alphas {
      let candidate = rounding.counts(alpha: alpha)
      guard problem.isWithinCurves(candidate), problem.limits.allows(candidate, bank: 0) else { continue }
      var descent = CountDescent(
        problem.limits, pricing: FreePricing(curves: problem.curves), counts: [candidate])
      descent.descend(moves: 2 * candidate.count)
      let missed = problem.limits.windows.map { window in
        max(0, (window.minimum ?? 0) - problem.limits.rigHours(descent.counts, in: window))
      }
      let short = missed.indices.filter { missed[$0] > 1e-6 }
      // Whole rigs miss whole steps: less than one above the relaxation is the least.
      guard short.count == 1,
        missed[short[0]] < outcome.objective + problem.limits.windows[short[0]].step - 1e-6
      else { continue }
      var reachable = problem
      reachable.limits.windows[short[0]].minimum =
        (problem.limits.windows[short[0]].minimum ?? 0) - missed[short[0]]
      return reachable
    }
    return nil
  }
}
