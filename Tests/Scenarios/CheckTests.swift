import Foundation
import ProgramTesting
import Testing

/// `rigshift check` as a person at a terminal knows it.
struct `Checking a site file` {
  @Test(arguments: ["minimal.toml", "yokohama.toml"])
  func `shows an example as understood`(name: String) async throws {
    let outcome = try await Program.run(["check", "--site", PackageFiles.example(name)])
    #expect(outcome.status == .exited(0))
    #expect(outcome.text.contains("rigs "))
    #expect(outcome.errors.isEmpty)
  }

  @Test func `shows every problem with its place and what to do, and fails`() async throws {
    let folder = try TemporaryFolder()
    let example = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
    let broken =
      example
      .replacingOccurrences(of: "import_cap_kw = 10 ", with: "import_cap_kv = 10 ")
      .replacingOccurrences(of: "latitude = 52.52 ", with: "latitude = 152.52 ")
    let path = try folder.write(broken, to: "site.toml")
    let outcome = try await Program.run(["check", "--site", path])
    #expect(outcome.status == .exited(1))
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count >= 2)
    #expect(lines.contains { $0.hasPrefix("\(path):9:12: ") && $0.contains("; ") })
    #expect(lines.contains { $0.hasPrefix("\(path):13:1: ") && $0.contains("import_cap_kw") })
  }

  @Test func `fails without a file`() async throws {
    let outcome = try await Program.run(["check", "--site", "/nowhere/site.toml"])
    #expect(outcome.status == .exited(1))
    #expect(outcome.text.contains("/nowhere/site.toml"))
  }
}
