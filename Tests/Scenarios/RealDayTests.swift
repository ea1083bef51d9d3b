import JSONText
import ProgramTesting
import Testing

/// A day of a site, planned by the program: 19 September 2024 in Yokohama, when half an hour of power cost five times
/// what the night did.
struct `A day with a price spike` {
  private static let spike = "2024-09-19T07:30:00Z"  // 16:30 to 17:00 in Tokyo, code 34 of the exchange's day
  private static let drawKilowatts = 3.25

  private static func plan(prices: String, json: Bool) async throws -> Program.Outcome {
    try await Program.run(
      [
        "plan", "--site", PackageFiles.example("yokohama.toml"), "--weather",
        PackageFiles.example("yokohama-weather.json"), "--prices", prices, "--date", "2024-09-19",
      ] + (json ? ["--json"] : []))
  }

  /// Slots with what the plan buys in them.
  private static func slots(_ outcome: Program.Outcome) throws -> [JSONValue] {
    #expect(outcome.status == .exited(0), "\(outcome.errorText)")
    return try #require(JSONValue.parse(outcome.output)["slots"]?.array)
  }

  private static func expectAvoided(_ slots: [JSONValue]) throws {
    #expect(slots.count == 48)
    let spike = try #require(slots.first { $0["start"]?.string == Self.spike })
    let imported = try #require(spike["import_kw"]?.double)
    let running = try #require(spike["running"]?["rigs"]?.double)
    let absorbed = try #require(spike["absorbed_kw"]?.double)
    #expect(imported.magnitude < 1e-6)
    #expect(running >= 1)
    #expect(running * Self.drawKilowatts <= absorbed * 1.05)  // a rig draws a little more in the heat
    // It bought elsewhere: the day's minimum is not to be had from sun and wind alone.
    #expect(slots.reduce(0) { $0 + ($1["import_kw"]?.double ?? 0) / 2 } > 100)
  }

  @Test func `buys nothing at the spike of a price list`() async throws {
    let outcome = try await Self.plan(prices: PackageFiles.fixture("spike-prices.csv"), json: true)
    try Self.expectAvoided(Self.slots(outcome))
  }

  @Test func `is a table of one row per slot on eighty columns`() async throws {
    let outcome = try await Self.plan(prices: PackageFiles.fixture("spike-prices.csv"), json: false)
    #expect(outcome.status == .exited(0), "\(outcome.errorText)")
    let lines = outcome.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 80 })
    let rows = lines.filter { $0.contains(":") && $0.contains("..") || $0.contains("####################") }
    #expect(rows.count == 48)
    #expect(rows.first?.hasPrefix("  00:00 ") == true)
    #expect(rows.last?.hasPrefix("  23:30 ") == true)
    let spike = try #require(rows.first { $0.hasPrefix("  16:30 ") })
    #expect(spike.split(separator: " ")[4] == "0.0")
    #expect(spike.contains("49.65"))
    #expect(lines.contains { $0.contains("rig-hours 240.0") })
  }

  @Suite(.enabled(if: SharedData.isPresent, "no folder shared/data beside the repository"))
  struct `from the exchange's own file` {
    private static let folder = (SharedData.folder ?? "") + "/jepx"

    @Test func `buys nothing at the spike, in either encoding of the file`() async throws {
      let all = try await `A day with a price spike`.plan(
        prices: Self.folder + "/spot_summary_2024.csv", json: true)
      try expectAvoided(slots(all))
      let week = try await `A day with a price spike`.plan(
        prices: Self.folder + "/derived_spot_summary_2024_week_0916-0922_cp932.csv", json: true)
      #expect(try slots(week) == slots(all))
    }

    @Test func `shows the price of the spike`() async throws {
      let table = try await `A day with a price spike`.plan(
        prices: Self.folder + "/spot_summary_2024.csv", json: false)
      let row = table.text.split(separator: "\n").first { $0.hasPrefix("  16:30 ") }
      #expect(row?.contains("49.65") == true)
    }
  }
}
