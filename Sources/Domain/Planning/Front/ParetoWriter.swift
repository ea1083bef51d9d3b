public import JSONText
import Quantities

extension ParetoOutcome {
  /// `problem` names the banks.
  public func json(for problem: PlanProblem) -> JSONValue {
    switch self {
    case .front(let front): front.json(for: problem)
    case .infeasible(let infeasibility): infeasibility.json()
    }
  }
}

extension ParetoFront {
  public func json(for problem: PlanProblem) -> JSONValue {
    [
      "currency": .string(problem.currency),
      "front": .array(
        self.points.indices.map { index in
          let point = self.points[index]
          return .object(
            point.members + [
              .init("cost_per_kg", .optional(self.costPerKilogram(at: index)?.value)),
              .init("plan", point.plan.json(for: problem)),
            ])
        }),
      "removed": .array(
        self.removed.map { .object($0.point.members + [.init("cause", .string($0.cause.rawValue))]) }),
    ]
  }
}

extension ParetoFront.Point {
  fileprivate var members: [JSONValue.Member] {
    let isBounded = self.plan.bound.isFinite
    return [
      .init("role", .string(self.role.rawValue)), .init("maximum_co2_kg", .optional(self.cap?.value)),
      .init("cost", .number(self.cost.value)), .init("co2_kg", .number(self.co2.value)),
      .init("bound", isBounded ? .number(self.plan.bound) : .null),
      .init("relative_gap", isBounded ? .number(self.plan.relativeGap) : .null),
    ]
  }
}
