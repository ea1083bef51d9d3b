import Foundation
import JSONText
import Jobs
import Ports
import ProgramTesting
import Quantities
import SQLiteStore
import Testing

/// `rigshift job` against a controller in another process.
struct `Jobs of a running site` {
  /// Days ahead of the world's midnight: its time flies.
  private static func day(_ days: Int) -> String {
    ISO8601.string(SiteInTwoProcesses.start + .hours(24 * days))
  }

  private static func add(_ id: String, _ more: [String] = []) -> [String] {
    ["job", "add", id, "--bank", "old", "--rig-hours", "0.5", "--rigs", "2", "--deadline", Self.day(60)]
      + more
  }

  private static func ask(_ site: SiteInTwoProcesses, _ words: [String]) throws -> JSONValue {
    let answer = try site.ask(words + ["--json"])
    #expect(answer.end == .exited(0), "\(answer.errors)")
    return try JSONValue.parse(Array(answer.text.utf8))
  }

  @Test func `are taken, shown, listed and taken back`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      let controller = try site.startController()
      try controller.waitFor("planned")
      let added = try Self.ask(site, Self.add("one", ["--priority", "high"]))
      #expect(added["id"]?.string == "one")
      #expect(added["meets_deadline"]?.bool == true)
      // Asked for again it is the same job; another one under its name is refused while it is open.
      let again = try Self.ask(site, Self.add("one", ["--priority", "high"]))
      #expect(again["added_at"] == added["added_at"])
      let huge = [
        "job", "add", "huge", "--bank", "new", "--rig-hours", "900000", "--deadline", Self.day(300),
      ]
      #expect(try Self.ask(site, huge)["meets_deadline"]?.bool == false)
      let other = try site.ask([
        "job", "add", "huge", "--bank", "new", "--rig-hours", "1", "--deadline", Self.day(60),
      ])
      #expect(other.end == .exited(1))
      #expect(other.errors.contains("another open job"))
      #expect(try site.ask(["job", "show", "two"]).errors.contains("there is no job called 'two'"))
      #expect(try Self.ask(site, ["job", "cancel", "huge"])["state"]?.string == "cancelled")
      #expect(try site.ask(["job", "cancel", "huge"]).errors.contains("ended already"))
      let list = try Self.ask(site, ["job", "list"])
      #expect(list["jobs"]?.array?.compactMap { $0["id"]?.string } == ["one", "huge"])
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      #expect(try site.record().recover().jobs.map(\.job.id) == ["one", "huge"])
    }
  }

  @Test(arguments: [
    (["--rig-hours", "1", "--deadline", "soon"], "--deadline"),
    (["--deadline", "2030-01-01T00:00:00Z"], "--rig-hours"),
    (["--rig-hours", "1", "--deadline", "2030-01-01T00:00:00Z", "--priority", "top"], "--priority"),
  ])
  func `are refused with a word about what is wrong`(words: [String], about: String) async throws {
    let outcome = try await Program.run(["job", "add", "x"] + words)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorText.contains(about))
  }

  @Test(.timeLimit(.minutes(5)))
  func `outlive every death of the controller, each once`() async throws {
    try await Program.session {
      let site = try SiteInTwoProcesses()
      var random = SplitMix64(seed: 0xA11)
      var acknowledged: [String] = []
      for life in 1...16 {
        let controller = try site.startController()
        try controller.waitFor("started")
        // Somebody asks again and again for the same job while the controller is killed at any moment.
        let id = "job-\((life + 1) / 2)"
        let asking = try Program.start(
          Self.add(id) + ["--site", site.sitePath, "--data", site.dataFolder])
        controller.listen(for: .milliseconds(random.below(400)))
        controller.kill()
        if try asking.waitForEnd() == .exited(0) { acknowledged.append(id) }
      }
      let controller = try site.startController()
      try controller.waitFor("started")
      for number in 1...8 { _ = try Self.ask(site, Self.add("job-\(number)")) }
      try controller.waitFor("planned", times: 12)
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      let record = try site.record()
      let jobs = try record.recover().jobs
      // A job that was done may have been asked for again and is then known, not new.
      #expect(jobs.map(\.job.id).sorted() == (1...8).map { "job-\($0)" })
      #expect(Set(acknowledged).isSubset(of: jobs.map(\.job.id)))
      for job in jobs {
        #expect(job.workedMilliseconds <= job.job.workMilliseconds)
        let steps = try record.jobSteps(of: job.job.id)
        #expect(steps.first?.from == nil && steps.count { $0.to == .queued && $0.from == nil } == 1)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.to == $1.from }, "\(steps)")
      }
      let relays = try record.allSlots().reduce(0) { $0 + $1.relayMilliseconds[0] }
      // The open slot is not on record yet.
      #expect(jobs.reduce(0) { $0 + $1.workedMilliseconds } <= relays + 5 * 300_000)
    }
  }
}
