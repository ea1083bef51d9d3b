import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// Rigs that are asked to stop before their relays open.
struct `A soft stop` {
  /// The minimal site with `softStop` for its four rigs.
  private static func site(_ softStop: String, in folder: TemporaryFolder, port: Int) throws -> [String] {
    let minimal = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
    let lines = #"relay_lines = "relay-01..relay-04""#
    // Room for all four, day and night.
    let text = minimal.replacingOccurrences(
      of: lines, with: "\(lines)\nminimum_off = \"8 s\"\nsoft_stop = \(softStop)"
    ).replacingOccurrences(of: "import_cap_kw = 10", with: "import_cap_kw = 40")
    let path = try folder.write(text + "\n[web]\nlisten = \"127.0.0.1:\(port)\"\n", to: "site.toml")
    return ["--site", path, "--data", "\(folder.path)/data"]
  }

  private static func rigs(at port: Int) throws -> [String: JSONValue] {
    let curl = try ChildProcess(
      "/usr/bin/curl", ["-s", "--max-time", "30", "http://127.0.0.1:\(port)/api/v1/rigs"])
    _ = try curl.waitForEnd()
    let rigs = (try? JSONValue.parse(curl.output))?.array ?? []
    return Dictionary(rigs.map { ($0["rig"]?.string ?? "", $0) }) { first, _ in first }
  }

  private static func override(_ rigs: [Int], _ level: String, _ place: [String]) throws {
    for rig in rigs {
      let wish = try Program.start(["override", "s19-\(rig)", level, "--for", "1h"] + place)
      #expect(try wish.waitForEnd() == .exited(0), "\(wish.errorText)")
    }
  }

  /// Until `isSo` holds of the rigs, for as long as `controller` lives and at most two minutes.
  private static func wait(
    _ controller: ChildProcess, port: Int, until isSo: ([String: JSONValue]) -> Bool
  ) throws -> [String: JSONValue] {
    var rigs: [String: JSONValue] = [:]
    for _ in 0..<600 {
      rigs = try self.rigs(at: port)
      if isSo(rigs) { return rigs }
      controller.listen(for: .milliseconds(200))
    }
    Issue.record("it did not come true: \(rigs)")
    return rigs
  }

  @Test func `asks each miner, believes none, and opens its relay in time`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let server = try PythonServer("miner_server", ["good", "refuses", "rubbish", "silent"])
      let ports = String(decoding: server.process.output, as: UTF8.self).split(separator: " ").dropFirst()
        .prefix(4).map { "\"127.0.0.1:\($0)\"" }
      #expect(ports.count == 4)
      let place = try Self.site(
        "{ miners = [\(ports.joined(separator: ", "))], drain = \"4 s\", request = \"pause\" }", in: folder,
        port: port)
      let controller = try Program.start(["run", "--simulated"] + place)
      try controller.waitFor("answering on this host")
      try Self.override([1, 2, 3, 4], "on", place)
      for rig in 1...4 { try controller.waitFor("rig on rig=s19-\(rig)") }
      _ = try Self.wait(controller, port: port) { rigs in
        rigs.count == 4 && rigs.values.allSatisfy { $0["proof"]?["read_back_ms"]?.int != nil }
      }
      try Self.override([1, 2, 3, 4], "off", place)
      for mode in ["good", "refuses", "rubbish", "silent"] {
        try server.process.waitFor("asked \(mode) {\"command\":\"pause\"}")
      }
      try controller.waitFor("asked to stop rig=s19-1 answer=yes")
      try controller.waitFor("asked to stop rig=s19-2 answer=no")
      try controller.waitFor("asked to stop rig=s19-3 answer=\"not understood\"")
      try controller.waitFor("asked to stop rig=s19-4 answer=none")
      let rigs = try Self.wait(controller, port: port) { rigs in
        rigs.count == 4
          && rigs.values.allSatisfy { $0["on"]?.bool == false && $0["proof"]?["sent_ms"]?.int != nil }
      }
      for (name, rig) in rigs {
        #expect(try #require(rig["proof"]?["sent_ms"]?.int) >= 4000, "\(name) had its time: \(rig)")
      }
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }

  @Test func `runs a program no longer than the drain, and waits for none where it must not`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let script = try folder.write("touch \"\(folder.path)/$1\"\nexec sleep 1000\n", to: "stop")
      let place = try Self.site(
        "{ command = [\"/bin/sh\", \"\(script)\", \"{rig}\"], drain = \"6 s\" }", in: folder, port: port)
      let controller = try Program.start(["run", "--simulated"] + place)
      try controller.waitFor("answering on this host")
      try Self.override([1, 2], "on", place)
      for rig in 1...2 { try controller.waitFor("rig on rig=s19-\(rig)") }
      _ = try Self.wait(controller, port: port) { rigs in
        ["s19-1", "s19-2"].allSatisfy { rigs[$0]?["proof"]?["read_back_ms"]?.int != nil }
      }
      try Self.override([1, 2], "off", place)
      try controller.waitFor("rig off rig=s19-2")
      let stop = try Program.start(["lockout", "s19-2", "--reason", "smoke"] + place)
      #expect(try stop.waitForEnd() == .exited(0), "\(stop.errorText)")
      let rigs = try Self.wait(controller, port: port) { rigs in
        ["s19-1", "s19-2"].allSatisfy { rigs[$0]?["proof"]?["sent_ms"]?.int != nil }
      }
      let drained = try #require(rigs["s19-1"]?["proof"]?["sent_ms"]?.int)
      let locked = try #require(rigs["s19-2"]?["proof"]?["sent_ms"]?.int)
      #expect(drained >= 6000 && locked < drained, "\(drained) ms drained, \(locked) ms locked out")
      for rig in ["s19-1", "s19-2"] { #expect(access("\(folder.path)/\(rig)", F_OK) == 0) }
      try controller.waitFor("the program took longer than the drain and was killed")
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }
}
