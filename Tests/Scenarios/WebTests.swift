import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// The web interface of a running site, asked with curl.
struct `The web interface of a running site` {
  private static let promtool = "/usr/bin/promtool"

  private static func curl(_ arguments: String...) throws -> String {
    let process = try ChildProcess("/usr/bin/curl", ["-s", "--max-time", "30"] + arguments)
    #expect(try process.waitForEnd() == .exited(0), "\(arguments)")
    return String(decoding: process.output, as: UTF8.self)
  }

  @Test func `says how the site is, in JSON and in metrics, and to this host alone`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let site = try folder.write(
        try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
          + "\n[web]\nlisten = \"127.0.0.1:\(port)\"\n", to: "site.toml")
      let controller = try Program.start([
        "run", "--simulated", "--site", site, "--data", "\(folder.path)/data",
      ])
      try controller.waitFor("answering on this host")
      try controller.waitFor("planned")
      // Whatever the hour, a rig goes on: the site is whole from then on.
      let wish = try Program.start([
        "override", "s19-1", "on", "--for", "1h", "--site", site, "--data", "\(folder.path)/data",
      ])
      #expect(try wish.waitForEnd() == .exited(0), "\(wish.errorText)")
      try controller.waitFor("rig on")
      let url = "http://127.0.0.1:\(port)"
      // 503 until the first snapshot, which curl takes as a reason to ask again.
      let health = try Self.curl("--retry", "20", "--retry-delay", "1", "\(url)/health")
      #expect(health == "{\"status\":\"ok\",\"problems\":[]}\n")
      let status = try JSONValue.parse(Array(try Self.curl("\(url)/api/v1/status").utf8))
      #expect(status["site"]?.string == "Minimal" && status["import_cap_kw"]?.double == 10)
      let metrics = try Self.curl("\(url)/metrics")
      #expect(metrics.contains("\nrigshift_grid_import_cap_watts 10000.0\n"))
      #expect(metrics.contains("\nrigshift_rigs{bank=\"s19\"} 4.0\n"))
      if access(Self.promtool, X_OK) == 0 {
        let metricsPath = try folder.write(metrics, to: "metrics")
        let check = try ChildProcess("/bin/sh", ["-c", "\(Self.promtool) check metrics < '\(metricsPath)'"])
        let end = try check.waitForEnd()
        #expect(end == .exited(0) && check.output.isEmpty && check.errors.isEmpty, "\(check.errorText)")
      } else {
        print("skipped: promtool, which is not here, on the metrics")
      }
      let stranger = try Self.curl("-H", "Host: example.org", "-w", "%{http_code}", "\(url)/api/v1/status")
      #expect(stranger.hasSuffix("421") && !stranger.contains("Minimal"))

      // A second site on the same address runs without one, and says so.
      let second = try Program.start([
        "run", "--simulated", "--site", site, "--data", "\(folder.path)/other",
      ])
      try second.waitFor("no web interface")
      try second.waitFor("planned")
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }
}
