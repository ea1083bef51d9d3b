import Control
public import JSONText
import Planning
import Quantities

/// The plan in force, slot by slot, for those who look at it: what it runs, what it expects, at which prices.
public enum PlanReport {
  /// Powers in kW, prices in currency/kWh, carbon in g/kWh. `renewable_low_kw` and `renewable_high_kw` are the tenth and
  /// the ninetieth percentile of the plan's scenarios; both are the expectation where it has only one.
  public static func json(of plan: PlanInForce) -> JSONValue {
    let document = (try? JSONValue.parse(Array(plan.plan.planJSON.utf8))) ?? .null
    let problem = try? PlanProblem(jsonBytes: Array(plan.plan.problemJSON.utf8))
    let planned = document["slots"]?.array ?? []
    let slots = planned.enumerated().map { index, slot -> JSONValue in
      let terms = plan.plan.terms.indices.contains(index) ? plan.plan.terms[index] : nil
      let step = plan.plan.steps.indices.contains(index) ? plan.plan.steps[index] : nil
      let stated = problem.flatMap { $0.slots.indices.contains(index) ? $0.slots[index] : nil }
      let band = problem.flatMap { problem in
        stated.map { Self.band(of: $0.renewable.map(\.value), weights: problem.scenarioWeights) }
      }
      return [
        "start": slot["start"] ?? nil, "minutes": slot["minutes"] ?? nil,
        "end": step.map { .string(ISO8601.string($0.slot.end)) } ?? nil, "running": slot["running"] ?? nil,
        "load_kw": slot["load_kw"] ?? nil, "import_kw": slot["import_kw"] ?? nil,
        "export_kw": slot["export_kw"] ?? nil,
        "renewable_kw": terms.map { .number($0.renewable) } ?? nil,
        "renewable_low_kw": band.map { .number($0.low) } ?? nil,
        "renewable_high_kw": band.map { .number($0.high) } ?? nil,
        "import_price": terms.map { .number($0.importPrice) } ?? nil,
        "price_estimated": terms.map { .bool($0.isPriceEstimated) } ?? nil,
        "export_price": terms.map { .number($0.exportPrice) } ?? nil,
        "carbon_g_per_kwh": terms.map { .number($0.carbon) } ?? nil,
      ]
    }
    let kept = ["objective", "bound", "relative_gap", "method", "solve_ms", "slack", "totals", "baselines"]
    return .object(
      [
        .init("id", .integer(plan.directive.id)), .init("status", .string(plan.plan.status)),
        .init("cause", .string(plan.plan.cause)), .init("outlook", plan.plan.provenance.json),
      ] + kept.compactMap { name in document[name].map { .init(name, $0) } } + [
        .init("slots", .array(slots))
      ])
  }

  /// The tenth and the ninetieth percentile of weighted values.
  static func band(of values: [Double], weights: [Double]) -> (low: Double, high: Double) {
    guard values.count == weights.count, let first = values.first else {
      return (values.first ?? 0, values.first ?? 0)
    }
    let sorted = zip(values, weights).sorted { $0.0 < $1.0 }
    func percentile(_ share: Double) -> Double {
      var sum = 0.0
      for (value, weight) in sorted {
        sum += weight
        if sum >= share - 1e-9 { return value }
      }
      return sorted.last?.0 ?? first
    }
    return (percentile(0.1), percentile(0.9))
  }
}
