import Foundation
import Glibc
import ProgramTesting
import Testing

/// What stands in place of a site whose file cannot be used.
struct `A site file that cannot be used` {
  private static func curl(_ arguments: String...) throws -> String {
    let process = try ChildProcess("/usr/bin/curl", ["-s", "--max-time", "30"] + arguments)
    #expect(try process.waitForEnd() == .exited(0), "\(arguments)")
    return String(decoding: process.output, as: UTF8.self)
  }

  @Test func `is shown with every problem until it is right`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let missing = "\(folder.path)/site.toml"
      let setup = try Program.start(["setup", "--site", missing, "--listen", "127.0.0.1:\(port)"])
      try setup.waitFor("waiting for a site file")
      let url = "http://127.0.0.1:\(port)"
      let first = try Self.curl("-i", "\(url)/")
      #expect(first.contains("503 Service Unavailable") && first.contains("No site runs yet"))
      #expect(first.contains("sudo cp") && first.contains("minimal.toml"))
      #expect(try Self.curl("-H", "Host: example.org", "-w", "%{http_code}", "\(url)/").hasSuffix("421"))

      _ = try folder.write("naem = \"<b>Hall\"\n", to: "site.toml")
      try setup.waitFor("site.toml:1:1")
      var page = ""
      for _ in 0..<300 where !page.contains("<td>1</td><td>1</td>") {
        setup.listen(for: .milliseconds(100))
        page = try Self.curl("\(url)/rigs")
      }
      #expect(page.contains("naem") && !page.contains("<b>Hall"))
      #expect(try Self.curl("\(url)/health").contains("\"status\":\"setup\""))
      #expect(try Self.curl("\(url)/api/v1/status").contains("rigshift check --site \(missing)"))

      let minimal = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
      _ = try folder.write(minimal, to: "site.toml")
      #expect(try setup.waitForEnd() == .exited(0))
      let again = try Program.start(["setup", "--site", missing, "--listen", "127.0.0.1:\(port)"])
      #expect(try again.waitForEnd() == .exited(1))
      #expect(again.errorText.contains("there is nothing to set up"))
    }
  }
}
