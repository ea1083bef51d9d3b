/// Finds the cheapest plan for a problem, or says why there is none.
///
/// Every plan it returns has passed `PlanAudit`. It works down a ladder: the optimum within the gap, the best found
/// within the limits, the linear program rounded and repaired, a threshold rule, as few rigs as the limits allow.
public enum Planner {
  /// Blocks for as long as the solver does. Throws only for a problem that `PlanProblem.check` refuses.
  public static func plan(_ problem: PlanProblem, solver: some Solver) throws(PlanProblemError) -> PlanOutcome
  {
    var memory = CurveMemory()
    return try Self.plan(problem, solver: solver, memory: &memory)
  }

  static func plan(
    _ problem: PlanProblem, solver: some Solver, memory: inout CurveMemory
  ) throws(PlanProblemError) -> PlanOutcome {
    try problem.check()
    if let merged = MergedBanks(problem) {
      var ladder = Ladder(ProblemGrid(merged.problem), solver: solver, memory: memory)
      let outcome = ladder.outcome()
      memory = ladder.memory
      switch outcome {
      case .infeasible: return outcome
      case .planned(let plan):
        let split = merged.split(plan)
        if PlanAudit.findings(split, for: problem).isEmpty { return .planned(split) }
      }
    }
    var ladder = Ladder(ProblemGrid(problem), solver: solver, memory: memory)
    defer { memory = ladder.memory }
    return ladder.outcome()
  }
}

/// One run of the planner: what it solves with, and what is left of its time.
struct Ladder<SolverType: Solver> {
  let grid: ProblemGrid
  let solver: SolverType
  var memory: CurveMemory
  private(set) var elapsed = Duration.zero

  init(_ grid: ProblemGrid, solver: SolverType, memory: CurveMemory = CurveMemory()) {
    self.grid = grid
    self.solver = solver
    self.memory = memory
  }

  mutating func outcome() -> PlanOutcome {
    let settings = self.grid.problem.solver
    switch self.solveOnCurves(branches: settings.method == .exact) {
    case .planned(let plan): return .planned(plan)
    case .infeasible: return self.softened()
    case .open: break
    }
    var rounded: Plan?
    switch self.solveFleet() {
    case .planned(let plan):
      if !self.isWorthProving(plan) { return .planned(plan) }
      rounded = plan
    case .infeasible: return self.softened()
    case .open: rounded = settings.integral ? self.rounded() : nil
    }
    if let rounded, settings.method == .rounded || rounded.status == .optimal { return .planned(rounded) }
    let model = CountModel(self.grid)
    switch self.solve(model, start: rounded.map { model.start($0) }) {
    case .found(let model, let outcome):
      let witness = rounded ?? self.hardRule()
      var solved = self.audited(model, outcome)
      if let witness, let claim = solved, Self.refutes(witness, claim),
        case .found(_, let outcome) = self.solve(model, start: model.start(witness), presolve: false)
      {
        solved = self.audited(model, outcome)
      }
      if let plan = self.better(witness, solved) { return .planned(plan) }
    case .infeasible:
      return self.softened()
    case .unknown:
      if let rounded { return .planned(rounded) }
    }
    return self.fallback()
  }

  /// The cheaper of two plans, with the better of their bounds.
  func better(_ rounded: Plan?, _ solved: Plan?) -> Plan? {
    guard let rounded else { return solved }
    guard var solved, !Self.refutes(rounded, solved) else { return rounded }
    if rounded.objective < solved.objective - 1e-9 {
      (solved.slots, solved.totals, solved.jobs, solved.objective) =
        (rounded.slots, rounded.totals, rounded.jobs, rounded.objective)
      solved.baselines = rounded.baselines
    }
    solved.bound = min(solved.objective, max(rounded.bound, solved.bound))
    solved.status = self.provesGap(solved) ? .optimal : .incumbent
    return solved
  }

  /// Whether a plan that passed the audit costs less than another one's bound says any can. Libraries lose solutions
  /// when they simplify a model.
  private static func refutes(_ plan: Plan, _ claim: Plan) -> Bool {
    plan.objective < claim.bound - 1e-6 * max(1, abs(claim.bound))
  }

  /// Whether a plan's bound proves the gap asked for, up to the solver's own tolerance.
  func provesGap(_ plan: Plan) -> Bool { plan.relativeGap <= self.grid.problem.solver.relativeGap + 1e-6 }

  /// The hard problem has no solution: let soft limits give way, in their order, or name the limit.
  private mutating func softened() -> PlanOutcome {
    guard self.grid.problem.limits.soft else { return self.fallback() }
    if let plan = self.softenedOnCurves() { return .planned(plan) }
    if let plan = self.planWithHopelessJobs() { return .planned(plan) }
    // What the library makes of a model that it simplified may break a limit that it was held to: ask again without.
    for presolve in [true, false] {
      var model = CountModel(self.grid, elastic: Set(PlanLimit.soft))
      if case .found(let model, let outcome) = self.solveInStages(&model, presolve: presolve),
        let plan = self.audited(model, outcome)
      {
        return .planned(plan)
      }
    }
    return self.fallback()
  }

  /// What is planned when no solver helps, and before the word of one is taken that there is no plan.
  private mutating func fallback() -> PlanOutcome {
    if let plan = self.rule(.rule, "threshold") ?? self.rule(.least, "least") { return .planned(plan) }
    return .infeasible(self.diagnosis(elastic: self.grid.problem.limits.soft ? Set(PlanLimit.soft) : []))
  }

  /// The plan of the rule where it keeps soft limits too.
  private func hardRule() -> Plan? {
    guard let plan = self.rule(.rule, "threshold") else { return nil }
    return plan.slack.allSatisfy { $0.cause == .otherLoad } ? plan : nil
  }

  /// The plan of a rule, nil when the audit refuses it.
  private func rule(_ status: Plan.Status, _ method: String) -> Plan? {
    let schedule = RuleSchedule(self.grid, runsCheapSlots: status == .rule)
    let assembly = PlanAssembly(self.grid, running: schedule.running, jobHours: schedule.jobHours)
    let plan = assembly.plan(status: status, bound: -.infinity, method: method)
    return PlanAudit.findings(plan, for: self.grid.problem).isEmpty ? plan : nil
  }

  // MARK: Solving

  enum Solved {
    case found(CountModel, SolverOutcome)
    case infeasible
    /// The solver gave up without a plan and without a proof.
    case unknown
  }

  /// `relativeGap` is the problem's unless given.
  mutating func solve(
    _ model: CountModel, start: [Double]? = nil, relativeGap: Double? = nil, presolve: Bool = true
  ) -> Solved {
    do {
      var limits = self.limits()
      limits.relativeGap = relativeGap ?? limits.relativeGap
      limits.presolve = presolve
      let outcome = try self.solver.solve(model.model, limits: limits, start: start)
      self.spend(outcome.elapsed)
      // A library that calls a start optimal without a bound has lost its way: ask again without one.
      if start != nil, outcome.status == .optimal, !outcome.bound.isFinite {
        return self.solve(model, relativeGap: relativeGap, presolve: presolve)
      }
      if let values = outcome.values {
        // What a library returns is input from outside like any other.
        return values.allSatisfy(\.isFinite) && !outcome.bound.isNaN ? .found(model, outcome) : .unknown
      }
      return outcome.status == .infeasible ? .infeasible : .unknown
    } catch {
      return .unknown
    }
  }

  /// Minimises slack stage by stage, holding each, and the cost last.
  mutating func solveInStages(_ model: inout CountModel, presolve: Bool = true) -> Solved {
    let costs = model.model.columnCost
    var values: [Double]?
    for stage in Set(model.elastics.map(\.stage)).sorted() {
      let elastics = model.elastics.filter { $0.stage == stage }
      var least = values.map { values in elastics.reduce(0) { $0 + $1.weight * max(0, values[$1.column]) } }
      if least ?? 1 > 1e-7 {
        for column in costs.indices { model.model.setCost(0, column: column) }
        for elastic in elastics { model.model.setCost(elastic.weight, column: elastic.column) }
        switch self.solve(model, start: values, relativeGap: Self.slackGap, presolve: presolve) {
        case .found(_, let outcome):
          values = outcome.values
          least = outcome.objective
          // No limit gives way on the word of one solve: simplifying a model has been seen to lose better solutions.
          if presolve, outcome.objective > 1e-7,
            case .found(_, let second) = self.solve(model, relativeGap: Self.slackGap, presolve: false),
            second.objective < outcome.objective
          {
            values = second.values
            least = second.objective
          }
        case .infeasible: return .infeasible
        case .unknown: if values == nil { return .unknown }
        }
      }
      model.hold(elastics, at: least ?? 0)
    }
    for column in costs.indices { model.model.setCost(costs[column], column: column) }
    let solved = self.solve(model, start: values, presolve: presolve)
    guard let values else { return solved }
    switch solved {
    case .found: return solved
    // The stages left values that keep everything, whatever became of the last solve.
    case .infeasible, .unknown: return .found(model, SolverOutcome(status: .limitReached, values: values))
    }
  }

  /// How close to the least possible a slack is brought before it is held.
  private static var slackGap: Double { 1e-6 }

  mutating func spend(_ time: Duration) { self.elapsed += time }

  /// Nodes after which a solve that was only asked for a rounded plan gives up on proving more.
  private static var nodesForRounded: Int { 50 }

  func limits() -> SolverLimits {
    let settings = self.grid.problem.solver
    let nodes =
      settings.method == .rounded ? min(settings.nodeLimit ?? .max, Self.nodesForRounded) : settings.nodeLimit
    return SolverLimits(
      relativeGap: settings.relativeGap,
      timeLimit: settings.timeLimit.map { max(.milliseconds(50), $0 - self.elapsed) },
      nodeLimit: nodes)
  }

  /// The plan of a solution, nil when the audit refuses it.
  func audited(_ model: CountModel, _ outcome: SolverOutcome) -> Plan? {
    guard let values = outcome.values else { return nil }
    let settings = self.grid.problem.solver
    var plan = model.assembly(values).plan(
      status: .optimal, bound: outcome.bound, method: settings.integral ? "milp" : "lp")
    if !self.provesGap(plan) { plan.status = .incumbent }
    return PlanAudit.findings(plan, for: self.grid.problem).isEmpty ? plan : nil
  }
}
