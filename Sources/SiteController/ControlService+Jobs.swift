public import JSONText
public import Jobs
import Planning
public import Ports

// Jobs asked for and taken back between two ticks.
extension ControlService {
  /// A change that counts once everything queued up to `mark` is durable.
  public struct PendingChange: Sendable {
    public var mark: Int
    /// What to write now; nil when another batch is on its way and this change follows it.
    public var batch: RecordBatch?
  }

  /// What a request for a job means to the site at present.
  public func job(_ request: JobRequest) -> Result<JobWish, JobRefusal> {
    guard let (shell, _, hardware) = self.running else { return .failure(Self.notRunning) }
    return shell.engine.job(request, at: hardware.clock.now().moment)
  }

  /// Takes a job; it is on its way to the record when this returns.
  public func add(_ job: Job, promise: JobPromise) -> PendingChange? {
    guard let (shell, _, hardware) = self.running else { return nil }
    shell.add(job, promise: promise, at: hardware.clock.now().moment)
    return self.pendingChange(shell)
  }

  /// Takes a job back; nil when no open job has this name.
  public func cancelJob(_ id: String) -> PendingChange? {
    guard let (shell, _, hardware) = self.running,
      shell.cancelJob(id, at: hardware.clock.now().moment)
    else { return nil }
    return self.pendingChange(shell)
  }

  /// Everything queued for the record so far, as a change to wait for.
  public func everythingQueued() -> PendingChange? {
    self.running.map { self.pendingChange($0.shell) }
  }

  /// The latest job of this name, as JSON; nil when there is none.
  public func jobReport(_ id: String) -> JSONValue? {
    guard let (shell, _, _) = self.running, let record = shell.engine.jobs[id] else { return nil }
    return JobReport.json(record, rigs: shell.engine.jobs.rigsAtWork(on: id))
  }

  public func jobList() -> JSONValue {
    self.running.map { JobReport.list($0.shell.engine.jobs) } ?? .null
  }

  /// Waits until everything up to `mark` is durable; false when a write fails or the site stops first. It may become
  /// durable later then.
  public func isDurable(_ mark: Int) async -> Bool {
    guard let (shell, _, _) = self.running else { return false }
    if shell.engine.records.durableMark >= mark { return true }
    return await withCheckedContinuation { self.waiters.append((mark, $0)) }
  }

  /// Tells those who wait what became of a batch.
  func answerWaiters(_ result: Result<Void, StoreError>) {
    guard !self.waiters.isEmpty, let (shell, _, _) = self.running else { return }
    switch result {
    case .success:
      let durable = shell.engine.records.durableMark
      let answered = self.waiters.filter { $0.mark <= durable }
      self.waiters.removeAll { $0.mark <= durable }
      for waiter in answered { waiter.continuation.resume(returning: true) }
    case .failure: self.dismissWaiters()
    }
  }

  /// Nobody need wait any longer.
  func dismissWaiters() {
    let waiters = self.waiters
    self.waiters = []
    for waiter in waiters { waiter.continuation.resume(returning: false) }
  }

  private func pendingChange(_ shell: SiteShell) -> PendingChange {
    PendingChange(mark: shell.engine.records.queuedMark, batch: shell.takeBatch())
  }

  static let notRunning = JobRefusal("the site is not running")
}
