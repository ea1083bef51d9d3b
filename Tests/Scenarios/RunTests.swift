import Control
import Foundation
import JSONText
import Ports
import ProgramTesting
import Quantities
import SQLiteStore
import Testing

/// `rigshift run` and the questions to it.
struct `A running site` {
  /// A world and a controller whose first rigs are on.
  private static func started(_ site: SiteInTwoProcesses) throws -> ChildProcess {
    let controller = try site.startController()
    try controller.waitFor("rig on")
    return controller
  }

  @Test func `answers status and why`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try Self.started(site)
      let status = try site.status()
      #expect(status["site"]?.string == "Restless")
      #expect(status["clock_trusted"]?.bool == true)
      #expect(status["site_meter_fresh"]?.bool == true)
      #expect(status["banks"]?.array?.map { $0["name"]?.string } == ["old", "new"])
      #expect(status["plan"]?["status"]?.string == "optimal")
      let text = try site.ask("status")
      #expect(text.text.hasPrefix("Restless"))
      #expect(text.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
      let why = try site.ask("why", "new-2")
      #expect(why.text.hasPrefix("new-2 is o"))
      let stranger = try site.ask("why", "new-9")
      #expect(stranger.end == .exited(1))
      #expect(stranger.errors.contains("no rig is called 'new-9'"))
      withExtendedLifetime(controller) {}
    }
  }

  @Test func `leaves its relays in their policy when told to stop, and goes on afterwards`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try Self.started(site)
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      #expect(controller.errorText.hasSuffix("<5>stopped\n"))
      let last = Dictionary(grouping: try site.edges(), by: \.rig).values.compactMap(\.last)
      #expect(!last.isEmpty)
      #expect(last.allSatisfy { !$0.closed && $0.isCommanded })
      let events = try site.record().events(latest: 100)
      #expect(events.first?.kind == .stopped)

      let next = try site.startController()
      try next.waitFor("rig on")
      next.send(SIGINT)
      #expect(try next.waitForEnd() == .exited(0))
      let record = try site.record()
      #expect(try record.events(latest: 1000).count { $0.kind == .started } == 2)
      let slots = try record.allSlots()
      #expect(zip(slots, slots.dropFirst()).allSatisfy { $0.slot.end == $1.slot.start })
    }
  }

  @Test func `takes a changed site file on SIGHUP, and keeps the old one when it is broken`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try Self.started(site)
      let good = try String(contentsOfFile: site.sitePath, encoding: .utf8)

      try Self.write(good.replacingOccurrences(of: "import_cap_kw = 100", with: "import_cap_kw = -1"), site)
      controller.send(SIGHUP)
      try controller.waitFor("site file not reloaded, the old one stays in force")
      try controller.waitFor("import_cap_kw")
      try Self.write(good, site)  // what `status` itself reads
      #expect(try site.status()["import_cap_kw"]?.double == 100)

      try Self.write(good.replacingOccurrences(of: "import_cap_kw = 100", with: "import_cap_kw = 60"), site)
      controller.send(SIGHUP)
      try controller.waitFor("site file reloaded")
      #expect(try site.status()["import_cap_kw"]?.double == 60)

      try Self.write(
        good.replacingOccurrences(of: "count = 3", with: "count = 2")
          .replacingOccurrences(of: "relay-06..relay-08", with: "relay-06..relay-07"), site)
      controller.send(SIGHUP)
      try controller.waitFor("restart the service")
      try Self.write(good, site)
      #expect(try site.status()["banks"]?.array?.map { $0["rigs"]?.int } == [5, 3])

      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      let changes = try site.record().events(latest: 1000).filter { $0.kind == .configurationChanged }
      #expect(changes.contains { $0.text == "site file reloaded" })
      #expect(changes.contains { $0.text.contains("not reloaded") })
    }
  }

  private static func write(_ text: String, _ site: SiteInTwoProcesses) throws {
    try text.write(toFile: site.sitePath, atomically: true, encoding: .utf8)
  }

  @Test func `owns its record: a second controller is refused and the first goes on`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try Self.started(site)
      let second = try Program.start([
        "run", "--simulated", "--site", site.sitePath, "--data", site.dataFolder,
      ])
      #expect(try second.waitForEnd() == .exited(1))
      #expect(second.errorText.contains("another process"), "\(second.errorText)")
      #expect(second.errorText.contains("restless.sqlite"))
      #expect(try site.status()["site"]?.string == "Restless")
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }

  @Test func `ends with its world`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try Self.started(site)
      site.endWorld()
      #expect(try controller.waitForEnd() == .exited(0))
      #expect(controller.errorText.hasSuffix("<5>stopped\n"))
    }
  }

  @Test func `lives in real time with a world of its own`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let site = PackageFiles.fixture("restless.toml")
      let controller = try Program.start(["run", "--simulated", "--site", site, "--data", folder.path])
      try controller.waitFor("planned")
      let status = try Program.start(["status", "--site", site, "--data", folder.path, "--json"])
      #expect(try status.waitForEnd() == .exited(0))
      #expect(try JSONValue.parse(status.output)["clock_trusted"]?.bool == true)
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }

  @Test func `is not started on what cannot work`() async throws {
    let folder = try TemporaryFolder()
    let site = PackageFiles.fixture("restless.toml")
    for (words, complaint) in [
      (["run", "--site", site], "--simulated"),
      (["run", "--simulated", "--site", "/nowhere.toml", "--data", folder.path], "/nowhere.toml"),
      (["run", "--simulated", "--site", site, "--data", "/proc/nowhere"], "/proc/nowhere"),
      (
        ["run", "--simulated", "--site", site, "--data", folder.path, "--world", "/nowhere/world"],
        "/nowhere/world"
      ),
      (["status", "--site", site, "--data", folder.path], "rigshift run"),
      (["why", "--site", site, "--data", folder.path], "why needs a rig"),
    ] {
      let outcome = try await Program.run(words)
      #expect(outcome.status == .exited(1))
      #expect(outcome.errorText.contains(complaint), "\(outcome.errorText)")
    }
  }
}
