import Foundation
import Glibc
import JSONText
import Ports
import ProgramTesting
import SQLiteStore
import Testing

/// The web interface of a running site, asked with curl.
struct `The web interface of a running site` {
  private static let promtool = "/usr/bin/promtool"

  private static func minimalSite(in folder: TemporaryFolder, port: Int) throws -> String {
    let minimal = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
    return try folder.write(minimal + "\n[web]\nlisten = \"127.0.0.1:\(port)\"\n", to: "site.toml")
  }

  private static func curl(_ arguments: String...) throws -> String {
    let process = try ChildProcess("/usr/bin/curl", ["-s", "--max-time", "30"] + arguments)
    #expect(try process.waitForEnd() == .exited(0), "\(arguments)")
    return String(decoding: process.output, as: UTF8.self)
  }

  @Test func `says how the site is, in JSON and in metrics, and to this host alone`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let site = try Self.minimalSite(in: folder, port: port)
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

  @Test func `a person signs in, switches, stops everything, and stands in the record`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let site = try Self.minimalSite(in: folder, port: port)
      let data = "\(folder.path)/data"
      let controller = try Program.start(["run", "--simulated", "--site", site, "--data", data])
      try controller.waitFor("answering on this host")
      try controller.waitFor("planned")
      let url = "http://127.0.0.1:\(port)"
      let jar = "\(folder.path)/jar"
      func rigshift(_ words: String...) throws -> ChildProcess {
        let child = try Program.start(words + ["--site", site, "--data", data])
        #expect(try child.waitForEnd() == .exited(0), "\(child.errorText)")
        return child
      }
      func form(_ fields: String, _ path: String = "/do") throws -> String {
        try Self.curl("-i", "-b", jar, "-c", jar, "--data", fields, "\(url)\(path)")
      }
      let nobody = try form("name=Eva&password=anything", "/login")
      #expect(nobody.contains("No password is set"))
      let password = try folder.write("correct horse battery\n", to: "password")
      _ = try rigshift("web", "password", "--password-file", password)
      #expect(try form("name=Eva&password=wrong", "/login").contains("not the password of the site"))
      #expect(
        try form("name=Eva&password=correct+horse+battery&back=/rigs", "/login").contains("Location: /rigs"))

      let page = try Self.curl("-b", jar, "\(url)/rigs")
      let proof = try #require(page.firstMatch(of: /name="proof" value="([0-9a-f]+)"/)).1
      let held = try form("action=override&target=s19-2&level=on&for=1h&back=/rigs&proof=\(proof)")
      #expect(held.contains("303 See Other"), "\(held)")
      let impossible = try form("action=override&target=s19-99&level=on&for=1h&proof=\(proof)")
      #expect(impossible.contains("409 Conflict") && impossible.contains("no rig or bank is called"))
      #expect(try form("action=replan").contains("403 Forbidden"), "no proof")
      let status = try JSONValue.parse(Array(try Self.curl("\(url)/api/v1/status").utf8))
      #expect(status["overrides"]?.array?.first?["by"]?.string == "Eva")

      let token = String(
        decoding: try rigshift("web", "token", "add", "ci").output, as: UTF8.self
      ).trimmingCharacters(in: .newlines)
      let header = "Authorization: Bearer \(token)"
      #expect(try Self.curl("-X", "POST", "\(url)/api/v1/all-off").contains("\"status\":401"))
      #expect(
        try Self.curl("-X", "POST", "-H", header, "\(url)/api/v1/all-off") == "{\"recorded\":true}\n")
      let rigs = try JSONValue.parse(Array(try Self.curl("\(url)/api/v1/rigs").utf8)).array ?? []
      #expect(rigs.count == 4)
      _ = try rigshift("lockout", "s19-1", "clear")
      _ = try rigshift("lockout", "s19-1", "--reason", "fan is loud", "--by", "Ann")
      #expect(
        try Self.curl("-X", "DELETE", "-H", header, "\(url)/api/v1/all-off") == "{\"recorded\":true}\n")
      let why = try Self.curl("\(url)/api/v1/rigs/s19-1/why")
      #expect(why.contains("fan is loud (Ann)"), "what was locked out for another reason stays so: \(why)")
      #expect(!(try Self.curl("\(url)/api/v1/rigs/s19-3/why")).contains("locked_out\":true"))

      let wrong = try folder.write("name = 7\n", to: "wrong.toml")
      for (path, answer) in [(site, "{\"valid\":true,\"problems\":[]}"), (wrong, "\"line\":1,\"column\":8")] {
        let verdict = try Self.curl(
          "-H", header, "-H", "Content-Type: text/plain", "--data-binary", "@\(path)",
          "\(url)/api/v1/site/validate")
        #expect(verdict.contains(answer), "\(verdict)")
      }
      let list = try Self.curl("\(url)/api/v1/decisions?format=csv&text=s19-2")
      #expect(list.hasPrefix("at,rig,on,authority,reason,plan\r\n") && list.contains(",s19-2,"), "\(list)")
      #expect(try Self.curl("\(url)/evidence?since=25%3A00").contains("&#39;25:00&#39; is no time"))
      #expect(try Self.curl("\(url)/evidence?since=00%3A00&text=all+off").contains("all off, by token ci"))
      _ = try rigshift("clock", "confirm", "--by", "Ann")
      _ = try rigshift("support", "--output", "\(folder.path)/support.json")
      let support = try String(contentsOfFile: "\(folder.path)/support.json", encoding: .utf8)
      #expect(support.contains("signedIn - Eva over the web") && support.contains("\"clock_trusted\": true"))
      #expect(!support.contains("scrypt") && !support.contains(token) && !support.contains("PRIVATE KEY"))
      _ = try rigshift("web", "token", "remove", "ci")
      #expect(try Self.curl("-X", "POST", "-H", header, "\(url)/api/v1/replan").contains("\"status\":401"))
      #expect(try form("proof=\(proof)", "/logout").contains("303 See Other"))
      #expect(try form("action=replan&proof=\(proof)").contains("Location: /login"))
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      let record = try RecordReader(path: "\(data)/minimal.sqlite").newestEvents(100).map {
        "\($0.kind): \($0.text)"
      }
      for line in [
        "signInRefused: 'Eva' over the web", "signedIn: Eva over the web", "overrideSet: on by Eva",
        "lockOut: all off, by token ci", "clockTrusted: confirmed by Ann",
      ] { #expect(record.contains(line), "\(line) is not in \(record)") }
    }
  }

  @Test func `keeps to its description, whatever is asked`() async throws {
    let schemathesis = "\(PackageFiles.root)/.dependencies/python/bin/schemathesis"
    guard access(schemathesis, X_OK) == 0 else {
      return print(
        "skipped: schemathesis, which \(schemathesis) is not, on the description of the web interface")
    }
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let data = "\(folder.path)/data"
      let site = PackageFiles.example("yokohama.toml")
      let demo = try Program.start([
        "demo", "--site", site, "--listen", "127.0.0.1:\(port)", "--data", data,
      ])
      try demo.waitFor("answering on this host")
      try demo.waitFor("planned")
      let token = try Program.start(["web", "token", "add", "test", "--site", site, "--data", data])
      #expect(try token.waitForEnd() == .exited(0), "\(token.errorText)")
      let header =
        "Authorization: Bearer "
        + String(decoding: token.output, as: UTF8.self).trimmingCharacters(in: .newlines)
      let check = try ChildProcess(
        schemathesis,
        [
          "run", "http://127.0.0.1:\(port)/openapi.json", "-H", header, "--checks", "all", "--max-examples",
          "15", "--seed", "1", "--no-color", "--exclude-path", "/api/v1/stream",
          // Half of what one caller may ask, so that 429 does not hide the answers.
          "--rate-limit", "100/s",
        ])
      #expect(try check.waitForEnd() == .exited(0), "\(String(decoding: check.output, as: UTF8.self))")
      let health = try Self.curl("http://127.0.0.1:\(port)/api/v1/status")
      #expect(try JSONValue.parse(Array(health.utf8))["ticks_missed"]?.int == 0)
      demo.send(SIGTERM)
      #expect(try demo.waitForEnd() == .exited(0))
    }
  }

  @Test func `a thousand who want its stream, half of them stalled, cost no tick and no memory`() async throws
  {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let demo = try Program.start([
        "demo", "--site", PackageFiles.example("yokohama.toml"), "--listen", "127.0.0.1:\(port)", "--data",
        "\(folder.path)/data",
      ])
      try demo.waitFor("answering on this host")
      try demo.waitFor("planned")
      let url = "http://127.0.0.1:\(port)"
      // 503 until the first snapshot.
      _ = try Self.curl(
        "--retry", "20", "--retry-delay", "1", "--retry-all-errors", "--fail", "\(url)/api/v1/status")
      let before = Self.residentKilobytes(demo.identifier)
      let readers = try ChildProcess(
        "/usr/bin/python3",
        ["\(PackageFiles.root)/Tests/Scenarios/Python/streams.py", "\(port)", "1000", "3"])
      #expect(try readers.waitForEnd() == .exited(0), "\(readers.errorText)")
      let result = try JSONValue.parse(readers.output)
      #expect(result["accepted"]?.int == 16, "\(result.text())")
      #expect(result["ticks"]?.array?.allSatisfy { ($0.int ?? 0) >= 3 } == true, "\(result.text())")
      let after = Self.residentKilobytes(demo.identifier)
      #expect(before > 0 && after < before + 16_384, "\(before) kB before, \(after) kB after")
      let status = try JSONValue.parse(Array(try Self.curl("\(url)/api/v1/status").utf8))
      #expect(status["ticks_missed"]?.int == 0)
      demo.send(SIGTERM)
      #expect(try demo.waitForEnd() == .exited(0))
    }
  }

  /// What a process has of memory; 0 when it is gone.
  private static func residentKilobytes(_ process: pid_t) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    return status.firstMatch(of: /VmRSS:\s+([0-9]+) kB/).flatMap { Int($0.1) } ?? 0
  }

  @Test(.enabled(if: Chromium.isHere, "there is no chromium"))
  func `a browser verifies the log, and finds an entry that was altered`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let demo = try Program.start(["demo", "--listen", "127.0.0.1:\(port)", "--data", "\(folder.path)/data"])
      try demo.waitFor("answering on this host")
      try demo.waitFor("planned")
      let url = "http://127.0.0.1:\(port)"
      let profile = "\(folder.path)/profile"
      // The log's checkpoint comes with the first reading of the record after it.
      var log = ""
      for _ in 0..<300 where !log.contains("checkpoint") {
        demo.listen(for: .milliseconds(200))
        log = try Self.curl("\(url)/api/v1/log")
      }
      func says(_ text: String) -> String {
        "document.querySelector('#verification').textContent.includes('\(text)')"
      }
      var page = try Chromium.browse(
        "\(url)/evidence#verify", profile: profile,
        until: says("the tree over them is the one of the checkpoint") + " && "
          + says("the checkpoint is signed by the key of this site"))
      #expect(!page.contains("✗"), "\(page)")
      let first = try #require(page.firstMatch(of: /✓ the data of all ([0-9]+) entries/)).1
      try Chromium.browse(
        "\(url)/evidence#verify", profile: profile,
        until: says("✓ it continues the log of \(first) entries that this browser saw before"))

      let altered = try ChildProcess(
        "/usr/bin/sqlite3",
        [
          "\(folder.path)/data/yokohama.sqlite",
          "UPDATE certificates SET data_json = replace(data_json, 'first start', 'second start') WHERE seq = 2",
        ])
      #expect(try altered.waitForEnd() == .exited(0), "\(altered.errorText)")
      try Chromium.browse(
        "\(url)/evidence#verify", profile: profile,
        until: says("✗ entry 2: its data is not what was hashed"))

      // A person signs in, holds a bank by the page's own form, and the open page says so by itself.
      let password = try folder.write("correct horse battery\n", to: "password")
      let set = try Program.start([
        "web", "password", "--password-file", password, "--site", PackageFiles.example("yokohama.toml"),
        "--data",
        "\(folder.path)/data",
      ])
      #expect(try set.waitForEnd() == .exited(0), "\(set.errorText)")
      try Chromium.signIn(url, profile: profile, password: "correct horse battery")
      page = try Chromium.browse(
        "\(url)/rigs", profile: profile,
        until: "document.querySelector('.strip').textContent.includes('Manual until')",
        doing: """
          fetch('/do', { method: 'POST', body: new URLSearchParams(new FormData(document.querySelector('main form'))) })
          """)
      #expect(page.contains("SIMULATED") && !page.contains("class=\"old\"") && page.contains("All off"))
      demo.send(SIGTERM)
      #expect(try demo.waitForEnd() == .exited(0))
    }
  }
}
