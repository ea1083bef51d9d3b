public import Control
public import Jobs
import Ports
import Quantities
import SiteModel

// Jobs in the engine: what is asked of it, and the work that the tick's relay time did.
extension SiteEngine {
  /// The job that a request means on this site, or the one already known by its name when the request repeats it; why
  /// not otherwise. Nothing is taken yet.
  public func job(_ request: JobRequest, at now: Moment) -> Result<JobWish, JobRefusal> {
    guard self.controller.trustsClock else {
      return .failure(
        JobRefusal("the clock is not trusted, so no release or deadline can be kept; wait for it"))
    }
    if let known = self.jobs[request.id] {
      if request.describes(known.job) { return .success(.known(known)) }
      guard known.state.isEnd else {
        return .failure(JobRefusal("id: there is another open job called '\(request.id)'; cancel it first"))
      }
    }
    if let refusal = self.jobs.refusal { return .failure(refusal) }
    do throws(JobRefusal) {
      let banks = self.site.banks.map { (name: $0.name, rigs: $0.count) }
      return .success(.new(try request.job(banks: banks, now: now.wall)))
    } catch {
      return .failure(error)
    }
  }

  /// Takes a job that `job(_:at:)` called new. Taken twice, it is the same job.
  public mutating func add(_ job: Job, promise: JobPromise, at now: Moment) -> Outcome {
    var outcome = Outcome()
    if let known = self.jobs[job.id], !known.state.isEnd || known.job == job { return outcome }
    guard self.jobs.refusal == nil else { return outcome }
    self.jobs.add(job, promise: promise, at: now.wall)
    outcome.replan = "job \(job.id) added"
    outcome.isUrgent = true
    self.finish()
    return outcome
  }

  /// Takes an open job back; false when there is none of this name.
  public mutating func cancelJob(_ id: String, at now: Moment) -> (outcome: Outcome, isCancelled: Bool) {
    var outcome = Outcome()
    guard self.jobs.cancel(id, at: now.wall, why: "cancelled by request") else { return (outcome, false) }
    outcome.replan = "job \(id) cancelled"
    outcome.isUrgent = true
    self.finish()
    return (outcome, true)
  }

  /// Counts the relay time that settlement counts next as work on jobs, cut where its slot ends. Rigs whose watts never
  /// came do not work.
  mutating func workOnJobs(until wall: UTCInstant, closedRelays: [Int], into outcome: inout Outcome) {
    guard !self.jobs.isIdle, let slot = self.settlement.slot, let from = self.settlement.relayUntil,
      wall > from
    else { return }
    let running = self.site.banks.indices.map { bank in
      bank < closedRelays.count ? max(0, closedRelays[bank] - self.controller.silentCount(of: bank)) : 0
    }
    let banks = self.site.banks.map(\.name)
    var steps: [JobTransition] = []
    if from < slot.end {
      steps = self.jobs.work(from: from, to: min(wall, slot.end), in: slot, running: running, banks: banks)
    }
    if wall > slot.end {
      let next = Slot(start: slot.end, length: slot.length)
      steps += self.jobs.work(
        from: max(from, slot.end), to: wall, in: next, running: running, banks: banks)
    }
    if let step = steps.last { outcome.replan = "job \(step.job) is \(step.to.rawValue)" }
    self.askForWaitingJob(at: wall, into: &outcome)
  }

  /// A rig may become free, or a cap leave room, in the middle of a slot, where no plan has looked for it. So a plan is
  /// asked for now and then while a job waits that should not.
  private mutating func askForWaitingJob(at wall: UTCInstant, into outcome: inout Outcome) {
    guard let job = self.jobs.kept(waitingAt: wall) else { return }
    if let last = self.askedForWaitingJob, wall >= last, wall < last + Self.waitingJobSpacing { return }
    self.askedForWaitingJob = wall
    if outcome.replan == nil { outcome.replan = "job \(job) waits" }
  }

  private static let waitingJobSpacing = Duration.minutes(2)

  /// Closes a settled slot in the jobs' accounts.
  mutating func settleJobs(_ record: SlotRecord) {
    guard !self.jobs.isIdle else { return }
    let expected = Kilowatts(self.plan?.terms(for: record.slot)?.renewable ?? 0)
    let (slot, draws) = JobCosting.slot(record, site: self.site, expected: expected)
    self.jobs.settle(record.slot, metered: slot, draws: draws, banks: self.site.banks.map(\.name))
  }
}

/// What a request for a job comes to.
public enum JobWish: Sendable, Hashable {
  case new(Job)
  /// It was asked for before.
  case known(JobRecord)
}
