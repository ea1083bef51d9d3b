@preconcurrency import Glibc
import Synchronization

/// Runs an actor's jobs on one thread of their own, so that a blocking C call delays nobody else. Jobs run in the
/// order they arrive. The thread ends when the executor is released and its queue is empty.
public final class DedicatedThreadExecutor: SerialExecutor {
  private let queue: JobQueue

  /// `name` is what `top -H` shows, at most 15 bytes.
  public init(name: String) {
    let queue = JobQueue()
    self.queue = queue
    startThread(name: name) { queue.run() }
  }

  deinit { self.queue.close() }

  public func enqueue(_ job: consuming ExecutorJob) {
    let executor = self.asUnownedSerialExecutor()
    let unowned = UnownedJob(job)
    self.queue.append { unowned.runSynchronously(on: executor) }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

/// A blocking queue between the threads that add jobs and the one that runs them.
private final class JobQueue: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let wake = Semaphore()

  func append(_ job: @escaping @Sendable () -> Void) {
    // Signalled under the lock: once the job runs, it may release its actor, the executor and this queue with them.
    self.state.withLock {
      $0.jobs.append(job)
      self.wake.signal()
    }
  }

  func close() {
    self.state.withLock {
      $0.isClosed = true
      self.wake.signal()
    }
  }

  func run() {
    while true {
      self.wake.wait()
      let (jobs, isClosed) = self.state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.isClosed)
      }
      for job in jobs { job() }
      if isClosed { return }
    }
  }
}
