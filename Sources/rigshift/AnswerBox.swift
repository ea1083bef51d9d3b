import Synchronization

/// Carries one value from a task to the thread that waits for it.
final class AnswerBox<Answer: Sendable>: Sendable {
  private let value = Mutex<Answer?>(nil)
  func put(_ answer: Answer) { self.value.withLock { $0 = answer } }
  /// The waiting thread has been told that `put` has happened.
  func take() -> Answer {
    guard let answer = self.value.withLock({ $0 }) else { preconditionFailure("taken before it was put") }
    return answer
  }
}
