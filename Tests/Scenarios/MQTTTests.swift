import Control
import Foundation
import Glibc
import JSONText
import Ports
import ProgramTesting
import SQLiteStore
import Testing

/// A running site at a broker, seen as Home Assistant would see it.
@Suite(.enabled(if: MosquittoBroker.isThere, "there is no mosquitto"))
struct `A site at a broker` {
  /// A site with a folder of its own; the section may be changed.
  private struct Home {
    let folder: TemporaryFolder
    let site: String
    var data: String { "\(self.folder.path)/data" }

    init(_ folder: TemporaryFolder, _ section: String) throws {
      self.folder = folder
      let minimal = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
      self.site = try folder.write(minimal + "\n[mqtt]\n" + section + "\n", to: "site.toml")
    }

    func change(_ section: String) throws { _ = try Home(self.folder, section) }

    func start() throws -> ChildProcess {
      try Program.start(["run", "--simulated", "--site", self.site, "--data", self.data])
    }

    func status() throws -> JSONValue {
      let asked = try Program.start(["status", "--json", "--site", self.site, "--data", self.data])
      #expect(try asked.waitForEnd() == .exited(0), "\(asked.errorText)")
      return try JSONValue.parse(asked.output)
    }

    func overrides() throws -> [String] {
      (try self.status()["overrides"]?.array ?? []).map {
        "\($0["target"]?.string ?? "?") \($0["level"]?.string ?? "?") by \($0["by"]?.string ?? "?")"
      }
    }
  }

  @Test func `is discovered, shows its state and takes commands`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let broker = try MosquittoBroker(folder)
      let home = try Home(
        folder, "broker = \"127.0.0.1:\(broker.port)\"\ncommands = true\ninterval = \"1 s\"")
      let all = try broker.listener("homeassistant/#", "rigshift/#")
      // Left by a site file that had another rig, and by another site.
      let left = "homeassistant/switch/rigshift_minimal/rig_old-1/config"
      try broker.publish(left, "{}", retained: true)
      try broker.publish("homeassistant/switch/other/rig_old-1/config", "{}", retained: true)
      let controller = try home.start()
      try all.waitFor("rigshift/minimal/availability online")
      try all.waitFor("\(left) \n")

      // What a newcomer sees.
      let config = try JSONValue.parse(
        Array(try broker.retained("homeassistant/switch/rigshift_minimal/rig_s19-1/config").utf8))
      #expect(config["command_topic"]?.string == "rigshift/minimal/rig/s19-1/set")
      #expect(try broker.retained(config["state_topic"]?.string ?? "?").hasPrefix("O"))
      #expect(try broker.retained("rigshift/minimal/rig/s19-1/available") == "online")
      let power = try broker.retained("rigshift/minimal/meter/main/power")
      #expect(Double(power) != nil, "\(power)")
      #expect(try broker.retained("rigshift/minimal/bank/s19/attributes").contains("\"rigs\":4"))
      #expect(try broker.retained("homeassistant/switch/other/rig_old-1/config") == "{}")

      // Commands go the way of a person's override, and their effect comes back.
      try broker.publish("rigshift/minimal/rig/s19-1/set", "ON")
      try controller.waitFor("command target=s19-1 wish=on")
      try all.waitFor("rigshift/minimal/rig/s19-1/state ON")
      #expect(try home.overrides() == ["s19-1 on by mqtt"])
      try broker.publish("rigshift/minimal/bank/s19/set", "2")
      try controller.waitFor("command target=s19 wish=2")
      #expect(try home.overrides() == ["s19-1 on by mqtt", "s19 2 by mqtt"])
      try broker.publish("rigshift/minimal/rig/s19-1/set", "AUTO")
      try broker.publish("rigshift/minimal/bank/s19/set", "AUTO")
      try controller.waitFor("wish=auto", times: 2)
      #expect(try home.overrides().isEmpty)
      let link = try home.status()["mqtt"]
      #expect(link?["connected"]?.bool == true && link?["commands"]?.bool == true)

      // What is no command.
      try broker.publish("rigshift/minimal/rig/s19-2/set", "TOGGLE")
      try controller.waitFor("neither ON, OFF, AUTO")
      try broker.publish("rigshift/minimal/rig/s19-9/set", "ON")
      try controller.waitFor("for no rig or bank")
      try broker.publish("rigshift/minimal/rig/s19-2/set", String(repeating: "ON", count: 5000))
      try controller.waitFor("longer than any command")
      try broker.publish("rigshift/minimal/rig/s19-2/set", "ON", retained: true)
      try controller.waitFor("it was retained by the broker")
      #expect(try home.overrides().isEmpty)

      // Its last word is that it goes; what it was asked for is in its record.
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      try all.waitFor("rigshift/minimal/availability offline")
      let record = try SQLiteStore(path: "\(home.data)/minimal.sqlite")
      let texts = try record.events(latest: 100).filter { $0.kind == .overrideSet }.map(\.text)
      #expect(texts.count == 2 && texts.allSatisfy { $0.contains("by mqtt") }, "\(texts)")
    }
  }

  @Test func `refuses commands until its file allows them, and takes a changed file while it runs`()
    async throws
  {
    try await Program.session {
      let folder = try TemporaryFolder()
      let broker = try MosquittoBroker(folder)
      let section = "broker = \"127.0.0.1:\(broker.port)\"\n"
      let home = try Home(folder, section + "version = \"3.1.1\"")
      let controller = try home.start()
      let sensor = "homeassistant/binary_sensor/rigshift_minimal/rig_s19-1/config"
      #expect(try broker.retained(sensor).contains("\"device_class\":\"running\""))
      // Kept from before, it must not count when the site comes to listen.
      try broker.publish("rigshift/minimal/rig/s19-2/set", "ON", retained: true)
      try broker.publish("rigshift/minimal/rig/s19-1/set", "ON")
      try controller.waitFor("commands are not enabled")
      #expect(try home.overrides().isEmpty)
      let all = try broker.listener("homeassistant/#", "rigshift/#")
      try home.change(section + "version = \"3.1.1\"\ncommands = true")
      controller.send(SIGHUP)
      try all.waitFor("homeassistant/switch/rigshift_minimal/rig_s19-1/config {")
      try all.waitFor("\(sensor) \n")
      try controller.waitFor("it was retained by the broker")
      try broker.publish("rigshift/minimal/rig/s19-1/set", "ON")
      try controller.waitFor("command target=s19-1 wish=on")
      #expect(try home.overrides() == ["s19-1 on by mqtt"])
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }

  @Test func `goes on without its broker, shows itself again after it, and is missed when it is killed`()
    async throws
  {
    try await Program.session {
      let folder = try TemporaryFolder()
      let broker = try MosquittoBroker(folder)
      let home = try Home(folder, "broker = \"127.0.0.1:\(broker.port)\"\ncommands = true")
      let controller = try home.start()
      #expect(try broker.retained("rigshift/minimal/availability") == "online")
      broker.kill()
      try controller.waitFor("broker not reached")
      let alone = try home.status()
      #expect(alone["mqtt"]?["connected"]?.bool == false && alone["mqtt"]?["why"]?.string != nil)
      let wish = try Program.start([
        "override", "s19-1", "on", "--for", "1h", "--site", home.site, "--data", home.data,
      ])
      #expect(try wish.waitForEnd() == .exited(0), "\(wish.errorText)")
      try controller.waitFor("rig on")
      let ticks = try #require(home.status()["ticks"]?.int)
      #expect(try ticks > #require(alone["ticks"]?.int))
      try broker.restart()
      try controller.waitFor("broker reached", times: 2)
      // A broker that forgot everything is told everything.
      let all = try broker.listener("rigshift/#")
      try all.waitFor("rigshift/minimal/rig/s19-1/state ON")
      #expect(try broker.retained("homeassistant/switch/rigshift_minimal/rig_s19-4/config").hasPrefix("{"))
      #expect(try broker.retained("rigshift/minimal/availability") == "online")
      controller.kill()
      try all.waitFor("rigshift/minimal/availability offline")
      // The next one takes its place.
      let again = try broker.listener("rigshift/minimal/availability")
      let next = try home.start()
      try again.waitFor("0 rigshift/minimal/availability online")
      next.send(SIGTERM)
      #expect(try next.waitForEnd() == .exited(0))
    }
  }

  @Test func `speaks TLS to the right broker alone, with a password that never shows`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let path = folder.path
      try Self.makeCertificates(in: folder)
      let secret = "corrèct horse"
      let passwords = try ChildProcess(
        "/usr/bin/mosquitto_passwd", ["-b", "-c", "\(path)/users", "rigs", secret])
      #expect(try passwords.waitForEnd() == .exited(0), "\(passwords.errorText)")
      let broker = try MosquittoBroker(
        folder,
        [
          "allow_anonymous false", "password_file \(path)/users", "cafile \(path)/ca.pem",
          "certfile \(path)/broker.pem", "keyfile \(path)/broker.key", "require_certificate true",
        ],
        access: [
          "--cafile", "\(path)/ca.pem", "--cert", "\(path)/site.pem", "--key", "\(path)/site.key", "-u",
          "rigs",
          "-P", secret,
        ])
      let user = """
        broker = "127.0.0.1:\(broker.port)"
        cert_file = "site.pem"
        key_file = "site.key"
        username = "rigs"
        password_file = "password"
        """
      let home = try Home(folder, user)
      let controller = try home.start()
      // One after the other: no password, a readable one, an unknown authority, a wrong password, and all is well.
      try controller.waitFor("password file \(path)/password is missing")
      _ = try folder.write("wrong\n", to: "password")
      try controller.waitFor("may be read by others")
      chmod("\(path)/password", 0o600)
      try controller.waitFor("certificate verify failed")
      try home.change(user + "\nca_file = \"ca.pem\"")
      controller.send(SIGHUP)
      try controller.waitFor("the broker refuses: ")
      _ = try folder.write("\(secret)\n", to: "password")
      chmod("\(path)/password", 0o600)
      try controller.waitFor("broker reached")
      #expect(try broker.retained("rigshift/minimal/availability") == "online")
      #expect(!controller.errorText.contains(secret))
      #expect(try home.status().text().contains(secret) == false)
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }

  /// An authority of our own, a broker's certificate for 127.0.0.1 and a site's.
  private static func makeCertificates(in folder: TemporaryFolder) throws {
    let script = """
      set -e
      cd '\(folder.path)'
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority \
        -keyout ca.key -out ca.pem
      for name in broker site; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$name \
          -keyout $name.key -out $name.csr
        echo subjectAltName=IP:127.0.0.1 >$name.ext
        openssl x509 -req -days 2 -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile $name.ext \
          -out $name.pem
      done
      """
    let shell = try ChildProcess("/bin/sh", ["-c", script])
    #expect(try shell.waitForEnd() == .exited(0), "\(shell.errorText)")
  }
}
