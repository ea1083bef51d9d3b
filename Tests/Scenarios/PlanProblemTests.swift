import Foundation
import JSONText
import ProgramTesting
import Testing

/// `rigshift plan --problem` as a caller in another process knows it.
struct `A planning problem file` {
  /// Two hours, two rigs of 3 kW, three rig-hours: one rig-hour is free, two are bought.
  private static let small = """
    {"format": "rigshift-plan-problem/1", "currency": "EUR",
     "slots": [
       {"start": "2025-03-10T00:00:00+09:00", "minutes": 60, "import_price": 10, "renewable_kw": 3.5},
       {"start": "2025-03-10T01:00:00+09:00", "minutes": 60, "import_price": 20, "import_cap_kw": 4}],
     "banks": [{"name": "s19", "rigs": 2, "rig_kw": 3}],
     "rig_hour_limits": [{"start": "2025-03-10T00:00:00+09:00", "end": "2025-03-10T02:00:00+09:00", "minimum": 3}],
     "limits": {"curtailable": true, "soft": false}}
    """

  private static func plan(_ problem: String) async throws -> Program.Outcome {
    let folder = try TemporaryFolder()
    return try await Program.run(["plan", "--problem", folder.write(problem, to: "problem.json"), "--json"])
  }

  @Test func `is answered with the cheapest plan`() async throws {
    let outcome = try await Self.plan(Self.small)
    #expect(outcome.status == .exited(0), "\(outcome.errorText)")
    let plan = try JSONValue.parse(outcome.output)
    #expect(plan["status"]?.string == "optimal")
    #expect(plan["audit"]?.string == "passed")
    // 2.5 kWh at 10, and one rig through the second hour for 3 kWh at 20.
    #expect(plan["objective"]?.double.map { abs($0 - 85) < 1e-6 } == true)
    #expect(plan["slots"]?.array?.map { $0["running"]?["s19"]?.double } == [2, 1])
    #expect(
      plan["slots"]?.array?.map { $0["start"]?.string } == ["2025-03-09T15:00:00Z", "2025-03-09T16:00:00Z"])
  }

  @Test(arguments: [
    // What is changed, and the limit, place and missing amount that the answer must name.
    (#""minimum": 3"#, #""minimum": 5"#, "minimum_rig_hours", "2025-03-09T15:00:00Z", 2.0),
    (#""import_cap_kw": 4"#, #""import_cap_kw": 1"#, "minimum_rig_hours", "2025-03-09T15:00:00Z", 1.0),
    (#""rig_kw": 3"#, #""rig_kw": 3, "minimum_running": 2"#, "minimum_running", "2025-03-09T16:00:00Z", 1.0),
  ])
  func `that no plan can meet is answered with limit, place and missing amount`(
    part: String, by change: String, limit: String, start: String, missing: Double
  ) async throws {
    let outcome = try await Self.plan(Self.small.changing(part, to: change))
    #expect(outcome.status == .exited(2), "\(outcome.errorText)")
    let answer = try JSONValue.parse(outcome.output)
    #expect(answer["status"]?.string == "infeasible")
    #expect(answer["limit"]?.string == limit)
    #expect(answer["start"]?.string == start)
    #expect(answer["missing"]?.double.map { abs($0 - missing) < 1e-6 } == true, "\(answer)")
    #expect(answer["message"]?.string?.isEmpty == false)
  }

  @Test(arguments: [
    (#""renewable_kw": 3.5"#, #""renewable_kw": -3.5"#, "slots[0].renewable_kw"),
    (#""import_price": 20"#, #""import_price": NaN"#, "slots[1].import_price"),
    (#""import_price": 20"#, #""import_price": 1e999"#, "slots[1].import_price"),
    (#""import_price": 20, "#, "", "slots[1].import_price"),
    (#""renewable_kw": 3.5"#, #""renewable_kw": [3.5, 4]"#, "slots[0].renewable_kw"),
    (#""rigs": 2"#, #""rigs": 2, "rgis": 2"#, "banks[0]"),
    (#""minimum": 3"#, #""minimum": 3, "maximum": 2"#, "rig_hour_limits[0]"),
    (#""end": "2025-03-10T02"#, #""end": "2025-03-10T03"#, "rig_hour_limits[0]"),
    (#""minutes": 60, "import_price": 20"#, #""minutes": -60, "import_price": 20"#, "slots[1].minutes"),
    ("rigshift-plan-problem/1", "rigshift-plan-problem/9", "format"),
  ])
  func `with bad input is refused in one line that names the place`(
    part: String, by change: String, place: String
  )
    async throws
  {
    let outcome = try await Self.plan(Self.small.changing(part, to: change))
    #expect(outcome.status == .exited(1))
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorText.contains(place))
    #expect(outcome.errorText.split(separator: "\n").count == 1, "\(outcome.errorText)")
  }

  @Test func `that is not there is refused`() async throws {
    let outcome = try await Program.run(["plan", "--problem", "/nowhere/problem.json", "--json"])
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorText.contains("/nowhere/problem.json"))
  }
}

@Suite(.enabled(if: SharedData.isPresent, "no folder shared/data beside the repository"))
struct `The reference days` {
  @Test func `are all there`() { #expect(GoldenDay.all.count == 25) }

  @Test(arguments: GoldenDay.all, [false, true])
  func `are planned to the reference's objective`(day: GoldenDay, integral: Bool) async throws {
    guard let wanted = day.objective(integral: integral) else { return }
    let outcome = try await self.plan(day, integral: integral)
    #expect(outcome.status == .exited(0), "\(outcome.errorText)")
    let found = try #require(JSONValue.parse(outcome.output)["objective"]?.double)
    #expect(abs(found - wanted) <= 1e-6 * max(1, abs(wanted)), "\(found) against \(wanted)")
  }

  @Test(arguments: [("infeasible_min_gt_supply", 168.0), ("zero_rigs_min240", 240)])
  func `that cannot be planned exit with 2`(name: String, missing: Double) async throws {
    let outcome = try await self.plan(try #require(GoldenDay.all.first { $0.name == name }), integral: true)
    #expect(outcome.status == .exited(2))
    let answer = try JSONValue.parse(outcome.output)
    #expect(answer["limit"]?.string == "minimum_rig_hours")
    #expect(answer["missing"]?.double.map { abs($0 - missing) < 1e-6 } == true)
    #expect(answer["start"]?.string == "2025-03-10T00:00:00Z")
  }

  @Test(arguments: ["infeasible_min_gt_max", "negative_renewable", "short_price_list", "nan_price"])
  func `that are nonsense exit with 1`(name: String) async throws {
    let outcome = try await self.plan(try #require(GoldenDay.all.first { $0.name == name }), integral: false)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorText.split(separator: "\n").count == 1)
  }

  private func plan(_ day: GoldenDay, integral: Bool) async throws -> Program.Outcome {
    let folder = try TemporaryFolder()
    let path = try folder.write(day.file(integral: integral).text(), to: "problem.json")
    return try await Program.run(["plan", "--problem", path, "--json"])
  }
}

extension String {
  /// This text with its first `part` replaced, which must be there.
  fileprivate func changing(_ part: String, to change: String) throws -> String {
    let place = try #require(self.range(of: part))
    return self.replacingCharacters(in: place, with: change)
  }
}
