import HiGHSSolver
import JSONText
import Planning
import Quantities
import SiteController
import SiteModel
import Testing

/// A site that plans again from where its last plan ended.
struct RollingSiteTests {
  /// A site with minimum on times and starts that cost, so that there is something to search.
  private static let site = LivingSite.site {
    $0.banks[0].minimumOn = .hours(2)
    $0.banks[0].startCost = Money(20)
    $0.planner.minimumRigHoursPerDay = 30
  }

  /// A morning of requests, a slot apart, with other rigs running each time.
  private static let requests = (0..<10).map { step in
    var state = PlanningState.idle(Self.site)
    for rig in 0..<step % 4 {
      state.rigs[0][rig] = PlanningState.Rig(isOn: true, elapsed: .minutes(20 * (rig + 1)), isAvailable: true)
    }
    state.rigHoursDelivered = Double(step)
    return PlanRequest(
      site: Self.site, inputs: SiteInputs(), state: state,
      now: LivingSite.midnight + .minutes(30 * step), cause: "test",
      solver: SolverSettings(relativeGap: 1e-3, timeLimit: nil, nodeLimit: 200))
  }

  private func cost(_ plan: AuditedPlan) throws -> (objective: Double, bound: Double) {
    let json = try JSONValue.parse(Array(plan.planJSON.utf8))
    return (try #require(json["objective"]?.double), try #require(json["bound"]?.double))
  }

  @Test func `plans as well as one without a past`() throws {
    var planner = RollingPlanner(solver: HiGHSSolver())
    for request in Self.requests {
      let rolling = try self.cost(SitePlanner.plan(request, planner: &planner).get())
      let cold = try self.cost(SitePlanner.plan(request, solver: HiGHSSolver()).get())
      let tolerance = 1e-3 * max(1, abs(cold.objective)) + 1e-6
      #expect(abs(rolling.objective - cold.objective) <= tolerance)
      #expect(rolling.bound <= cold.objective + 1e-6 * max(1, abs(cold.objective)))
    }
  }

  @Test func `plans the same after the same past`() throws {
    var first = RollingPlanner(solver: HiGHSSolver())
    var second = RollingPlanner(solver: HiGHSSolver())
    for request in Self.requests {
      let one = try SitePlanner.plan(request, planner: &first).get()
      let other = try SitePlanner.plan(request, planner: &second).get()
      #expect(one.steps == other.steps)
      #expect(one.status == other.status)
    }
  }
}
