import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// A simulated site that draws more than its connection allows, and the people who are told.
struct `Alarms of a running controller` {
  /// Draws 30 kW besides its rigs.
  private static func site(cap: Int, web: Int, hook: Int, mail: Int) throws -> String {
    try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
      .replacingOccurrences(of: "import_cap_kw = 10 ", with: "import_cap_kw = \(cap) ") + """

        [other_load]
        fixed_kw = 30

        [web]
        listen = "127.0.0.1:\(web)"

        [alarms]
        hold = "10 s"
        gather = "0 s"

        [alarms.webhook]
        url = "http://127.0.0.1:\(hook)/hook"
        token_file = "token"
        secret_file = "secret"

        [alarms.mail]
        server = "127.0.0.1:\(mail)"
        security = "none"
        from = "rigshift@example.org"
        to = ["operator@example.org"]

        """
  }

  private static func secret(_ text: String, _ name: String, in folder: TemporaryFolder) throws {
    #expect(chmod(try folder.write(text, to: name), 0o600) == 0)
  }

  private static func run(_ arguments: [String]) throws -> (end: ChildProcess.End, text: String) {
    let process = try Program.start(arguments)
    let end = try process.waitForEnd()
    return (end, String(decoding: process.output, as: UTF8.self) + process.errorText)
  }

  private static func output(of path: String, _ arguments: [String]) throws -> String {
    let process = try ChildProcess(path, arguments)
    #expect(try process.waitForEnd() == .exited(0), "\(process.errorText)")
    return String(decoding: process.output, as: UTF8.self)
  }

  @Test(.enabled(if: PythonServer.hasMailServer, "aiosmtpd is not installed"))
  func `reach a person once the servers are up, are acknowledged, outlive a kill, and end`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let (web, hook, mail) = (try freePort(), try freePort(), try freePort())
      try Self.secret("t0ken-of-the-hook\n", "token", in: folder)
      try Self.secret("key-of-the-hook\n", "secret", in: folder)
      let path = try folder.write(try Self.site(cap: 10, web: web, hook: hook, mail: mail), to: "site.toml")
      let common = ["--site", path, "--data", "\(folder.path)/data"]
      let controller = try Program.start(["run", "--simulated"] + common)
      try controller.waitFor("alarm raised id=1 severity=act kind=importGuardExhausted")
      // Nobody is there to take the message; the site goes on.
      try controller.waitFor("alarm messages not delivered", times: 2)

      let listed = try Self.run(["alarms", "--json"] + common)
      let alarm = try JSONValue.parse(Array(listed.text.utf8))["open"]?.array?.first
      #expect(alarm?["id"]?.int == 1 && alarm?["acknowledged_by"]?.isNull == true, "\(listed.text)")
      let words = try Self.run(["alarms"] + common).text
      #expect(
        words.contains("1  ACT  More is drawn from the grid")
          && words.contains("first: Switch off other load"))
      let url = "http://127.0.0.1:\(web)"
      let asked = try Self.output(
        of: "/usr/bin/curl", ["-s", "--retry", "20", "--retry-all-errors", "--fail", "\(url)/api/v1/alarms"])
      #expect(asked.contains("importGuardExhausted"))
      let page = try Self.output(of: "/usr/bin/curl", ["-s", "\(url)/"])
      #expect(
        page.contains("<li class=\"act\"><b>Act</b> More is drawn from the grid")
          && page.contains("1 alarm, 1 to act on"))
      let metrics = try Self.output(of: "/usr/bin/curl", ["-s", "\(url)/metrics"])
      #expect(metrics.contains("rigshift_alarms_open{severity=\"act\"} 1.0"))

      // The servers come up: the message arrives, once over each channel.
      let hooks = try PythonServer("webhook_server", [folder.path], port: hook)
      let mails = try PythonServer("smtp_server", [folder.path, "plain"], port: mail)
      try hooks.process.waitFor("post 1 ")
      try mails.process.waitFor("mail 1")
      try controller.waitFor("alarm message delivered", times: 2)
      let post = try JSONValue.parse(
        Array(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/post-1.json"))))
      #expect(post["reason"]?.string == "raised" && post["simulated"]?.bool == true)
      #expect(post["raised"]?.array?.first?["kind"]?.string == "importGuardExhausted")
      try Self.checkHeaders(of: 1, in: folder)
      let letter = try String(contentsOfFile: "\(folder.path)/mail-1.eml", encoding: .utf8)
      #expect(letter.contains("Subject: SIMULATED [Minimal] ACT: More is drawn from the grid"))
      #expect(letter.contains("rigshift alarms ack 1"))

      // A person tries it, and says that she knows.
      let test = try Self.run(["alarms", "test"] + common)
      #expect(test.end == .exited(0) && test.text == "webhook: delivered\nmail: delivered\n", "\(test.text)")
      try hooks.process.waitFor("post 2 ")
      try mails.process.waitFor("mail 2")
      let known = try Self.run(["alarms", "ack", "1", "--by", "anna"] + common)
      #expect(known.end == .exited(0), "\(known.text)")
      #expect(try Self.run(["alarms", "ack", "7"] + common).text.contains("no alarm has the number 7"))
      try controller.waitFor("alarm acknowledged id=1")
      controller.kill()

      // The next run knows what the killed one knew, and tells nobody again.
      let next = try Program.start(["run", "--simulated"] + common)
      try next.waitFor("started")
      try next.waitFor("alarm kind=importGuardExhausted")
      let after = try JSONValue.parse(Array(try Self.run(["alarms", "--json"] + common).text.utf8))["open"]?
        .array
      #expect(after?.count == 1 && after?.first?["id"]?.int == 1)
      #expect(after?.first?["acknowledged_by"]?.string == "anna")
      // The cause goes; so does the alarm, after its hold.
      _ = try folder.write(try Self.site(cap: 100, web: web, hook: hook, mail: mail), to: "site.toml")
      next.send(SIGHUP)
      try next.waitFor("alarm over id=1")
      try hooks.process.waitFor("post 3 ")
      try mails.process.waitFor("mail 3")
      let over = try String(contentsOfFile: "\(folder.path)/post-3.json", encoding: .utf8)
      #expect(over.contains("\"reason\":\"over\""))
      next.send(SIGTERM)
      #expect(try next.waitForEnd() == .exited(0))
      for text in [controller.errorText, next.errorText] {
        #expect(!text.contains("t0ken-of") && !text.contains("key-of"))
      }
    }
  }

  /// Token, time and signature, the last one worked out by openssl.
  private static func checkHeaders(of number: Int, in folder: TemporaryFolder) throws {
    let path = "\(folder.path)/post-\(number)"
    let headers = try JSONValue.parse(Array(Data(contentsOf: URL(fileURLWithPath: "\(path).headers"))))
    #expect(headers["Authorization"]?.string == "Bearer t0ken-of-the-hook")
    let time = try #require(headers["X-RigShift-Timestamp"]?.string)
    let code = try Self.output(
      of: "/bin/sh",
      ["-c", "(printf '%s.' \(time); cat \(path).json) | openssl dgst -sha256 -hmac key-of-the-hook"])
    let digits = code.split(separator: " ").last?.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(headers["X-RigShift-Signature"]?.string == digits.map { "sha256=\($0)" })
  }

  @Test func `a test without a channel says what to do, and a silent channel fails it`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let text = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
      let path = try folder.write(text, to: "site.toml")
      let common = ["--site", path, "--data", "\(folder.path)/data"]
      let controller = try Program.start(["run", "--simulated"] + common)
      try controller.waitFor("started")
      let nowhere = try Self.run(["alarms", "test"] + common)
      #expect(nowhere.end == .exited(1) && nowhere.text.contains("alarms are sent nowhere"))
      // No such token file, and nobody listening.
      let port = try freePort()
      _ = try folder.write(
        text + "\n[alarms.webhook]\nurl = \"http://127.0.0.1:\(port)/\"\ntoken_file = \"none\"\n",
        to: "site.toml")
      controller.send(SIGHUP)
      try controller.waitFor("site file reloaded")
      for _ in 0..<100 where try !Self.run(["alarms"] + common).text.contains("webhook: ") {}
      let missing = try Self.run(["alarms", "test"] + common)
      #expect(missing.end == .exited(1) && missing.text.contains("NOT DELIVERED"), "\(missing.text)")
      #expect(missing.text.contains("is missing or empty"))
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }
}
