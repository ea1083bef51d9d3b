public import JSONText
import Quantities

extension PlanOutcome {
  /// The result file's content; `problem` names the banks.
  public func json(for problem: PlanProblem) -> JSONValue {
    switch self {
    case .planned(let plan): plan.json(for: problem)
    case .infeasible(let infeasibility): infeasibility.json()
    }
  }
}

extension Infeasibility {
  public func json() -> JSONValue {
    [
      "status": "infeasible", "limit": .string(self.limit.rawValue),
      "start": .string(ISO8601.string(self.window.start)), "end": .string(ISO8601.string(self.window.end)),
      "missing": .number(self.missing), "unit": .string(self.limit.unit), "message": .string(self.message),
    ]
  }
}

extension Plan {
  public func json(for problem: PlanProblem) -> JSONValue {
    let isIntegral = problem.solver.integral
    return [
      "status": .string(self.status.rawValue), "objective": .number(self.objective),
      "bound": self.bound.isFinite ? .number(self.bound) : .null,
      "relative_gap": self.bound.isFinite ? .number(self.relativeGap) : .null,
      "absolute_gap": self.bound.isFinite ? .number(self.absoluteGap) : .null,
      "solve_ms": .number((self.solveTime.hours * 3_600_000_000).rounded() / 1000),
      "method": .string(self.method),
      "slots": .array(self.slots.map { $0.json(banks: problem.banks.map(\.name), isIntegral: isIntegral) }),
      "totals": self.totals.json(isIntegral: isIntegral),
      "jobs": .array(self.jobs.map { $0.json() }),
      "slack": .array(self.slack.map { $0.json() }),
      "baselines": [
        "continuous": self.baselines.continuous.json(), "asap": self.baselines.asap.json(),
        "reference": self.baselines.reference.json(),
      ],
      "audit": "passed",
    ]
  }
}

extension PlannedSlot {
  fileprivate func json(banks: [String], isIntegral: Bool) -> JSONValue {
    let running = zip(banks, self.running).map { JSONValue.Member($0, .count($1, isIntegral: isIntegral)) }
    var members: [JSONValue.Member] = [
      .init("start", .string(ISO8601.string(self.slot.start))), .init("minutes", .minutes(self.slot.length)),
      .init("running", .object(running)), .init("load_kw", .number(self.load.value)),
      .init("import_kw", .number(self.imported.value)), .init("absorbed_kw", .number(self.absorbed.value)),
      .init("export_kw", .number(self.exported.value)), .init("curtailed_kw", .number(self.curtailed.value)),
    ]
    if self.flows.count > 1 {
      members.append(
        .init(
          "scenarios",
          [
            "import_kw": .array(self.flows.map { .number($0.imported.value) }),
            "absorbed_kw": .array(self.flows.map { .number($0.absorbed.value) }),
            "export_kw": .array(self.flows.map { .number($0.exported.value) }),
            "curtailed_kw": .array(self.flows.map { .number($0.curtailed.value) }),
          ]))
    }
    return .object(members)
  }
}

extension PlanTotals {
  fileprivate func json(isIntegral: Bool) -> JSONValue {
    [
      "rig_hours": .number(self.rigHours), "load_kwh": .number(self.load.value),
      "import_kwh": .number(self.imported.value), "absorbed_kwh": .number(self.absorbed.value),
      "export_kwh": .number(self.exported.value), "curtailed_kwh": .number(self.curtailed.value),
      "energy_cost": .number(self.energyCost.value), "carbon_cost": .number(self.carbonCost.value),
      "bonus": .number(self.bonus.value), "start_cost": .number(self.startCost.value),
      "revenue": .number(self.revenue.value), "co2_kg": .number(self.co2.value),
      "renewable_share": .number(self.renewableShare), "starts": .count(self.starts, isIntegral: isIntegral),
    ]
  }
}

extension PlannedJob {
  fileprivate func json() -> JSONValue {
    [
      "name": .string(self.name), "rig_hours_by_slot": .array(self.rigHoursBySlot.map { .number($0) }),
      "late_rig_hours": .number(self.lateRigHours),
    ]
  }
}

extension Slack {
  fileprivate func json() -> JSONValue {
    var members: [JSONValue.Member] = [.init("limit", .string(self.label))]
    if let name { members.append(.init("name", .string(name))) }
    members += [
      .init("start", .string(ISO8601.string(self.window.start))),
      .init("end", .string(ISO8601.string(self.window.end))), .init("amount", .number(self.amount)),
      .init("unit", .string(self.unit)),
    ]
    return .object(members)
  }
}

extension BaselineCost {
  fileprivate func json() -> JSONValue {
    [
      "energy_cost": .number(self.energyCost.value), "carbon_cost": .number(self.carbonCost.value),
      "co2_kg": .number(self.co2.value),
    ]
  }
}

extension JSONValue {
  /// A number of rigs or starts: bare when whole ones were planned.
  fileprivate static func count(_ number: Double, isIntegral: Bool) -> JSONValue {
    isIntegral ? Int64(exactly: number.rounded()).map { .integer($0) } ?? .number(number) : .number(number)
  }
}
