import Control
public import Forecasting
import Jobs
import JSONText
public import Planning
public import Quantities
public import SiteModel

/// Everything one planning run needs, so that it can happen on another thread than the one that asked.
public struct PlanRequest: Sendable {
  public var site: Site
  public var inputs: SiteInputs
  /// What the site forecast and metered so far.
  public var history: ForecastHistory
  public var state: PlanningState
  public var now: UTCInstant
  public var cause: String
  public var solver: SolverSettings

  public init(
    site: Site, inputs: SiteInputs, history: ForecastHistory = ForecastHistory(), state: PlanningState,
    now: UTCInstant, cause: String, solver: SolverSettings
  ) {
    self.site = site
    self.inputs = inputs
    self.history = history
    self.state = state
    self.now = now
    self.cause = cause
    self.solver = solver
  }
}

/// Why there is no plan to follow, in one sentence.
public struct NoPlan: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
}

/// From a site's present and outlook to an audited plan in the controller's terms.
public enum SitePlanner {
  /// Plans without a past.
  public static func plan(_ request: PlanRequest, solver: any Solver) -> Result<AuditedPlan, NoPlan> {
    var planner = RollingPlanner(solver: solver)
    return Self.plan(request, planner: &planner)
  }

  /// Plans from where the planner's last plan of this site ended, which saves time and changes plans only within the gap.
  public static func plan(
    _ request: PlanRequest, planner: inout RollingPlanner
  ) -> Result<AuditedPlan, NoPlan> {
    let site = request.site
    let slots = SiteProblem.slots(from: request.now, site: site)
    let (outlook, gap) = SiteOutlook.longest(
      site: site, inputs: request.inputs, history: request.history, current: request.state.metered,
      slots: slots)
    guard let outlook, let last = outlook.slots.last, let horizon = Slot(start: request.now, end: last.end)
    else {
      return .failure(NoPlan(description: gap.map { "\($0)" } ?? "the horizon is empty"))
    }
    var problem = SiteProblem.make(
      site: site, slots: outlook.slots, outlook: outlook, state: request.state, solver: request.solver)
    var cause = gap.map { "\(request.cause); shortened: \($0)" } ?? request.cause
    var outcome: PlanOutcome
    do throws(PlanProblemError) {
      let whole = problem
      (problem, outcome) = try JobPlanning.plan(whole, request, planner: &planner)
      if case .infeasible = outcome, whole.banks.contains(where: { !$0.fixed.isEmpty }) {
        // The controller cannot grant all of it either; the rest of the site still needs a plan.
        var free = whole
        for bank in free.banks.indices { free.banks[bank].fixed = [] }
        (problem, outcome) = try JobPlanning.plan(free, request, planner: &planner)
        cause += "; an override does not fit the limits and is left out"
      }
    } catch {
      return .failure(NoPlan(description: "the site makes no valid problem: \(error)"))
    }
    switch outcome {
    case .infeasible(let infeasibility): return .failure(NoPlan(description: infeasibility.message))
    case .planned(let plan):
      if let finding = PlanAudit.findings(plan, for: problem).first {
        return .failure(NoPlan(description: "the audit refused the plan: \(finding)"))
      }
      let provenance = outlook.provenance(in: site.zone)
      let problemText = problem.json().text()
      let planText = provenance.recorded(with: plan.json(for: problem)).text()
      return .success(
        AuditedPlan(
          steps: Self.steps(of: plan, site: site), terms: Self.terms(of: outlook, problem, plan),
          horizon: horizon, status: plan.status.rawValue,
          cause: cause,
          problemJSON: problemText, planJSON: planText, provenance: provenance,
          generation: outlook.generation.uncorrected,
          jobs: JobCosting.plan(plan, problem: problem, records: request.state.jobs),
          statement: PlanStatement.members(
            of: plan, for: problem, problemText: problemText, planText: planText, site: site)))
    }
  }

  private static func steps(of plan: Plan, site: Site) -> [PlanDirective.Step] {
    plan.slots.map { slot in
      let trims = site.control.trimHold != nil && !SiteProblem.isQuiet(slot.slot, site: site)
      return PlanDirective.Step(
        slot: slot.slot, running: slot.counts, expectedImport: slot.imported,
        trimLimit: trims ? site.banks.map(\.count) : nil)
    }
  }

  /// What the record prices energy by: the tariffs, without what a demand-response event adds for the planner.
  private static func terms(
    of outlook: SiteOutlook, _ problem: PlanProblem, _ plan: Plan
  ) -> [AuditedPlan.Terms] {
    outlook.slots.indices.map { slot in
      AuditedPlan.Terms(
        importPrice: outlook.importPrices.values[slot], exportPrice: outlook.exportPrices.values[slot],
        carbon: outlook.carbon.values[slot], expectedExport: plan.slots[slot].exported,
        renewable: Self.expected(problem.slots[slot].renewable, weights: problem.scenarioWeights),
        isPriceEstimated: outlook.importPrices.estimated[slot])
    }
  }

  /// The mean over the scenarios, where one value holds in all of them.
  private static func expected(_ power: [Kilowatts], weights: [Double]) -> Double {
    guard power.count > 1 else { return power.first?.value ?? 0 }
    return zip(power, weights).reduce(0) { $0 + $1.0.value * $1.1 }
  }
}
