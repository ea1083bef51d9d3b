import Foundation
import JSONText
import ProgramTesting
import Quantities
import Testing

/// A day of the GridShift reference results as a planning problem file: surplus spills and limits are hard.
struct GoldenDay: CustomTestStringConvertible, Sendable {
  let name: String
  private let json: JSONValue
  var testDescription: String { self.name }

  /// Every day of both reference files; empty without them.
  static let all = Self.read("gridshift_days.json") + Self.read("gridshift_edge_cases.json")

  private static func read(_ name: String) -> [GoldenDay] {
    guard let folder = SharedData.folder,
      let data = FileManager.default.contents(atPath: "\(folder)/golden/\(name)"),
      case .success(let content) = Result(catching: {
        try JSONValue.parse(Array(data), limits: JSONLimits(allowsNonFinite: true))
      })
    else { return [] }
    return (content.array ?? content["cases"]?.array ?? []).map {
      GoldenDay(name: $0["input"]?["name"]?.string ?? "?", json: $0)
    }
  }

  /// The reference's objective; nil where it has none because there is no plan.
  func objective(integral: Bool) -> Double? {
    self.json[integral ? "correct_milp" : "correct_lp"]?["objective_jpy"]?.double
  }

  func file(integral: Bool) -> JSONValue {
    let input = self.json["input"] ?? .null
    let hours = input["dt"]?.double ?? 1
    let start = UTCInstant(seconds: 1_741_564_800)
    func stamp(_ slot: Int) -> JSONValue {
      .string(ISO8601.string(start.advanced(byMilliseconds: Int64(Double(slot) * hours * 3_600_000))))
    }
    let renewable = Self.doubles(input["renewable_kw"])
    let prices = input["grid_price_jpy"].map(Self.doubles) ?? Self.usualPrices
    let carbon = input["carbon_g_kwh"].map(Self.doubles) ?? Self.usualCarbon
    let slots = renewable.indices.map { slot in
      JSONValue.object(
        [
          .init("start", stamp(slot)), .init("minutes", .number(hours * 60)),
          .init("carbon_g_per_kwh", .number(carbon[slot])), .init("renewable_kw", .number(renewable[slot])),
          .init("import_cap_kw", .number(input["grid_cap_kw"]?.double ?? 50)),
        ] + (slot < prices.count ? [.init("import_price", .number(prices[slot]))] : []))
    }
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
          "start": stamp(0), "end": stamp(renewable.count),
          "minimum": .number(input["min_runtime_h"]?.double ?? 240),
          "maximum": .number(input["max_runtime_h"]?.double ?? 720),
        ]
      ],
      "limits": ["curtailable": true, "soft": false],
      "weights": [
        "carbon_price_per_kg": 5,
        "renewable_bonus_per_kwh": .number(input["settings"]?["renewable_bonus"]?.double ?? 8),
      ],
      "solver": ["integral": .bool(integral), "relative_gap": 1e-9, "time_limit_s": 60],
    ]
  }

  /// A list of numbers, or `NaN then 10.0 x 23` as one of the days writes it.
  private static func doubles(_ value: JSONValue?) -> [Double] {
    if value?.string != nil { return [.nan] + Array(repeating: 10, count: 23) }
    return (value?.array ?? []).compactMap(\.double)
  }

  private static let usualPrices = [
    8.2, 7.8, 7.4, 7.1, 7.3, 8.5, 11.2, 14.7, 16.3, 15.8, 14.1, 13.2, 12.9, 13.1, 13.8, 14.5, 16.0, 18.7,
    19.4,
    17.3, 15.1, 13.2, 11.0, 9.3,
  ]
  private static let usualCarbon: [Double] = [
    495, 498, 502, 505, 503, 497, 488, 475, 462, 450, 445, 442, 440, 443, 448, 455, 462, 470, 478, 482, 487,
    490,
    493, 496,
  ]
}
