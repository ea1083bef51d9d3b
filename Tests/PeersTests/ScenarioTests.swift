import Foundation
import ProgramTesting
import Testing

/// The program among its peers, driven from outside by scripts that print one line for every fact: `ok` or `FAIL`.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ScenarioTests {
  private static let folder = "\(PackageFiles.root)/Tests/PeersTests/Python"
  private static let site = PackageFiles.example("minimal.toml")
  private static let verifier = "\(PackageFiles.root)/Tests/EvidenceTests/Python/independent_verifier.py"

  /// What a script says that this machine does not allow.
  private static let skipped: Int32 = 77

  private static func run(_ script: String, _ arguments: [String]) async throws {
    let outcome = try await Program.session {
      let process = try ChildProcess(
        "/usr/bin/env", ["python3", "\(Self.folder)/\(script)", try Program.path()] + arguments)
      let end = try process.waitForEnd(within: .seconds(500))
      return (end, String(decoding: process.output, as: UTF8.self), process.errorText)
    }
    let (end, output, errors) = outcome
    if end == .exited(Self.skipped) {
      print("skipped: \(output)")
      return
    }
    #expect(end == .exited(0), "\(output)\n\(errors)")
    #expect(output.contains("ok   "), "\(output)")
    #expect(!output.contains("FAIL"), "\(output)")
  }

  @Test func `four nodes of the older protocol agree in the README's ring`() async throws {
    try await Self.run("grid_ring.py", ["ours"])
  }

  @Test func `a ring with older nodes survives everything that stops those`() async throws {
    try await Self.run("grid_ring.py", ["mixed"])
  }

  @Test func `every envelope of a recorded run is answered`() async throws {
    let golden = SharedData.folder.map { "\($0)/golden/grid_trace.json" }
    if golden == nil {
      print("skipped: the whole recorded run, which is not here; a part of our own making is used")
    }
    try await Self.run("grid_ring.py", ["trace", golden ?? "\(Self.folder)/short_trace.json"])
  }

  @Test func `four sites agree through cuts, kills and wrong clocks, and expose a liar`() async throws {
    try await Self.run("four_sites.py", [Self.site, Self.verifier])
  }

  @Test func `an attacked site misses no tick`() async throws {
    try await Self.run("hostile.py", [Self.site])
  }

  @Test func `a lost record comes back from a peer's mirror`() async throws {
    try await Self.run("restore.py", [Self.site])
  }
}
