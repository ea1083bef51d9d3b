import JSONText
import LinuxHost
import SiteController

/// Answers questions on the running site's socket, one caller at a time, on a thread of its own. Each answer is built
/// by the control loop between two ticks.
enum QuestionServer {
  /// Serves until the process ends. Throws when the socket cannot be had.
  static func start(path: String, site: ControlService) throws(SystemError) {
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

  private static func answer(_ line: String, site: ControlService) -> JSONValue {
    let words: [String]
    do throws(JSONError) {
      words = try JSONValue.parse(Array(line.utf8)).array?.compactMap(\.string) ?? []
    } catch {
      return self.refusal("the question is not JSON: \(error)")
    }
    switch (words.first, words.count) {
    case ("status", 1): return self.wait { await site.status() }
    case ("why", 2):
      return self.wait { await site.why(words[1]) } ?? self.refusal("no rig is called '\(words[1])'")
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
