import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// Our side of Modbus against pymodbus, which shares no code with it.
struct `Modbus against pymodbus` {
  private static let python = "\(PackageFiles.root)/.dependencies/python/bin/python"
  private static func script(_ name: String) -> String {
    "\(PackageFiles.root)/Tests/Scenarios/Python/\(name).py"
  }

  private static var isThere: Bool {
    if access(Self.python, X_OK) == 0 { return true }
    print("skipped: pymodbus, which \"make setup\" could not install")
    return false
  }

  private static func site(
    port: Int, _ meters: [(name: String, measures: String, unit: Int, template: String)]
  )
    -> String
  {
    let tables = meters.map {
      """
      [[meters]]
      name = "\($0.name)"
      measures = "\($0.measures)"
      bus = "lan"
      unit = \($0.unit)
      template = "\($0.template)"

      """
    }
    return """
      name = "Peers"
      currency = "EUR"
      time_zone = "Europe/Berlin"
      [location]
      latitude = 52.52
      longitude = 13.41
      [grid]
      import_cap_kw = 20
      [[pv]]
      name = "roof"
      area_m2 = 60
      efficiency = 0.2
      [[buses]]
      name = "lan"
      tcp = "127.0.0.1:\(port)"
      [[banks]]
      name = "s19"
      count = 2
      draw_kw = 3.25
      relay_lines = "relay-1..relay-2"
      [tariff.import]
      fixed = 0.28
      \(tables.joined())
      """
  }

  @Test func `our driver reads what a pymodbus server shows`() async throws {
    guard Self.isThere else { return }
    try await Program.session {
      let folder = try TemporaryFolder()
      let server = try ChildProcess(Self.python, ["-W", "ignore", Self.script("modbus_server")])
      try server.waitFor(" open")
      let words = String(decoding: server.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      let port = try #require(words.dropFirst().first.flatMap { Int($0) })
      let site = try folder.write(
        Self.site(
          port: port,
          [
            ("main", "grid", 1, "eastron-sdm630"), ("full", "generation", 2, "sunspec-meter"),
            ("again", "bank:s19", 3, "sunspec-meter"),
          ]), to: "site.toml")
      let reading = try Program.start(["meters", "read", "--json", "--site", site])
      #expect(try reading.waitForEnd() == .exited(0), "\(reading.errorText)")
      let shown = try JSONValue.parse(reading.output)
      func value(_ meter: String, _ quantity: String) -> Double? { shown[meter]?[quantity]?.double }
      #expect(value("main", "power") == -4.3215 && value("main", "voltage_l1") == 231.25)
      #expect(value("main", "import_energy") == 1234.5 && value("main", "export_energy") == 67.25)
      // Scale factors of both signs, values that are not implemented, a counter at its end and after it.
      #expect(value("full", "power") == -4.32 && value("full", "current_l1") == 10.5)
      #expect(value("full", "frequency") == 49.98 && value("full", "power_factor") == 0.97)
      #expect(abs((value("full", "import_energy") ?? 0) - 429_496.7286) < 1e-6)
      #expect(value("again", "import_energy") == 0.0005)
      for missing in ["current_l2", "voltage_l2", "power_l1", "export_energy"] {
        #expect(value("full", missing) == nil, "\(missing)")
      }
      server.send(SIGTERM)
      _ = try server.waitForEnd()
    }
  }

  @Test func `a pymodbus client reads what our served devices show`() async throws {
    guard Self.isThere else { return }
    try await Program.session {
      let folder = try TemporaryFolder()
      let port = try freePort()
      let site = try folder.write(
        Self.site(
          port: port,
          [
            ("main", "grid", 1, "eastron-sdm630"), ("rigs", "bank:s19", 2, "carlo-gavazzi-em24"),
            ("roof", "generation", 3, "sunspec-meter"),
          ]), to: "site.toml")
      let devices = try Program.start(["devices", "serve", "--site", site])
      try devices.waitFor("serving main, rigs, roof")
      let client = try ChildProcess(Self.python, ["-W", "ignore", Self.script("modbus_client"), "\(port)"])
      #expect(try client.waitForEnd() == .exited(0), "\(client.errorText)")
      let theirs = try JSONValue.parse(client.output)
      let reading = try Program.start(["meters", "read", "--json", "--site", site])
      #expect(try reading.waitForEnd() == .exited(0), "\(reading.errorText)")
      let ours = try JSONValue.parse(reading.output)
      #expect(theirs["models"]?.array?.compactMap(\.int) == [1, 201])
      #expect(theirs["refusal"]?.int == 2)
      #expect(theirs["em24"]?["hertz"]?.double == 50)
      // Read at two moments of a simulated site at rest: counters agree to what a roof makes in that time.
      for (device, meter) in [("sdm630", "main"), ("em24", "rigs"), ("sunspec", "roof")] {
        let imported = try #require(theirs[device]?["import"]?.double)
        #expect((1000...51_000).contains(imported))
        #expect(abs(imported - (ours[meter]?["import_energy"]?.double ?? 0)) < 0.2, "\(device)")
      }
      devices.send(SIGTERM)
      _ = try devices.waitForEnd()
    }
  }
}
