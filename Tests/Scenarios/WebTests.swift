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

  private static let chromium = "/usr/bin/chromium"

  /// The page as it is after its scripts have run for ten seconds of the browser's own time.
  private static func browse(_ url: String, profile: String) throws -> String {
    let process = try ChildProcess(
      chromium,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile)",
        "--virtual-time-budget=10000",
        "--dump-dom", url,
      ])
    #expect(try process.waitForEnd() == .exited(0), "\(process.errorText)")
    return String(decoding: process.output, as: UTF8.self)
  }

  @Test(.enabled(if: access(Self.chromium, X_OK) == 0, "there is no chromium"))
  func `a browser verifies the log, and finds an entry that was altered`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let demo = try Program.start(["demo", "--listen", "127.0.0.1:\(port)", "--data", "\(folder.path)/data"])
      try demo.waitFor("answering on this host")
      try demo.waitFor("planned")
      let url = "http://127.0.0.1:\(port)"
      // The log's checkpoint comes with the first reading of the record.
      let log = try Self.curl(
        "--retry", "20", "--retry-delay", "1", "--retry-all-errors", "--fail", "\(url)/api/v1/status")
      #expect(log.contains("Yokohama"))
      let profile = "\(folder.path)/profile"
      var page = ""
      for _ in 0..<10 {
        page = try Self.browse("\(url)/evidence#verify", profile: profile)
        if page.contains("✓ the tree over them is the one of the checkpoint") { break }
      }
      #expect(page.contains("✓ the data of all"))
      #expect(page.contains("✓ the checkpoint is signed by the key of this site"), "\(page)")
      #expect(!page.contains("✗"))
      let first = try #require(page.firstMatch(of: /data of all ([0-9]+) entries/)).1
      page = try Self.browse("\(url)/evidence#verify", profile: profile)
      #expect(
        page.contains("✓ it continues the log of \(first) entries that this browser saw before"), "\(page)")

      let altered = try ChildProcess(
        "/usr/bin/sqlite3",
        [
          "\(folder.path)/data/yokohama.sqlite",
          "UPDATE certificates SET data_json = replace(data_json, 'first start', 'second start') WHERE seq = 2",
        ])
      #expect(try altered.waitForEnd() == .exited(0), "\(altered.errorText)")
      page = try Self.browse("\(url)/evidence#verify", profile: profile)
      #expect(page.contains("✗ entry 2: its data is not what was hashed"), "\(page)")

      // Numbers on an open page are renewed, and nothing strikes them through.
      page = try Self.browse("\(url)/", profile: profile)
      #expect(
        page.contains("SIMULATED") && page.contains("Following plan") && !page.contains("class=\"old\""))
      demo.send(SIGTERM)
      #expect(try demo.waitForEnd() == .exited(0))
    }
  }
}
