public import JSONText
import Quantities

extension SlotExplanation {
  /// `problem` names the banks.
  public func json(for problem: PlanProblem) -> JSONValue {
    [
      "start": .string(ISO8601.string(self.slot.start)), "minutes": .minutes(self.slot.length),
      "marginal_price_per_kwh": .number(self.marginalPrice.value),
      "banks": .array(
        zip(problem.banks, self.banks).map { bank, explained in
          [
            "name": .string(bank.name), "running": .number(explained.running),
            "one_more": explained.more.map { $0.json } ?? .null,
            "one_more_held_by": .string(explained.holdsMore.rawValue),
            "one_more_limits": .array(explained.limitsOnMore.map { .string($0.rawValue) }),
            "one_fewer": explained.fewer.map { $0.json } ?? .null,
            "one_fewer_held_by": .string(explained.holdsFewer.rawValue),
            "one_fewer_limits": .array(explained.limitsOnFewer.map { .string($0.rawValue) }),
          ]
        }),
    ]
  }
}

extension BankExplanation.Alternative {
  /// What it costs, and over which stretch.
  public var json: JSONValue {
    [
      "cost": .number(self.cost.value), "start": .string(ISO8601.string(self.stretch.start)),
      "end": .string(ISO8601.string(self.stretch.end)),
    ]
  }
}
