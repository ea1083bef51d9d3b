import Quantities

extension Planner {
  /// The length of a settlement period in which flexibility is traded.
  private static let halfHour: Int64 = 1_800_000

  /// Plans, and finds what the plan could offer in each half-hour of the horizon (in each slot, where slots are longer).
  ///
  /// Two steps for each direction: the least (most) the rigs can draw in the window under every limit, then the
  /// cheapest whole plan that draws no more (no less). Both are planned and audited like any other, and the price is
  /// the difference of two plans' costs, not a marginal price. Windows are alternatives: each offer stands alone.
  /// All limits are hard. Throws only for a problem that its check refuses.
  public static func flexibility(
    _ problem: PlanProblem, solver: some Solver
  ) throws(PlanProblemError) -> FlexibilityOutcome {
    try problem.check()
    let search = FlexibilitySearch(problem, solver: solver)
    switch try Planner.plan(search.problem, solver: solver) {
    case .infeasible(let infeasibility): return .infeasible(infeasibility)
    case .planned(let plan):
      var windows: [FlexibilityWindow] = []
      for slots in Self.windows(of: problem) { windows.append(try search.window(slots, around: plan)) }
      return .planned(FlexiblePlan(plan: plan, windows: windows))
    }
  }

  /// Slots grouped by the half-hour they begin in.
  private static func windows(of problem: PlanProblem) -> [ClosedRange<Int>] {
    var windows: [ClosedRange<Int>] = []
    for (index, slot) in problem.slots.enumerated() {
      let period = slot.slot.start.milliseconds / Self.halfHour
      if let last = windows.last,
        problem.slots[last.lowerBound].slot.start.milliseconds / Self.halfHour == period
      {
        windows[windows.count - 1] = last.lowerBound...index
      } else {
        windows.append(index...index)
      }
    }
    return windows
  }
}

private struct FlexibilitySearch<SolverType: Solver> {
  /// The problem with hard limits, solved closely: prices are differences of costs.
  let problem: PlanProblem
  private let grid: ProblemGrid
  private let solver: SolverType

  private static var largestGap: Double { 1e-5 }

  init(_ problem: PlanProblem, solver: SolverType) {
    self.problem = problem.with(\.limits.soft, false).with(\.solver.method, .exact)
      .with(\.solver.relativeGap, min(problem.solver.relativeGap, Self.largestGap))
    self.grid = ProblemGrid(self.problem)
    self.solver = solver
  }

  func window(_ slots: ClosedRange<Int>, around plan: Plan) throws(PlanProblemError) -> FlexibilityWindow {
    let callable = Callable(plan, self.grid)
    return FlexibilityWindow(
      slot: self.problem.window(slots), baseline: Self.level(of: plan, slots),
      down: try self.offer(slots, around: plan, up: false),
      up: try self.offer(slots, around: plan, up: true), callableDown: callable.power(slots, up: false),
      callableUp: callable.power(slots, up: true))
  }

  private func offer(_ slots: ClosedRange<Int>, around plan: Plan, up: Bool) throws(PlanProblemError)
    -> FlexibilityWindow.Offer?
  {
    guard case .planned(let extreme) = try Planner.plan(self.extremes(slots, up: up), solver: self.solver)
    else { return nil }
    var held = self.problem
    for slot in slots {
      let other = self.problem.slots[slot].otherLoad
      let load = Kilowatts(
        self.grid.sameNetImport(
          slot, as: max(0, (extreme.slots[slot].load - other).value),
          towards: max(0, (plan.slots[slot].load - other).value)))
      // The audit's rounding, so that the very counts found fit.
      let tolerance = Kilowatts(1e-7 * max(1, load.value))
      if up {
        held.slots[slot].minimumRigLoad = max(.zero, load - tolerance)
      } else {
        held.slots[slot].maximumRigLoad = max(.zero, load) + tolerance
      }
    }
    guard case .planned(let other) = try Planner.plan(held, solver: self.solver) else { return nil }
    let change = Self.level(of: other, slots) - Self.level(of: plan, slots)
    let power = up ? change : -change
    guard power.value > 1e-6 else { return nil }
    let slack = { (plan: Plan) in plan.bound.isFinite ? plan.objective - plan.bound : 0 }
    return FlexibilityWindow.Offer(
      power: power, cost: Money(other.objective - plan.objective),
      uncertainty: Money(max(0, slack(plan)) + max(0, slack(other))),
      energy: power * self.problem.window(slots).length)
  }

  /// The same limits with one aim: the least, or the most, that rigs draw in some slots.
  private func extremes(_ slots: ClosedRange<Int>, up: Bool) -> PlanProblem {
    var aim = self.problem
    for index in aim.slots.indices {
      let price = slots.contains(index) ? EnergyPrice(up ? -1 : 1) : .zero
      aim.slots[index].importPrice = price
      // At one price for both directions, import less export is the load less what the sun and the wind give.
      aim.slots[index].exportPrice = price
      // Spilling renewables to import more would be no flexibility of the rigs.
      if self.problem.limits.curtailable { aim.slots[index].exportCap = nil }
    }
    aim.limits.curtailable = false
    for bank in aim.banks.indices {
      aim.banks[bank].startCost = .zero
      aim.banks[bank].revenuePerRigHour = .zero
    }
    aim.weights = ObjectiveWeights()
    return aim
  }

  /// Mean import less export over slots.
  private static func level(of plan: Plan, _ slots: ClosedRange<Int>) -> Kilowatts {
    var energy = KilowattHours.zero
    var hours = 0.0
    for slot in slots {
      energy = energy + (plan.slots[slot].imported - plan.slots[slot].exported) * plan.slots[slot].slot.length
      hours += plan.slots[slot].slot.hours
    }
    return Kilowatts(energy.value / hours)
  }
}
