import Quantities

extension Planner {
  /// Points a front may have: each costs a solve.
  public static let frontPoints = 2...200

  /// Finds points of the front of cost against CO2 by epsilon-constraint: both ends, and between them the cheapest plan
  /// under each of evenly spaced caps on CO2. Every plan has passed the audit and carries its own proved gap.
  ///
  /// All limits are hard: a front whose points break limits would compare breaches. `points` must lie in
  /// `frontPoints`. Blocks for as long as that many plans take. Throws only for a problem that its check refuses.
  public static func paretoFront(
    _ problem: PlanProblem, points: Int, solver: some Solver
  ) throws(PlanProblemError) -> ParetoOutcome {
    precondition(Self.frontPoints.contains(points), "a front has 2 to 200 points")
    try problem.check()
    return try FrontSearch(problem, solver: solver).front(points: points)
  }
}

/// One run of the epsilon-constraint method (Haimes, Lasdon and Wismer 1971).
private struct FrontSearch<SolverType: Solver> {
  /// The problem with cost as its objective and hard limits.
  private let problem: PlanProblem
  private let solver: SolverType

  /// The ends decide where the caps lie, so they are solved closer than a plan needs to be.
  private static var endGap: Double { 1e-6 }
  private static var largestGap: Double { 1e-4 }

  init(_ problem: PlanProblem, solver: SolverType) {
    self.problem =
      problem
      .with(\.weights.carbonPrice, .zero).with(\.limits.soft, false).with(\.solver.method, .exact)
      .with(\.solver.relativeGap, min(problem.solver.relativeGap, Self.largestGap))
    self.solver = solver
  }

  func front(points count: Int) throws(PlanProblemError) -> ParetoOutcome {
    let cheapest: Plan
    switch try self.cheapest() {
    case .infeasible(let infeasibility): return .infeasible(infeasibility)
    case .planned(let plan): cheapest = plan
    }
    let cleanest: (cap: KilogramsCO2, plan: Plan?)
    switch try self.cleanest() {
    case .infeasible(let infeasibility): return .infeasible(infeasibility)
    case .planned(let plan): cleanest = try self.cheapest(as: plan)
    }
    var candidates = [ParetoFront.Point(role: .cheapest, cap: nil, plan: cheapest)]
    let range = cheapest.totals.co2 - cleanest.cap
    if range > .zero {
      for step in 1..<count - 1 {
        let cap = cheapest.totals.co2 - range * (Double(step) / Double(count - 1))
        if let plan = try self.plan(cap: cap) {
          candidates.append(ParetoFront.Point(role: .capped, cap: cap, plan: plan))
        }
      }
    }
    if let plan = cleanest.plan {
      candidates.append(ParetoFront.Point(role: .leastCO2, cap: cleanest.cap, plan: plan))
    }
    return .front(ParetoFront(candidates))
  }

  // MARK: Ends

  /// The cheapest plan. Among equals the one with the least CO2: carbon gets a price too small to move the cost by more
  /// than its tolerance (the augmentation of Mavrotas 2009).
  private func cheapest() throws(PlanProblemError) -> PlanOutcome {
    let plain = self.problem.with(\.solver.relativeGap, min(self.problem.solver.relativeGap, Self.endGap))
    let outcome = try Planner.plan(plain, solver: self.solver)
    guard case .planned(let first) = outcome, first.totals.co2 > .zero else { return outcome }
    let price = Money(Self.endGap * max(1, abs(first.objective)) / max(1, first.totals.co2.value))
    let augmented = plain.with(\.weights.carbonPrice, price).with(\.solver.relativeGap, Self.endGap / 10)
    guard case .planned(let second) = try Planner.plan(augmented, solver: self.solver) else { return outcome }
    var cleaner = self.priced(second)
    guard cleaner.objective - first.objective <= Self.endGap * max(1, abs(first.objective)),
      cleaner.totals.co2 < first.totals.co2, PlanAudit.findings(cleaner, for: plain).isEmpty
    else { return outcome }
    cleaner.bound = min(first.bound, cleaner.objective)
    return .planned(cleaner)
  }

  /// The least CO2 whatever it costs: the same problem with carbon as its only price.
  private func cleanest() throws(PlanProblemError) -> PlanOutcome {
    var carbon = self.problem
    for slot in carbon.slots.indices {
      carbon.slots[slot].importPrice = EnergyPrice(carbon.slots[slot].carbon.value / 1000)
      carbon.slots[slot].exportPrice = .zero
    }
    for bank in carbon.banks.indices {
      carbon.banks[bank].startCost = .zero
      carbon.banks[bank].revenuePerRigHour = .zero
    }
    carbon.weights = ObjectiveWeights()
    carbon.solver.relativeGap = Self.endGap
    return try Planner.plan(carbon, solver: self.solver)
  }

  /// The cheapest plan with the CO2 of `plan`, which is that plan itself where no better one is found.
  private func cheapest(as plan: Plan) throws(PlanProblemError) -> (cap: KilogramsCO2, plan: Plan?) {
    let cap = plan.totals.co2 + KilogramsCO2(Self.endGap * max(1, plan.totals.co2.value))
    let priced = self.priced(plan)
    let own = PlanAudit.findings(priced, for: self.problem).isEmpty ? priced : nil
    guard let found = try self.plan(cap: cap) else { return (cap, own) }
    return (cap, own.map { $0.objective < found.objective ? $0 : found } ?? found)
  }

  private func plan(cap: KilogramsCO2) throws(PlanProblemError) -> Plan? {
    let capped = self.problem.with(\.limits.maximumCO2, cap)
    // A cap as tight as the solver's tolerance may defeat it; the ends then say all there is.
    guard case .planned(let plan) = try Planner.plan(capped, solver: self.solver) else { return nil }
    return plan
  }

  /// A plan made for other prices, with the same rigs and flows at this problem's.
  private func priced(_ plan: Plan) -> Plan {
    let grid = ProblemGrid(self.problem)
    let running = grid.banks.indices.map { bank in plan.slots.map { $0.running[bank] } }
    let flows = plan.slots.enumerated().flatMap { slot, planned in
      planned.flows.map { flow in
        let rigLoad = PlanAssembly.rigLoad(grid, running, slot)
        return Dispatch(
          imported: flow.imported.value, absorbed: flow.absorbed.value, exported: flow.exported.value,
          curtailed: flow.curtailed.value,
          cost: grid.importPrice[slot] * flow.imported.value - grid.exportPrice[slot] * flow.exported.value
            - grid.bonus * min(flow.absorbed.value, rigLoad))
      }
    }
    let assembly = PlanAssembly(
      grid, running: running, jobHours: plan.jobs.map(\.rigHoursBySlot), flows: flows)
    return assembly.plan(status: plan.status, bound: -.infinity, method: plan.method)
  }
}

extension PlanProblem {
  /// A copy with one value changed.
  func with<Value>(_ path: WritableKeyPath<PlanProblem, Value>, _ value: Value) -> PlanProblem {
    var copy = self
    copy[keyPath: path] = value
    return copy
  }
}
