import JSONText
import ProgramTesting
import Simulation
import Testing

/// The real controller through rough days on a simulated site, as `rigshift simulate` shows them.
struct `Three rough days` {
  private static let days = 3
  /// The last two found closes that a slow store had held back: past the end of trust in the clock, and into the next slot.
  static let seeds = Array(1...20) + [93, 199]

  private static func arguments(seed: Int) -> [String] {
    [
      "simulate", "--site", PackageFiles.example("yokohama.toml"), "--days", "\(days)", "--seed", "\(seed)",
      "--faults", "many", "--planner", "lp", "--json",
    ]
  }

  private static func run(seed: Int) async throws -> (
    report: JSONValue, bytes: [UInt8], end: ChildProcess.End
  ) {
    let outcome = try await Program.run(Self.arguments(seed: seed))
    return (try JSONValue.parse(outcome.output), outcome.output, outcome.status)
  }

  /// Every report once; the tests below share them.
  private static let reports = Task {
    try await withThrowingTaskGroup(of: (Int, JSONValue, [UInt8], ChildProcess.End).self) { group in
      for seed in Self.seeds {
        group.addTask {
          let run = try await Self.run(seed: seed)
          return (seed, run.report, run.bytes, run.end)
        }
      }
      var reports: [Int: (report: JSONValue, bytes: [UInt8], end: ChildProcess.End)] = [:]
      for try await (seed, report, bytes, end) in group { reports[seed] = (report, bytes, end) }
      return reports
    }
  }

  @Test(arguments: seeds)
  func `break no invariant`(seed: Int) async throws {
    let run = try #require(await Self.reports.value[seed])
    let violations = try #require(run.report["violations"]?.array)
    #expect(violations.isEmpty, "\(violations.map { $0.text() }.joined(separator: "\n"))")
    #expect(run.end == .exited(0))
    #expect(run.report["days"]?.array?.count == Self.days)
  }

  @Test func `strike with every kind of fault`() async throws {
    var strikes: [String: Int] = [:]
    for (_, run) in try await Self.reports.value {
      for fault in try #require(run.report["faults"]?.object) {
        strikes[fault.name, default: 0] += fault.value["strikes"]?.int ?? 0
      }
    }
    let spared = FaultKind.allCases.map(\.name).filter { strikes[$0, default: 0] == 0 }
    #expect(spared.isEmpty)
  }

  @Test func `are the same days again in another process`() async throws {
    let first = try #require(await Self.reports.value[7])
    let again = try await Self.run(seed: 7)
    #expect(again.bytes == first.bytes)
    let other = try #require(await Self.reports.value[8])
    #expect(other.bytes != first.bytes)
  }
}

/// What `rigshift simulate` says of a run.
struct `A simulation's report` {
  private static let site = PackageFiles.example("minimal.toml")

  @Test func `names the command that replays it`() async throws {
    let outcome = try await Program.run([
      "simulate", "--site", Self.site, "--days", "1", "--seed", "3", "--faults", "some", "--json",
    ])
    let report = try JSONValue.parse(outcome.output)
    let replay = try #require(report["replay"]?.string)
    let words = replay.split(separator: " ").map(String.init)
    #expect(words.first == "rigshift")
    let again = try await Program.run(Array(words.dropFirst()) + ["--json"])
    #expect(again.output == outcome.output)
  }

  @Test func `fits eighty columns`() async throws {
    let outcome = try await Program.run([
      "simulate", "--site", Self.site, "--days", "2", "--seed", "1", "--faults", "some", "--planner", "lp",
    ])
    #expect(outcome.status == .exited(0), "\(outcome.errorText)")
    let lines = outcome.text.split(separator: "\n").filter { !$0.hasPrefix("  replay: ") }
    #expect(lines.count > 5)
    #expect(lines.filter { $0.count > 80 } == [])
    #expect(lines.contains("  invariants: checked on every tick, no violation"))
  }

  @Test(arguments: [
    (["--days", "0"], "--days must be a whole number from 1 to 3660"),
    (["--faults", "few"], "none, some or many"),
    (["--planner", "best"], "milp or lp"), (["--start", "monday"], "--start is a date"),
    (["--site", "/nowhere/site.toml"], "/nowhere/site.toml"), (["--sead", "4"], "unknown option '--sead'"),
  ])
  func `is not begun with bad words`(words: [String], complaint: String) async throws {
    let outcome = try await Program.run(["simulate"] + words)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorText.contains(complaint), "\(outcome.errorText)")
    #expect(outcome.output.isEmpty)
  }
}
