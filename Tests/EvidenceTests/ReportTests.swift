import Foundation
import JSONText
import ProgramTesting
import Testing

/// The accounts of a site.
struct ReportTests {
  private static func report(_ more: [String]) async throws -> Program.Outcome {
    let shared = try await SimulatedRecord.shared()
    return try await Program.run(
      ["report", "--site", SimulatedRecord.site, "--data", shared.folder.path] + more)
  }

  @Test func `days add up to the total, and each names the certificates behind it`() async throws {
    let json = try JSONValue.parse(try await Self.report(["--json"]).output)
    let days = try #require(json["days"]?.array)
    try #require(days.count >= 3)
    #expect(days.last?["date"]?.string == "total")
    for figure in [
      "import_kwh", "rigs_kwh", "cost", "co2_kg", "rig_hours", "planned_import_kwh", "saving_against_asap",
    ] {
      let sum = days.dropLast().reduce(0) { $0 + ($1[figure]?.double ?? 0) }
      #expect(abs(sum - (days.last?[figure]?.double ?? -1)) < 1e-6, "\(figure)")
    }
    for (day, next) in zip(days.dropLast(), days.dropLast().dropFirst()) {
      #expect((day["last_certificate"]?.int ?? 0) < (next["first_certificate"]?.int ?? 0))
    }
  }

  @Test func `CSV and JSON say the same`() async throws {
    let json = try JSONValue.parse(try await Self.report(["--json"]).output)
    let lines = try await Self.report(["--csv"]).text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let days = try #require(json["days"]?.array)
    try #require(lines.count == days.count + 1)
    for (day, cells) in zip(days, lines.dropFirst()) {
      for (name, cell) in zip(lines[0], cells) where name != "date" {
        #expect(Double(cell) == day[name]?.double, "\(name)")
      }
    }
  }

  @Test func `a period without entries is told`() async throws {
    let run = try await Self.report(["--from", "2030-01-01"])
    #expect(run.status == .exited(1))
    #expect(run.errorText.contains("no interval"))
  }
}
