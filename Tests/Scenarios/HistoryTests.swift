import Foundation
import JSONText
import ProgramTesting
import Testing

/// Past days that are computed.
struct `The history of a site` {
  /// Hourly weather of three days of noon sun, as Open-Meteo's archive gives it, without the last `missing` hours.
  private static func weather(missing: Int = 0) -> String {
    let hours = (0..<(72 - missing)).map { hour in
      (
        time: "2024-06-0\(1 + hour / 24)T\(String(format: "%02d", hour % 24)):00",
        sun: max(0, 700 - 100 * abs(hour % 24 - 3))
      )
    }
    func list(_ values: [String]) -> String { "[\(values.joined(separator: ","))]" }
    return """
      {"latitude": 35.44, "longitude": 139.64, "utc_offset_seconds": 0, "timezone": "GMT",
       "hourly_units": {"time": "iso8601", "shortwave_radiation": "W/m\u{b2}", "temperature_2m": "\u{b0}C",
         "wind_speed_10m": "m/s", "surface_pressure": "hPa", "relative_humidity_2m": "%"},
       "hourly": {"time": \(list(hours.map { "\"\($0.time)\"" })),
         "shortwave_radiation": \(list(hours.map { "\($0.sun)" })),
         "temperature_2m": \(list(hours.map { _ in "20" })), "wind_speed_10m": \(list(hours.map { _ in "5" })),
         "surface_pressure": \(list(hours.map { _ in "1013" })),
         "relative_humidity_2m": \(list(hours.map { _ in "60" }))}}
      """
  }

  @Test func `is computed of weather and prices, kept apart, and taken back`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let weather = try folder.write(Self.weather(), to: "weather.json")
      let place = ["--site", PackageFiles.example("yokohama.toml"), "--data", "\(folder.path)/data"]
      func history(_ words: String...) throws -> ChildProcess {
        let child = try Program.start(["history"] + words + place)
        _ = try child.waitForEnd()
        return child
      }
      func end(_ child: ChildProcess) throws -> ChildProcess.End { try child.waitForEnd() }
      func days() throws -> [JSONValue] {
        try JSONValue.parse(try history("list", "--json").output).array ?? []
      }
      // Two whole days of the site's zone lie in three of UTC.
      let span = ["--from", "2024-06-02", "--to", "2024-06-03"]
      func fill(_ more: String..., weather path: String = weather) throws -> ChildProcess {
        let child = try Program.start(["history", "import", "--weather", path] + span + more + place)
        _ = try child.waitForEnd()
        return child
      }
      let rehearsed = try fill("--dry-run")
      #expect(try end(rehearsed) == .exited(0), "\(rehearsed.errorText)")
      #expect(try days().isEmpty)
      for _ in 0..<2 {
        let filled = try fill()
        #expect(try end(filled) == .exited(0), "\(filled.errorText)")
        let slots = try days()
        #expect(slots.count == 96 && slots.allSatisfy { $0["computed"]?.bool == true })
        let generated = slots.reduce(0) { $0 + ($1["generated_kwh"]?.double ?? 0) }
        #expect(generated > 500 && slots.contains { ($0["rig_hours"]?.double ?? 0) > 0 })
      }
      let hole = try folder.write(Self.weather(missing: 12), to: "hole.json")
      let refused = try fill(weather: hole)
      #expect(
        try end(refused) == .exited(1) && refused.errorText.contains("2024-06-03: "), "\(refused.errorText)")
      #expect(try days().count == 96)
      let early = try history("import", "--from", "2199-01-01", "--to", "2199-01-02")
      #expect(try end(early) != .exited(0) && early.errorText.contains("--to is a day that is over"))

      let removed = try Program.start(["history", "remove"] + span + place)
      #expect(try removed.waitForEnd() == .exited(0), "\(removed.errorText)")
      #expect(try days().isEmpty)
    }
  }

  @Test func `never takes the place of what was metered`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let weather = try folder.write(Self.weather(), to: "weather.json")
      let site = PackageFiles.example("yokohama.toml")
      let lived = try Program.start([
        "simulate", "--site", site, "--days", "1", "--start", "2024-06-02", "--record",
        "\(folder.path)/yokohama.sqlite",
      ])
      #expect(try lived.waitForEnd() == .exited(0), "\(lived.errorText)")
      let refused = try Program.start([
        "history", "import", "--weather", weather, "--from", "2024-06-02", "--to", "2024-06-02", "--site",
        site,
        "--data", folder.path,
      ])
      #expect(try refused.waitForEnd() == .exited(1))
      #expect(refused.errorText.contains("2024-06-02 was metered by the site itself"), "\(refused.errorText)")
    }
  }
}
