public import Jobs
public import Planning
import Quantities
import SiteModel

/// Says of a new job whether its deadline can be met and, if not, when it could end at the earliest.
///
/// Within the horizon the planner answers, beside all other jobs and limits; beyond it, a job is counted on to have all
/// the rigs it may have from the horizon's end on, and the answer says that it is an estimate.
public enum JobAdmission {
  /// The search needs any plan, not a good one.
  private static let gap = 1.0
  /// Seconds for one plan: a person waits for all of them.
  private static let timeLimit = Duration.milliseconds(700)

  /// `request` is the site's present without the job. Blocks for at most about a dozen plans.
  public static func promise(for job: Job, _ request: PlanRequest, solver: any Solver) -> JobPromise {
    var request = request
    request.solver.relativeGap = Self.gap
    request.solver.timeLimit = request.solver.timeLimit.map { min($0, Self.timeLimit) }
    let added = JobRecord(job: job, addedAt: request.now, promise: JobPromise(meetsDeadline: false))
    request.state.jobs.append(added)
    let slots = SiteProblem.slots(from: request.now, site: request.site)
    guard
      let outlook = SiteOutlook.longest(site: request.site, inputs: request.inputs, slots: slots).outlook,
      let horizonEnd = outlook.slots.last?.end
    else { return JobPromise(meetsDeadline: false) }
    let trial = JobTrial(request: request, outlook: outlook, solver: solver)
    let others = request.state.jobs.dropLast()
    let asked = trial.late(job)
    let isFar = job.deadline > horizonEnd
    let delayed = others.filter { $0.promise.meetsDeadline && asked?.others.contains($0.job.id) == true }
    // Who comes later takes nothing from those of its own priority.
    let isEntitled = job.isCritical || delayed.allSatisfy { $0.job.priority < job.priority }
    if let asked, asked.own <= 1e-6, isEntitled {
      return JobPromise(meetsDeadline: true, isEstimate: isFar, delayed: delayed.map(\.job.id))
    }
    return Self.earliest(job, trial, horizonEnd: horizonEnd)
  }

  private static func earliest(_ job: Job, _ trial: JobTrial, horizonEnd: UTCInstant) -> JobPromise {
    let ends = trial.outlook.slots.map(\.end).filter { $0 > job.release }
    var open = job
    open.deadline = horizonEnd
    guard let last = trial.late(open), let first = ends.first else {
      return JobPromise(meetsDeadline: false)
    }
    let otherHours = last.otherHours
    // What cannot even begin, such as a block that is wider than the import cap, may never be done.
    guard last.own < job.rigHours - 1e-6 else { return JobPromise(meetsDeadline: false) }
    guard last.own <= 1e-6 else {
      let hours = last.own / Double(max(1, job.maximumRigs))
      let rest = Int64((hours * 3_600_000).rounded(.up))
      return JobPromise(
        meetsDeadline: false, earliestEnd: horizonEnd.advanced(byMilliseconds: rest), isEstimate: true)
    }
    // The first end by which it can be done without making others later than they must be.
    var low = ends.firstIndex { $0 > job.deadline || $0 == first } ?? 0
    var high = ends.count - 1
    while low < high {
      let middle = (low + high) / 2
      open.deadline = ends[middle]
      if let late = trial.late(open), late.own <= 1e-6, late.otherHours <= otherHours + 1e-6 {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return JobPromise(meetsDeadline: false, earliestEnd: ends[high])
  }
}

/// Plans made to see what comes of a job with one deadline or another.
private struct JobTrial {
  struct Lateness {
    /// Rig-hours of the job that miss its deadline.
    var own: Double
    /// The other jobs that miss theirs, and by how many rig-hours together.
    var others: [String]
    var otherHours: Double
  }

  let request: PlanRequest
  let outlook: SiteOutlook
  let solver: any Solver

  /// Nil when no plan was found at all. The job is the last of the request's.
  func late(_ job: Job) -> Lateness? {
    var request = self.request
    let last = request.state.jobs.count - 1
    request.state.jobs[last] = JobRecord(
      job: job, addedAt: request.now, promise: JobPromise(meetsDeadline: false))
    var problem = SiteProblem.make(
      site: request.site, slots: self.outlook.slots, outlook: self.outlook, state: request.state,
      solver: request.solver)
    problem.jobs = SiteJobs.jobs(
      request.state.jobs, site: request.site, slots: self.outlook.slots, state: request.state,
      relief: SiteJobs.Relief(givesFarJobsTheLeast: true, isStrict: true))
    guard problem.jobs.contains(where: { $0.name == job.id }) else {
      // Its window lies beyond the horizon, or it needs nothing before: nothing known stands against it.
      return self.isBeyond(job) ? Lateness(own: 0, others: [], otherHours: 0) : nil
    }
    do throws(PlanProblemError) {
      guard case .planned(let plan) = try Planner.plan(problem, solver: self.solver) else { return nil }
      return self.lateness(of: job, in: plan)
    } catch {
      return nil
    }
  }

  private func isBeyond(_ job: Job) -> Bool {
    job.deadline > self.outlook.slots[self.outlook.slots.count - 1].end
  }

  private func lateness(of job: Job, in plan: Plan) -> Lateness {
    // A job that is put off to "as soon as it can" has no deadline in the problem, but it has one.
    var own = 0.0
    var others: [(String, Double)] = []
    for planned in plan.jobs {
      guard let record = self.request.state.jobs.first(where: { $0.job.id == planned.name }) else { continue }
      let deadline = planned.name == job.id ? job.deadline : record.job.deadline
      let outside = zip(plan.slots, planned.rigHoursBySlot).reduce(0) {
        $1.0.slot.end > deadline ? $0 + $1.1 : $0
      }
      let late = max(planned.lateRigHours, outside)
      if planned.name == job.id { own = late } else if late > 1e-6 { others.append((planned.name, late)) }
    }
    return Lateness(own: own, others: others.map(\.0), otherHours: others.reduce(0) { $0 + $1.1 })
  }
}
