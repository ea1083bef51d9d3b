import JSONText
import LinuxHost
import Jobs
import SiteController

/// Answers questions on the running site's socket, one caller at a time, on a thread of its own. Each answer is built
/// by the control loop between two ticks.
enum QuestionServer {
  /// Serves until the process ends. Throws when the socket cannot be had.
  static func start(path: String, site: RunningSite) throws(SystemError) {
    let listener = Shared(try LineListener(path: path))
    startThread(name: "questions") {
      while true {
        do throws(SystemError) {
          var caller = try listener.value.accept()
          guard let line = try caller.readLine() else { continue }
          try caller.write(Self.answer(line, site: site).text())
        } catch {
          continue  // the caller went away or was too slow; the next one is as welcome
        }
      }
    }
  }

  private final class Shared: Sendable {
    let value: LineListener
    init(_ value: consuming LineListener) { self.value = value }
  }

  /// The longest question, in bytes: a job and its frame.
  private static let longestQuestion = JobRequest.maximumBytes + 64

  private static func answer(_ line: String, site: RunningSite) -> JSONValue {
    let question: [JSONValue]
    do throws(JSONError) {
      let limits = JSONLimits(maximumBytes: Self.longestQuestion, maximumDepth: 4)
      question = try JSONValue.parse(Array(line.utf8), limits: limits).array ?? []
    } catch {
      return self.refusal("the question is not JSON: \(error)")
    }
    let words = question.compactMap(\.string)
    switch (words.first, question.count) {
    case ("status", 1): return self.wait { await site.control.status() }
    case ("why", 2) where words.count == 2:
      return self.wait { await site.control.why(words[1]) }
        ?? self.refusal("no rig is called '\(words[1])'")
    case ("job", 2...):
      return self.wait { await JobQuestions.answer(Array(question.dropFirst()), site: site) }
    default: return self.refusal("unknown question")
    }
  }

  private static func refusal(_ text: String) -> JSONValue { .object([.init("error", .string(text))]) }

  /// Blocks this thread, which has nothing else to do, until the control loop has answered.
  private static func wait<Answer: Sendable>(_ question: @escaping @Sendable () async -> Answer) -> Answer {
    let box = AnswerBox<Answer>()
    let isDone = Semaphore()
    Task {
      box.put(await question())
      isDone.signal()
    }
    isDone.wait()
    return box.take()
  }
}
