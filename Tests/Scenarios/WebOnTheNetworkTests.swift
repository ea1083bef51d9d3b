import Foundation
import Glibc
import ProgramTesting
import Testing

/// The web interface as another host on the network finds it: a network namespace with a cable to this one.
struct `The web interface on a network` {
  /// A second host, gone with this value. Nil where it cannot be made, or where nothing goes over its cable.
  private final class OtherHost: Sendable {
    let name = "rigshift-\(getpid())"
    /// This host's and the other's end of the cable.
    static let here = "198.51.100.1"
    static let there = "198.51.100.2"
    private var cable: String { "rs\(getpid() % 100_000)" }

    init?() {
      guard getuid() == 0, access("/usr/sbin/ip", X_OK) == 0, Self.ip("netns", "add", self.name) else {
        return nil
      }
      let isMade =
        Self.ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        && Self.ip("addr", "add", "\(Self.here)/30", "dev", self.cable)
        && Self.ip("link", "set", self.cable, "up")
        && Self.ip("-n", self.name, "addr", "add", "\(Self.there)/30", "dev", "eth0")
        && Self.ip("-n", self.name, "link", "set", "eth0", "up")
      guard isMade, self.isAnswered() else { return nil }
    }

    /// A refused connection is an answer too: nobody listens on port 9, and a firewall says nothing.
    private func isAnswered() -> Bool {
      (try? self.curl("http://\(Self.here):9"))?.end == .exited(7)
    }

    deinit { _ = Self.ip("netns", "del", self.name) }

    private static func ip(_ arguments: String...) -> Bool {
      guard let child = try? ChildProcess("/usr/sbin/ip", arguments) else { return false }
      return (try? child.waitForEnd()) == .exited(0)
    }

    /// What curl on the other host gets, with its exit status.
    func curl(_ arguments: String...) throws -> (end: ChildProcess.End, text: String) {
      let child = try ChildProcess(
        "/usr/sbin/ip", ["netns", "exec", self.name, "/usr/bin/curl", "-s", "--max-time", "10"] + arguments)
      let end = try child.waitForEnd()
      return (end, String(decoding: child.output, as: UTF8.self))
    }
  }

  @Test func `is not there by default, and opened only for those who sign in, with TLS`() async throws {
    guard let other = OtherHost() else {
      return print("skipped: a second host in a network namespace, which takes root and ip")
    }
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let data = "\(folder.path)/data"
      let minimal = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
      func site(_ web: String) throws -> String {
        try folder.write(minimal + "\n[web]\n" + web, to: "site.toml")
      }
      let address = "\(OtherHost.here):\(port)"

      let closed = try Program.start([
        "run", "--simulated", "--site", try site("listen = \"127.0.0.1:\(port)\"\n"), "--data", data,
      ])
      try closed.waitFor("answering on this host")
      // curl's 7: nobody accepts the connection.
      #expect(try other.curl("http://\(address)/health").end == .exited(7))
      closed.send(SIGTERM)
      #expect(try closed.waitForEnd() == .exited(0))

      let path = try site("listen = \"0.0.0.0:\(port)\"\n")
      let careless = try Program.start(["run", "--simulated", "--site", path, "--data", data])
      try careless.waitFor("no password is set")
      #expect(try other.curl("-k", "https://\(address)/health").end == .exited(7))
      careless.send(SIGTERM)
      #expect(try careless.waitForEnd() == .exited(0))

      let password = try folder.write("correct horse battery\n", to: "password")
      let set = try Program.start([
        "web", "password", "--password-file", password, "--site", path, "--data", data,
      ])
      #expect(try set.waitForEnd() == .exited(0), "\(set.errorText)")
      let open = try Program.start(["run", "--simulated", "--site", path, "--data", data])
      try open.waitFor("answering on the network")
      #expect(try other.curl("http://\(address)/health").end != .exited(0), "without TLS nothing is said")
      #expect(try other.curl("https://\(address)/health").end == .exited(60), "nobody vouches for it unseen")
      let stranger = try other.curl("-k", "-w", "%{http_code}", "https://\(address)/api/v1/status")
      #expect(stranger.text.hasSuffix("401") && !stranger.text.contains("Minimal"))
      let page = try other.curl("-k", "-i", "https://\(address)/rigs")
      #expect(page.text.contains("Location: /login?back=/rigs"))
      for tooOld in ["1.0", "1.1"] {
        let old = try other.curl(
          "-k", "--tlsv1.0", "--tls-max", tooOld, "--ciphers", "ALL:@SECLEVEL=0", "https://\(address)/login")
        #expect(old.end == .exited(35), "TLS \(tooOld)")
      }

      let jar = "\(folder.path)/jar"
      let fields = "name=Eva&password=correct+horse+battery&back=/rigs"
      let login = try other.curl("-k", "-i", "-c", jar, "--data", fields, "https://\(address)/login")
      #expect(login.text.contains("Location: /rigs") && login.text.contains("; Secure"))
      // 503 until the first snapshot.
      let rigs = try other.curl(
        "-k", "-b", jar, "--retry", "20", "--retry-delay", "1", "https://\(address)/rigs")
      #expect(rigs.text.contains("s19-1") && rigs.text.contains("All off"))
      // Known by its name, the certificate needs no more faith.
      let certificate = try Program.start(["web", "certificate", "--site", path, "--data", data])
      #expect(try certificate.waitForEnd() == .exited(0), "\(certificate.errorText)")
      #expect(String(decoding: certificate.output, as: UTF8.self).contains("good for     824 days"))
      let trusted = try other.curl(
        "--cacert", "\(data)/minimal.web.crt", "--resolve", "localhost:\(port):\(OtherHost.here)", "-o",
        "/dev/null", "-w", "%{http_code}", "https://localhost:\(port)/login")
      #expect(trusted.end == .exited(0) && trusted.text == "200", "\(trusted)")
      open.send(SIGTERM)
      #expect(try open.waitForEnd() == .exited(0))
    }
  }
}
