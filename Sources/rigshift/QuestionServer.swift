import Control
import JSONText
import LinuxHost
import Quantities
import Jobs
import SiteController
import SiteModel

/// Answers questions on the running site's socket, one caller at a time, on a thread of its own. Each answer is built
/// by the control loop between two ticks.
enum QuestionServer {
  /// Serves until the process ends. Throws when the socket cannot be had.
  static func start(
    path: String, site: RunningSite, peers: PeerService? = nil, feeds: FeedService? = nil,
    alarms: AlarmService, home: HomeAutomationOfSite? = nil
  ) throws(SystemError) {
    let listener = Shared(try LineListener(path: path))
    startThread(name: "questions") {
      while true {
        do throws(SystemError) {
          var caller = try listener.value.accept()
          guard let line = try caller.readLine() else { continue }
          let answer = Self.answer(
            line, site: site, peers: peers, feeds: feeds, alarms: alarms, home: home)
          try caller.write(answer.text())
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

  private static func answer(
    _ line: String, site: RunningSite, peers: PeerService?, feeds: FeedService?, alarms: AlarmService,
    home: HomeAutomationOfSite?
  ) -> JSONValue {
    let question: [JSONValue]
    do throws(JSONError) {
      let limits = JSONLimits(maximumBytes: Self.longestQuestion, maximumDepth: 4)
      question = try JSONValue.parse(Array(line.utf8), limits: limits).array ?? []
    } catch {
      return self.refusal("the question is not JSON: \(error)")
    }
    let words = question.compactMap(\.string)
    if words.first == "job", question.count > 1 {
      return self.wait { await JobQuestions.answer(Array(question.dropFirst()), site: site) }
    }
    guard words.count == question.count else { return self.refusal("unknown question") }
    if words == ["feeds"], let feeds { return self.wait { .object([.init("feeds", await feeds.report())]) } }
    if words == ["grid"] || words == ["peers"] {
      guard let peers else { return self.refusal("the site has no peers; add [peers] to its site file") }
      return self.wait { words == ["grid"] ? await peers.gridReport() : await peers.peersReport() }
    }
    if words.first?.hasPrefix("alarm") == true {
      return self.wait { await AlarmQuestions.answer(words, alarms, site.control) }
        ?? self.refusal("unknown question")
    }
    let answer = self.answer(words, site: site.control)
    guard words == ["status"], let link = home?.status, case .object(let members) = answer else {
      return answer
    }
    return .object(members + [.init("mqtt", link)])
  }

  private static func answer(_ words: [String], site: ControlService) -> JSONValue {
    switch (words.first, words.count) {
    case ("status", 1): return self.wait { await site.status() }
    case ("why", 2), ("why", 3): return self.why(words[1], at: words.dropFirst(2).first, site: site)
    case ("override", 5):
      return self.grant(site) {
        PersonsWish.override(words[1], level: words[2], for: words[3], by: words[4], site: $0.site, now: $1)
      }
    case ("clear-override", 2):
      return self.grant(site) { engine, _ in PersonsWish.clearOverride(words[1], site: engine.site) }
    case ("lockout", 3):
      return self.grant(site) { engine, _ in PersonsWish.lockOut(words[1], why: words[2], site: engine.site) }
    case ("clear-lockout", 2):
      return self.grant(site) { engine, _ in PersonsWish.clearLockOut(words[1], site: engine.site) }
    case ("clock-confirm", 2):
      let by = words[1]
      return self.grant(site, then: { $0.note(.clockTrusted, "confirmed by \(by)") }) { _, _ in
        .success(PersonsWish.confirmClock)
      }
    case ("event-add", 6):
      return self.grant(site) {
        PersonsWish.demandEvent(
          words[1], from: words[2], to: words[3], cap: words[4], price: words[5], site: $0.site, now: $1)
      }
    case ("event-cancel", 2):
      return self.grant(site) { engine, _ in
        PersonsWish.cancelDemandEvent(words[1], among: engine.demandEvents, site: engine.site)
      }
    case ("event-list", 1): return DemandEventText.json(self.wait { await site.demandEvents() })
    default: return self.refusal("unknown question")
    }
  }

  /// The control loop only hands over what it knows; the explanation is worked out on this thread.
  private static func why(_ rig: String, at time: String?, site: ControlService) -> JSONValue {
    guard let facts = self.wait({ await site.whyFacts(rig) }) else {
      return self.refusal("no rig is called '\(rig)'")
    }
    guard let time else { return facts.answer()?.json ?? .null }
    guard let instant = facts.site.zone.instant(said: time, on: facts.now.wall) else {
      return self.refusal(
        "'\(time)' is no time; write 16:30, or 2024-09-19T16:30 in local time or with an offset")
    }
    return facts.answer(at: instant)?.json ?? .object([.init("past", .string(ISO8601.string(instant)))])
  }

  private static func grant(
    _ site: ControlService, then: @escaping @Sendable (isolated ControlService) -> Void = { _ in },
    _ wish: @escaping @Sendable (SiteEngine, UTCInstant) -> Result<PersonsWish, PersonsWish.Refusal>
  ) -> JSONValue {
    switch self.wait({
      let granted = await site.grant(wish)
      if case .success = granted { await then(site) }
      return granted
    }) {
    case .success(let isDurable): .object([.init("recorded", .bool(isDurable))])
    case .failure(let refusal): self.refusal(refusal.text)
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
