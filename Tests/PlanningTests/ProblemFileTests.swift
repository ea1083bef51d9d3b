import JSONText
import Planning
import Quantities
import Testing

/// A complete, valid problem file; `%` is replaced by a test.
private let slot =
  #"{"start": "2025-03-10T00:00:00+09:00", "minutes": 60, "import_price": 8.2, "renewable_kw": 12.3}"#
private let next = #"{"start": "2025-03-10T01:00:00+09:00", "minutes": 30, "import_price": 8}"#
private let bank = #"{"name": "s19", "rigs": 4, "rig_kw": 3.25}"#

private func file(
  slots: String = slot + "," + next, banks: String = bank, rest: String = "",
  format: String = "rigshift-plan-problem/1"
) -> [UInt8] {
  Array(#"{"format": "\#(format)", "slots": [\#(slots)], "banks": [\#(banks)]\#(rest)}"#.utf8)
}

private func with(_ field: String, in object: String) -> String { object.dropLast() + ", " + field + "}" }

@Suite struct `A problem file` {
  @Test func `needs only slots and banks`() throws {
    let problem = try PlanProblem(jsonBytes: file())
    #expect(problem.slots.count == 2)
    #expect(problem.slots[1].slot.hours == 0.5)
    #expect(problem.slots[0].ambient == Celsius(25))
    #expect(problem.slots[0].importCap == nil)
    #expect(problem.limits.soft && !problem.limits.curtailable && problem.solver.integral)
    #expect(problem.solver.timeLimit == .seconds(10))
    #expect(problem.solver.relativeGap == 0.001)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `reads back as it was written`(seed: UInt64) throws {
    var problem = RandomProblem.make(seed)
    problem.solver.nodeLimit = nil
    let text = problem.json().text(pretty: seed % 2 == 0)
    #expect(try PlanProblem(jsonBytes: Array(text.utf8)) == problem)
  }

  @Test(arguments: [
    (file(format: "x"), "format"),
    (file(slots: ""), "slots"),
    (file(rest: #", "slot": []"#), "slot"),
    (file(slots: with(#""renewable": 3"#, in: slot)), "slots[0].renewable"),
    (file(slots: #"{"minutes": 60, "import_price": 1}"#), "slots[0].start"),
    (file(slots: #"{"start": "2025-03-10T00:00:00Z", "minutes": 60}"#), "slots[0].import_price"),
    (file(slots: #"{"start": "2025-03-10T00:00:00", "minutes": 60, "import_price": 1}"#), "slots[0].start"),
    (file(slots: #"{"start": "2025-03-10T00:00:00Z", "minutes": 0, "import_price": 1}"#), "slots[0].minutes"),
    (
      file(slots: #"{"start": "2025-03-10T00:00:00Z", "minutes": -5, "import_price": 1}"#), "slots[0].minutes"
    ),
    (
      file(slots: #"{"start": "2025-03-10T00:00:00Z", "minutes": 60, "import_price": NaN}"#),
      "slots[0].import_price"
    ),
    (
      file(slots: #"{"start": "2025-03-10T00:00:00Z", "minutes": 60, "import_price": 1e300}"#),
      "slots[0].import_price"
    ),
    (
      file(slots: #"{"start": "2025-03-10T00:00:00Z", "minutes": 60, "import_price": "1"}"#),
      "slots[0].import_price"
    ),
    (file(slots: slot + "," + slot), "slots[1].start"),
    (file(slots: with(#""import_cap_kw": -1"#, in: slot)), "slots[0].import_cap_kw"),
    (file(slots: with(#""other_load_kw": -1"#, in: slot)), "slots[0].other_load_kw"),
    (file(slots: with(#""export_cap_kw": true"#, in: slot)), "slots[0].export_cap_kw"),
    (file(slots: with(#""ambient_c": null"#, in: slot)), "slots[0].ambient_c"),
    (file(slots: slot.replacing("12.3", with: "[1, 2]")), "slots[0].renewable_kw"),
    (file(slots: slot.replacing("12.3", with: "-0.1")), "slots[0].renewable_kw"),
    (file(rest: #", "scenario_weights": [0.5, 0.6]"#), "scenario_weights"),
    (file(rest: #", "scenario_weights": []"#), "scenario_weights"),
    (file(rest: #", "scenario_weights": [1.5, -0.5]"#), "scenario_weights[1]"),
    (file(banks: bank + "," + bank), "banks[1].name"),
    (file(banks: bank.replacing(": 4", with: ": 4.5")), "banks[0].rigs"),
    (file(banks: bank.replacing(": 4", with: ": -4")), "banks[0].rigs"),
    (file(banks: bank.replacing(": 4", with: ": 99999999999999999999")), "banks[0].rigs"),
    (file(banks: bank.replacing("3.25", with: "-1")), "banks[0].rig_kw"),
    (file(banks: with(#""minimum_running": 5"#, in: bank)), "banks[0].minimum_running"),
    (
      file(banks: with(#""running_for_minutes": [1, 2, 3], "stopped_for_minutes": [1, 2]"#, in: bank)),
      "banks[0].running_for_minutes"
    ),
    (file(banks: with(#""running_for_minutes": [-1]"#, in: bank)), "banks[0].running_for_minutes[0]"),
    (file(banks: with(#""minimum_on_minutes": 1e30"#, in: bank)), "banks[0].minimum_on_minutes"),
    (
      file(
        rest:
          #", "rig_hour_limits": [{"start": "2025-03-10T00:10:00+09:00", "end": "2025-03-10T01:00:00+09:00"}]"#
      ),
      "rig_hour_limits[0].start"
    ),
    (
      file(
        rest:
          #", "rig_hour_limits": [{"start": "2025-03-10T00:00:00+09:00", "end": "2025-03-10T03:00:00+09:00"}]"#
      ),
      "rig_hour_limits[0].end"
    ),
    (
      file(
        rest:
          #", "rig_hour_limits": [{"start": "2025-03-10T01:00:00+09:00", "end": "2025-03-10T01:00:00+09:00"}]"#
      ),
      "rig_hour_limits[0].end"
    ),
    (
      file(
        rest:
          #", "rig_hour_limits": [{"start": "2025-03-10T00:00:00+09:00", "end": "2025-03-10T01:00:00+09:00","#
          + #""minimum": 3, "maximum": 2}]"#), "rig_hour_limits[0].minimum"
    ),
    (file(rest: #", "jobs": [{"name": "j", "bank": "x", "rig_hours": 1}]"#), "jobs[0].bank"),
    (file(rest: #", "jobs": [{"name": "j", "bank": "s19", "rig_hours": -1}]"#), "jobs[0].rig_hours"),
    (
      file(
        rest:
          #", "jobs": [{"name": "j", "bank": "s19", "rig_hours": 1, "release": "2025-03-10T01:00:00+09:00","#
          + #""deadline": "2025-03-10T01:00:00+09:00"}]"#), "jobs[0].deadline"
    ),
    (
      file(
        rest:
          #", "jobs": [{"name": "j", "bank": "s19", "rig_hours": 1, "deadline": "2025-03-11T01:00:00+09:00"}]"#
      ),
      "jobs[0].deadline"
    ),
    (file(rest: #", "limits": {"softness": 1}"#), "limits.softness"),
    (file(rest: #", "weights": {"cvar_alpha": 1}"#), "weights.cvar_alpha"),
    (file(rest: #", "solver": {"time_limit_s": -1}"#), "solver.time_limit_s"),
    (Array("[]".utf8), ""),
    (Array(#"{"format": 1, "format": 2}"#.utf8), ""),
    (Array("".utf8), ""),
  ])
  func `with a fault is refused at its path`(bytes: [UInt8], path: String) {
    let error = #expect(throws: PlanProblemError.self) { try PlanProblem(jsonBytes: bytes) }
    #expect(error?.path == path)
    #expect(error.map { !$0.problem.isEmpty && !$0.remedy.isEmpty && !$0.description.contains("\n") } == true)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `never traps, however damaged`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var bytes = Array(RandomProblem.make(seed % 20).json().text().utf8)
    for _ in 0..<(1 + random.below(3)) {
      let digits = Array("0123456789-.e[]{},:\"n".utf8)
      bytes[random.below(bytes.count)] = digits[random.below(digits.count)]
    }
    guard let problem = try? PlanProblem(jsonBytes: bytes) else { return }
    #expect(throws: Never.self) { try problem.check() }
  }
}
