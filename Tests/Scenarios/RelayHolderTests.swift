import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// The relay holder in a process of its own: what happens to the relays when the controller dies and comes back. Every
/// edge is counted at the played relay board.
struct `A relay holder in a process of its own` {
  /// Meters on one line, the relay board on another.
  private static func site(_ folder: String, deadMan: String) -> String {
    """
    name = "Held"
    currency = "EUR"
    time_zone = "Europe/Berlin"
    [location]
    latitude = 52.52
    longitude = 13.41
    [grid]
    import_cap_kw = 20
    [[buses]]
    name = "meters"
    serial = "\(folder)/meters"
    baud = 115200
    [[buses]]
    name = "boards"
    serial = "\(folder)/boards"
    baud = 115200
    [[relay_boards]]
    name = "relays"
    bus = "boards"
    unit = 10
    template = "waveshare-modbus-8"
    [[banks]]
    name = "s19"
    count = 2
    draw_kw = 3.25
    relay_lines = "relays-1..relays-2"
    [[meters]]
    name = "main"
    measures = "grid"
    bus = "meters"
    unit = 1
    template = "eastron-sdm630"
    [tariff.import]
    fixed = 0.28
    [control]
    dead_man = "\(deadMan)"
    [clock]
    battery = true

    """
  }

  private static func edges(_ path: String) -> [String] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map {
      $0.split(separator: " ").dropFirst(2).prefix(2).joined(separator: " ")
    }
  }

  private static func ask(_ words: [String], _ site: String, _ data: String) throws -> String {
    let process = try Program.start(words + ["--site", site, "--data", data])
    #expect(try process.waitForEnd() == .exited(0), "\(process.errorText)")
    return String(decoding: process.output, as: UTF8.self)
  }

  @Test
  func `keeps every relay through the controller's death and return, and opens them when it stays away`()
    async throws
  {
    try await Program.session {
      let folder = try TemporaryFolder()
      let site = try folder.write(Self.site(folder.path, deadMan: "20 s"), to: "site.toml")
      let data = "\(folder.path)/data"
      let edges = "\(folder.path)/edges"
      let devices = try Program.start(["devices", "serve", "--site", site, "--edges", edges])
      try devices.waitFor("serving main on")
      try devices.waitFor("serving relays on")

      let orphan = try Program.start(["run", "--site", site, "--data", data])
      try orphan.waitFor("relay holder does not answer")
      let holder = try Program.start(["relays", "hold", "--site", site, "--data", data])
      try holder.waitFor("holding relays")
      // The controller finds the holder by itself.
      try orphan.waitFor("relay holder answers")
      _ = try Self.ask(["override", "s19-1", "on", "--for", "1h"], site, data)
      try orphan.waitFor("rig on rig=s19-1")
      for _ in 0..<600 where Self.edges(edges).last != "0 1" { _ = try Self.ask(["status"], site, data) }
      #expect(Self.edges(edges).last == "0 1")
      let before = Self.edges(edges)

      orphan.kill()
      _ = try orphan.waitForEnd()
      let heir = try Program.start(["run", "--site", site, "--data", data])
      try heir.waitFor("relay holder answers")
      try heir.waitFor("planned")
      var running = 0
      for _ in 0..<600 where running != 1 {
        let status = try JSONValue.parse(Array(try Self.ask(["status", "--json"], site, data).utf8))
        running = status["banks"]?.array?.first?["running"]?.int ?? 0
      }
      #expect(running == 1)
      #expect(Self.edges(edges) == before, "a pulse on a relay")

      heir.kill()
      _ = try heir.waitForEnd()
      try holder.waitFor("controller silent, relays go to their policy")
      holder.send(SIGTERM)
      #expect(try holder.waitForEnd() == .exited(0), "\(holder.errorText)")
      #expect(Self.edges(edges) == before + ["0 0"])
      devices.send(SIGTERM)
      _ = try devices.waitForEnd()
    }
  }

  @Test func `refuses a controller with another relay table`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let site = try folder.write(Self.site(folder.path, deadMan: "2 s"), to: "site.toml")
      let other = try folder.write(Self.site(folder.path, deadMan: "3 s"), to: "other.toml")
      let data = "\(folder.path)/data"
      let holder = try Program.start(["relays", "hold", "--site", site, "--data", data])
      try holder.waitFor("holding relays")
      let controller = try Program.start(["run", "--site", other, "--data", data])
      try controller.waitFor("the relay table of the site file has changed; restart the relay holder")
      // One holder at a time.
      let second = try Program.start(["relays", "hold", "--site", site, "--data", data])
      #expect(try second.waitForEnd() == .exited(1))
      #expect(second.errorText.contains("another process listens"))
      controller.send(SIGTERM)
      _ = try controller.waitForEnd()
      holder.send(SIGTERM)
      _ = try holder.waitForEnd()
    }
  }
}
