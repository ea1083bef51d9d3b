import Control
import Foundation
import JSONText
import Ports
import ProgramTesting
import Quantities
import SQLiteStore
import SiteModel
import Testing

/// A person at the command line of a running site: asks why, and has a will.
struct `A person` {
  @Test func `asks why a rig is, was and will be as it is`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try site.startController()
      try controller.waitFor("rig on")
      let now = try site.ask("why", "new-2", "--json")
      let answer = try JSONValue.parse(Array(now.text.utf8))
      #expect(answer["sentence"]?.string?.hasPrefix("new-2 is o") == true)
      #expect(answer["plan"]?["id"]?.int != nil)
      #expect(answer["marginal_price_per_kwh"]?.double != nil)
      #expect(try Self.foresees(site))
      let before = try site.ask("why", "new-2", "--at", "2025-06-02T00:00:01Z", "--json")
      #expect(before.end == .exited(0), "\(before.errors)")
      #expect(try JSONValue.parse(Array(before.text.utf8))["at"]?.string == "2025-06-02T00:00:01Z")
      let nonsense = try site.ask("why", "new-2", "--at", "teatime")
      #expect(nonsense.errors.contains("teatime"))
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))

      // The record answers for itself when nobody runs.
      let decisions = try site.record().decisions(latest: 100)
      let first = try #require(decisions.last { $0.command.closed })
      let name = first.command.rig.bank == 0 ? "old" : "new"
      let past = try site.ask("why", "\(name)-\(first.command.rig.rig + 1)", "--at", "2025-06-02T00:20:00Z")
      #expect(past.end == .exited(0), "\(past.errors)")
      #expect(past.text.contains(" was o"), "\(past.text)")
    }
  }

  /// Asks for half an hour ahead until the answer comes before that time does: the world does not wait.
  private static func foresees(_ site: SiteInTwoProcesses) throws -> Bool {
    for _ in 0..<50 {
      let now = try site.status()["time"]?.string.flatMap { ISO8601.instant($0) }
      let ahead = ISO8601.string(try #require(now) + .minutes(30))
      if try site.ask("why", "new-2", "--at", ahead).text.hasPrefix("new-2 will be o") { return true }
    }
    return false
  }

  @Test func `overrides, locks out and clears, and all of it is in the record`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try site.startController()
      try controller.waitFor("rig on")
      #expect(try site.ask("override", "new-1", "off", "--for", "6d", "--by", "Ann").end == .exited(0))
      let off = try site.ask("why", "new-1")
      #expect(off.text.contains("Ann overrides the plan"), "\(off.text)")
      #expect(try site.status()["overrides"]?.array?.first?["target"]?.string == "new-1")
      #expect(try site.ask("override", "old", "2", "--for", "6d", "--by", "Ann").end == .exited(0))
      #expect(try site.ask("lockout", "new-2", "--reason", "fan").end == .exited(0))
      #expect(try site.ask("why", "new-2").text.contains("it is locked out: fan"))
      for words in [
        ["override", "new-1", "clear"], ["override", "old", "clear"], ["lockout", "new-2", "clear"],
      ] {
        let process = try Program.start(words + ["--site", site.sitePath, "--data", site.dataFolder])
        #expect(try process.waitForEnd() == .exited(0), "\(process.errorText)")
      }
      #expect(try site.status()["overrides"]?.array?.isEmpty == true)
      for (words, complaint) in [
        (["override", "new-1", "off"], "--for"), (["override", "new-1", "half", "--for", "1h"], "half"),
        (["override", "new-99", "off", "--for", "1h"], "new-99"),
        (["override", "new-1", "off", "--for", "8d"], "7 days"), (["lockout", "nobody"], "nobody"),
      ] {
        let process = try Program.start(words + ["--site", site.sitePath, "--data", site.dataFolder])
        #expect(try process.waitForEnd() == .exited(1))
        #expect(process.errorText.contains(complaint), "\(process.errorText)")
      }
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      let kinds = Set(try site.record().events(latest: 1000).map(\.kind))
      #expect(kinds.isSuperset(of: [.overrideSet, .overrideCleared, .lockOut, .lockOutCleared]))
    }
  }

  @Test func `adds a demand-response event that outlives the controller, and cancels it`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try site.startController()
      try controller.waitFor("rig on")
      let added = try site.ask(
        "event", "add", "evening", "--from", "2025-07-02T17:00", "--to", "2025-07-02T19:00", "--cap", "20")
      #expect(added.end == .exited(0), "\(added.errors)")
      controller.kill()
      _ = try controller.waitForEnd()
      let next = try site.startController()
      try next.waitFor("rig on")
      #expect(try site.ask("event", "list").text.contains("evening: 2025-07-02T17:00:00"))
      #expect(try site.ask("event", "cancel", "evening").end == .exited(0))
      #expect(try site.ask("event", "list").text.contains("no demand-response event"))
      #expect(
        try site.ask("event", "cancel", "evening").errors.contains("no demand-response event is called"))
      next.send(SIGTERM)
      #expect(try next.waitForEnd() == .exited(0))
    }
  }
}

/// `plan` and `flexibility` on a problem file, as a caller in another process knows them.
struct `More than one plan` {
  private static let problem = """
    {"format": "rigshift-plan-problem/1", "currency": "EUR",
     "slots": [
       {"start": "2025-03-10T00:00:00Z", "minutes": 60, "import_price": 10, "carbon_g_per_kwh": 500},
       {"start": "2025-03-10T01:00:00Z", "minutes": 60, "import_price": 20, "carbon_g_per_kwh": 100}],
     "banks": [{"name": "s19", "rigs": 2, "rig_kw": 3}],
     "rig_hour_limits": [{"start": "2025-03-10T00:00:00Z", "end": "2025-03-10T02:00:00Z", "minimum": 2}]}
    """

  private static func run(_ words: [String], _ problem: String = Self.problem) async throws -> Program.Outcome
  {
    let folder = try TemporaryFolder()
    return try await Program.run(words + ["--problem", folder.write(problem, to: "problem.json")])
  }

  @Test func `is a front with both ends exact`() async throws {
    let outcome = try await Self.run(["plan", "--pareto", "3", "--json"])
    #expect(outcome.status == .exited(0), "\(outcome.errorText)")
    let answer = try JSONValue.parse(outcome.output)
    let points = answer["front"]?.array ?? []
    #expect(points.compactMap { $0["cost"]?.double?.rounded() } == [60, 90, 120])
    #expect(points.compactMap { $0["role"]?.string } == ["cheapest", "capped", "least_co2"])
    #expect(points.allSatisfy { ($0["relative_gap"]?.double ?? 1) < 1e-3 })
    let table = try await Self.run(["plan", "--pareto", "3"])
    #expect(table.text.contains("C cheapest"))
    #expect(table.text.split(separator: "\n").allSatisfy { $0.count <= 84 })
    let impossible = try await Self.run(
      ["plan", "--pareto", "3"],
      Self.problem.replacingOccurrences(of: "\"minimum\": 2", with: "\"minimum\": 5"))
    #expect(impossible.status == .exited(2))
    #expect(try await Self.run(["plan", "--pareto", "1"]).errorText.contains("2 to 200"))
  }

  @Test func `is explained slot by slot`() async throws {
    let outcome = try await Self.run(["plan", "--explain", "--json"])
    let explanation = try #require(JSONValue.parse(outcome.output)["explanation"]?.array)
    #expect(explanation.compactMap { $0["marginal_price_per_kwh"]?.double } == [10, 20])
    #expect(explanation.first?["banks"]?.array?.first?["one_more_held_by"]?.string == "bank_size")
    #expect(explanation.last?["banks"]?.array?.first?["one_more"]?["cost"]?.double == 60)
    #expect(try await Self.run(["plan", "--explain"]).text.contains("would not pay"))
  }

  @Test func `tells what it could leave out, in kW`() async throws {
    let outcome = try await Self.run(["flexibility", "--json"])
    let windows = try #require(JSONValue.parse(outcome.output)["windows"]?.array)
    #expect(windows.compactMap { $0["baseline_kw"]?.double } == [6, 0])
    #expect(windows.first?["down"]?["power_kw"]?.double.map { abs($0 - 6) < 1e-6 } == true)
    #expect(windows.first?["down"]?["price_per_kwh"]?.double.map { abs($0 - 10) < 1e-3 } == true)
    #expect(try await Self.run(["flexibility"]).text.contains("baseline"))
  }
}
