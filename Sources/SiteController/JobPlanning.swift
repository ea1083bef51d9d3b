import Jobs
import Planning
import Quantities
import SiteModel

/// Plans a site with its jobs. Where not every job can be met, what is promised least gives way first: work that may
/// wait until after the horizon, then the deadlines of jobs of lower priority, then those that were not promised. No job keeps a site from having a plan.
enum JobPlanning {
  /// `problem` has the jobs of `request` without any relief. Returns the problem that was solved in the end.
  static func plan(
    _ problem: PlanProblem, _ request: PlanRequest, planner: inout RollingPlanner, strict: Bool = false
  ) throws(PlanProblemError) -> (problem: PlanProblem, outcome: PlanOutcome) {
    let records = request.state.jobs
    var relief = SiteJobs.Relief(isStrict: strict)
    var best = (problem: problem, outcome: try planner.plan(problem))
    guard !problem.jobs.isEmpty else { return best }
    let horizonEnd = problem.slots.last?.slot.end ?? request.now
    if Self.isShort(best.outcome), records.contains(where: { $0.job.deadline > horizonEnd }) {
      relief.givesFarJobsTheLeast = true
      best = try Self.plan(problem, request, relief, &planner)
    }
    if let late = Self.late(best.outcome, records).map(\.rank).max(),
      records.contains(where: { $0.rank < late })
    {
      relief.relaxesBelow = late
      let relaxed = try Self.plan(problem, request, relief, &planner)
      if Self.lateHours(relaxed.outcome, records, from: late) < Self.lateHours(
        best.outcome, records, from: late) - 1e-6
      {
        best = relaxed
      }
    }
    if case .infeasible = best.outcome {
      var without = problem
      without.jobs = []
      return (without, try planner.plan(without))
    }
    return best
  }

  private static func plan(
    _ problem: PlanProblem, _ request: PlanRequest, _ relief: SiteJobs.Relief, _ planner: inout RollingPlanner
  ) throws(PlanProblemError) -> (problem: PlanProblem, outcome: PlanOutcome) {
    var relieved = problem
    relieved.jobs = SiteJobs.jobs(
      request.state.jobs, site: request.site, slots: problem.slots.map(\.slot), state: request.state,
      relief: relief)
    return (relieved, try planner.plan(relieved))
  }

  private static func isShort(_ outcome: PlanOutcome) -> Bool {
    switch outcome {
    case .infeasible: true
    case .planned(let plan): plan.jobs.contains { $0.lateRigHours > 1e-6 }
    }
  }

  private static func late(_ outcome: PlanOutcome, _ records: [JobRecord]) -> [JobRecord] {
    guard case .planned(let plan) = outcome else { return [] }
    return records.filter { record in
      plan.jobs.contains { $0.name == record.job.id && $0.lateRigHours > 1e-6 }
    }
  }

  private static func lateHours(_ outcome: PlanOutcome, _ records: [JobRecord], from rank: JobRank)
    -> Double
  {
    guard case .planned(let plan) = outcome else { return .infinity }
    return records.filter { $0.rank >= rank }.reduce(0) { sum, record in
      sum + (plan.jobs.first { $0.name == record.job.id }?.lateRigHours ?? 0)
    }
  }
}
