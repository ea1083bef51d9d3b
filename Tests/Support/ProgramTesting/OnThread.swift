import Foundation

/// Runs blocking work on a thread of its own, so that the tests' shared pool stays free. It stays part of the test's
/// task, which is how an expectation knows whose it is.
public func onThread<Value: Sendable>(_ body: @Sendable () throws -> Value) async throws -> Value {
  try await withTaskExecutorPreference(ThreadPerJob()) { try body() }
}

private final class ThreadPerJob: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
