import JSONText
import Planning
import Quantities
import Testing

/// A day of the GridShift reference results as a planning problem: surplus spills and limits are hard.
struct GoldenDay: CustomTestStringConvertible {
  let name: String
  let json: JSONValue
  var testDescription: String { self.name }

  static let days = Self.cases("golden/gridshift_days.json", list: "cases")
  static let edgeCases = Self.cases("golden/gridshift_edge_cases.json", list: nil)

  private static func cases(_ path: String, list: String?) -> [GoldenDay] {
    let content = SharedData.json(path)
    let cases = list.map { content?[$0]?.array } ?? content?.array
    return (cases ?? []).map { GoldenDay(name: $0["input"]?["name"]?.string ?? "?", json: $0) }
  }

  func objective(_ method: String) -> Double? { self.json[method]?["objective_jpy"]?.double }

  /// The problem file of the day. `rigHours` fixes them and takes the bonus away, as the equal-work comparisons do.
  func file(integral: Bool, rigHours: Double? = nil) -> JSONValue {
    let input = self.json["input"] ?? .null
    let hours = input["dt"]?.double ?? 1
    let start = UTCInstant(seconds: 1_741_564_800)
    let renewable = Self.doubles(input["renewable_kw"])
    let prices = Self.doubles(input["grid_price_jpy"] ?? .array(Self.defaultPrices.map { .number($0) }))
    let carbon = Self.doubles(input["carbon_g_kwh"] ?? .array(Self.defaultCarbon.map { .number($0) }))
    func text(_ slot: Int) -> JSONValue {
      .string(ISO8601.string(start + .milliseconds(Int64(Double(slot) * hours * 3_600_000))))
    }
    let slots = renewable.indices.map { slot in
      var members: [JSONValue.Member] = [
        .init("start", text(slot)), .init("minutes", .number(hours * 60)),
        .init("carbon_g_per_kwh", .number(carbon[slot])), .init("renewable_kw", .number(renewable[slot])),
        .init("import_cap_kw", .number(input["grid_cap_kw"]?.double ?? 50)),
      ]
      if slot < prices.count { members.append(.init("import_price", .number(prices[slot]))) }
      return JSONValue.object(members)
    }
    let bonus = rigHours == nil ? input["settings"]?["renewable_bonus"]?.double ?? 8 : 0
    return [
      "format": "rigshift-plan-problem/1", "slots": .array(slots),
      "banks": [
        [
          "name": "s19", "rigs": .integer(Int64(input["num_rigs"]?.int ?? 40)),
          "rig_kw": .number(input["rig_power_kw"]?.double ?? 3.25),
        ]
      ],
      "rig_hour_limits": [
        [
          "start": text(0), "end": text(renewable.count),
          "minimum": .number(rigHours ?? input["min_runtime_h"]?.double ?? 240),
          "maximum": .number(rigHours ?? input["max_runtime_h"]?.double ?? 720),
        ]
      ],
      "limits": ["curtailable": true, "soft": false],
      "weights": ["carbon_price_per_kg": 5, "renewable_bonus_per_kwh": .number(bonus)],
      "solver": ["integral": .bool(integral), "relative_gap": 1e-9, "time_limit_s": 60],
    ]
  }

  func problem(integral: Bool, rigHours: Double? = nil) throws -> PlanProblem {
    try PlanProblem(json: self.file(integral: integral, rigHours: rigHours))
  }

  /// A list of numbers, or `NaN then 10.0 x 23` as the edge cases write it.
  private static func doubles(_ value: JSONValue?) -> [Double] {
    if value?.string != nil { return [.nan] + Array(repeating: 10, count: 23) }
    return (value?.array ?? []).compactMap(\.double)
  }

  private static let defaultPrices = [
    8.2, 7.8, 7.4, 7.1, 7.3, 8.5, 11.2, 14.7, 16.3, 15.8, 14.1, 13.2, 12.9, 13.1, 13.8, 14.5, 16.0, 18.7,
    19.4, 17.3,
    15.1, 13.2, 11.0, 9.3,
  ]
  private static let defaultCarbon: [Double] = [
    495, 498, 502, 505, 503, 497, 488, 475, 462, 450, 445, 442, 440, 443, 448, 455, 462, 470, 478, 482, 487,
    490, 493,
    496,
  ]
}
