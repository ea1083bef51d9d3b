public import JSONText
public import Jobs
import Planning
import Ports

// Jobs in a running site: judged by the planner, durable before they are acknowledged.
extension RunningSite {
  /// Takes a job and returns it as JSON once it is durable. Asked for again, the job already known is returned.
  public func addJob(_ request: JobRequest) async -> Result<JSONValue, JobRefusal> {
    let wish: JobWish
    switch await self.control.job(request) {
    case .success(let found): wish = found
    case .failure(let refusal): return .failure(refusal)
    }
    let change: ControlService.PendingChange?
    switch wish {
    // It may have been taken without becoming durable, which is why it is asked for again.
    case .known: change = await self.control.everythingQueued()
    case .new(let job):
      guard let promise = await self.promise(for: job) else { return .failure(ControlService.notRunning) }
      change = await self.control.add(job, promise: promise)
    }
    guard let change else { return .failure(ControlService.notRunning) }
    return await self.answer(request.id, after: change)
  }

  /// Takes a job back; returns it as JSON once that is durable.
  public func cancelJob(_ id: String) async -> Result<JSONValue, JobRefusal> {
    guard let change = await self.control.cancelJob(id) else {
      guard await self.control.jobReport(id) != nil else {
        return .failure(JobRefusal("there is no job called '\(id)'"))
      }
      return .failure(JobRefusal("the job '\(id)' has ended already"))
    }
    return await self.answer(id, after: change)
  }

  private func promise(for job: Job) async -> JobPromise? {
    guard let site = await self.control.site, let now = await self.control.wall else { return nil }
    let inputs = await self.parts.readInputs(site, now)
    guard
      let request = await self.control.planRequest(
        cause: "job \(job.id)", inputs: inputs, solver: self.parts.solverSettings)
    else { return nil }
    return await self.planner.promise(for: job, request)
  }

  private func answer(_ id: String, after change: ControlService.PendingChange) async
    -> Result<JSONValue, JobRefusal>
  {
    if let batch = change.batch { await self.commit(batch) }
    guard await self.control.isDurable(change.mark), let report = await self.control.jobReport(id) else {
      return .failure(
        JobRefusal(
          "the record cannot be written now, so nothing is promised; see `rigshift status`, then ask again"))
    }
    return .success(report)
  }
}
