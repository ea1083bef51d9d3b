import Control
import Glibc
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel

/// `rigshift status` and `rigshift why`: questions to the running controller over its Unix socket.
enum AskCommand {
  static func status(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    while true {
      guard let answer = self.ask(site, arguments, ["status"]) else { return 1 }
      if arguments.has("json") {
        Terminal.write(answer.text(pretty: !arguments.has("watch")) + "\n")
      } else {
        Terminal.writePage(StatusText.text(answer, zone: site.zone) + "\n", again: arguments.has("watch"))
      }
      guard arguments.has("watch") else { return 0 }
      sleep(1)
    }
  }

  static func why(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let rig = arguments.words.first else {
      throw .init(message: "why needs a rig, such as `rigshift why rigs-7`")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    guard let time = arguments["at"] else {
      guard let answer = self.ask(site, arguments, ["why", rig]) else { return 1 }
      return self.tell(answer, arguments)
    }
    let now = SystemClock().now().moment.wall
    let isPast = site.zone.instant(said: time, on: now).map { $0 < now } ?? false
    let asked = self.question(site, arguments, [.string("why"), .string(rig), .string(time)])
    switch asked {
    case .success(let answer):
      guard let past = answer["past"]?.string, let instant = ISO8601.instant(past) else {
        return self.tell(answer, arguments)
      }
      return self.past(rig, at: instant, site, arguments)
    // The record answers for the past when nobody else does.
    case .failure(let failure) where failure.isUnreachable && isPast:
      return self.past(rig, at: site.zone.instant(said: time, on: now) ?? now, site, arguments)
    case .failure(let failure):
      Terminal.writeError("rigshift: \(failure.text)\n")
      return 1
    }
  }

  private static func past(_ name: String, at instant: UTCInstant, _ site: Site, _ arguments: Arguments)
    -> Int32
  {
    guard let rig = site.rig(named: name) else {
      Terminal.writeError("rigshift: no rig is called '\(name)'\n")
      return 1
    }
    let path = SitePaths(site: site, data: arguments["data"]).database
    do throws(StoreError) {
      let record = try RecordReader(path: path)
      let decision = try record.decision(about: rig, by: instant)
      let plan = try record.plan(madeBy: instant)
      let since = min(decision?.at ?? instant, plan?.madeAt ?? instant)
      let past = PastRig(
        site: site, rig: rig, at: instant, decision: decision,
        running: try record.running(bank: rig.bank, at: instant), plan: plan,
        events: try record.events(after: since, upTo: instant))
      let answer = past.answer()
      print(arguments.has("json") ? answer.json.text(pretty: true) : answer.sentence)
      return 0
    } catch {
      Terminal.writeError("rigshift: \(error.text(path: path))\n")
      return 1
    }
  }

  private static func tell(_ answer: JSONValue, _ arguments: Arguments) -> Int32 {
    print(arguments.has("json") ? answer.text(pretty: true) : answer["sentence"]?.string ?? "")
    return 0
  }

  /// Why a question has no answer.
  struct Failure: Error {
    var text: String
    /// Nobody listens.
    var isUnreachable = false
  }

  static func ask(_ site: Site, _ arguments: Arguments, _ question: [String]) -> JSONValue? {
    self.ask(site, arguments, question.map { .string($0) })
  }

  /// The controller's answer; nil after it has been said on standard error why there is none.
  static func ask(
    _ site: Site, _ arguments: Arguments, _ question: [JSONValue], patience: Duration = .seconds(10)
  ) -> JSONValue? {
    switch self.question(site, arguments, question, patience: patience) {
    case .success(let answer): return answer
    case .failure(let failure):
      Terminal.writeError("rigshift: \(failure.text)\n")
      return nil
    }
  }

  static func question(
    _ site: Site, _ arguments: Arguments, _ question: [JSONValue], patience: Duration = .seconds(10)
  ) -> Result<JSONValue, Failure> {
    let path = SitePaths(site: site, data: arguments["data"]).socket
    do {
      var socket = try LineSocket(connectingTo: path, timeout: patience)
      try socket.write(JSONValue.array(question).text())
      guard let line = try socket.readLine() else {
        return .failure(Failure(text: "the controller closed the connection without an answer"))
      }
      let answer = try JSONValue.parse(Array(line.utf8))
      if let error = answer["error"]?.string {
        return .failure(Failure(text: error))
      }
      return .success(answer)
    } catch {
      return .failure(
        Failure(
          text: "\(error); is the controller running? Start it with `rigshift run`", isUnreachable: true))
    }
  }
}
