public import JSONText
import Quantities

extension PlanProblem {
  /// The problem as its file form. Reading it back gives the same problem, but for the solver settings that the file
  /// does not hold.
  public func json() -> JSONValue {
    [
      "format": .string(Self.format), "currency": .string(self.currency),
      "slots": .array(self.slots.map(Self.json)),
      "scenario_weights": .array(self.scenarioWeights.map { .number($0) }),
      "banks": .array(self.banks.map(Self.json)),
      "rig_hour_limits": .array(self.rigHourLimits.map(Self.json)),
      "start_limits": .array(self.startLimits.map(Self.json)),
      "jobs": .array(self.jobs.map(Self.json)),
      "limits": [
        "average_carbon_cap_g_per_kwh": .optional(self.limits.averageCarbonCap?.value),
        "maximum_co2_kg": .optional(self.limits.maximumCO2?.value),
        "import_carbon_ceiling_g_per_kwh": .optional(self.limits.importCarbonCeiling?.value),
        "maximum_rig_change_per_slot": self.limits.maximumRigChangePerSlot.map { .integer(Int64($0)) }
          ?? .null,
        "curtailable": .bool(self.limits.curtailable), "soft": .bool(self.limits.soft),
      ],
      "weights": [
        "carbon_price_per_kg": .number(self.weights.carbonPrice.value),
        "renewable_bonus_per_kwh": .number(self.weights.renewableBonus.value),
        "cvar_alpha": .number(self.weights.cvarAlpha), "cvar_weight": .number(self.weights.cvarWeight),
      ],
      "solver": [
        "integral": .bool(self.solver.integral), "relative_gap": .number(self.solver.relativeGap),
        "time_limit_s": .optional(self.solver.timeLimit.map { $0.hours * 3600 }),
      ],
    ]
  }

  private static func json(_ slot: ProblemSlot) -> JSONValue {
    let renewable: JSONValue =
      slot.renewable.count == 1
      ? .number(slot.renewable[0].value) : .array(slot.renewable.map { .number($0.value) })
    let members: JSONValue = [
      "start": .string(ISO8601.string(slot.slot.start)), "minutes": .minutes(slot.slot.length),
      "import_price": .number(slot.importPrice.value), "export_price": .number(slot.exportPrice.value),
      "carbon_g_per_kwh": .number(slot.carbon.value), "renewable_kw": renewable,
      "ambient_c": .number(slot.ambient.value), "other_load_kw": .number(slot.otherLoad.value),
      "import_cap_kw": .optional(slot.importCap?.value), "export_cap_kw": .optional(slot.exportCap?.value),
    ]
    // Rarely there, and a plan has many slots.
    let loads = [("minimum_rig_load_kw", slot.minimumRigLoad), ("maximum_rig_load_kw", slot.maximumRigLoad)]
    return .object(
      (members.object ?? [])
        + loads.compactMap { name, load in load.map { JSONValue.Member(name, .number($0.value)) } })
  }

  private static func json(_ bank: ProblemBank) -> JSONValue {
    let members: JSONValue = [
      "name": .string(bank.name), "rigs": .integer(Int64(bank.rigs)), "rig_kw": .number(bank.draw.value),
      "heat_coefficient_per_k": .number(bank.heatCoefficient),
      "minimum_on_minutes": .minutes(bank.minimumOn), "minimum_off_minutes": .minutes(bank.minimumOff),
      "start_cost": .number(bank.startCost.value),
      "revenue_per_rig_hour": .number(bank.revenuePerRigHour.value),
      "minimum_running": .integer(Int64(bank.minimumRunning)),
      "running_for_minutes": .array(bank.runningFor.map { .minutes($0) }),
      "stopped_for_minutes": .array(bank.stoppedFor.map { .minutes($0) }),
    ]
    guard !bank.fixed.isEmpty else { return members }
    let fixed = bank.fixed.map { fixed -> JSONValue in
      [
        "start": .string(ISO8601.string(fixed.window.start)),
        "end": .string(ISO8601.string(fixed.window.end)), "rigs": .integer(Int64(fixed.rigs)),
      ]
    }
    return .object((members.object ?? []) + [JSONValue.Member("fixed_running", .array(fixed))])
  }

  private static func json(_ limit: RigHourLimit) -> JSONValue {
    [
      "start": .string(ISO8601.string(limit.window.start)), "end": .string(ISO8601.string(limit.window.end)),
      "minimum": .optional(limit.minimum), "maximum": .optional(limit.maximum),
    ]
  }

  private static func json(_ limit: StartLimit) -> JSONValue {
    [
      "bank": .string(limit.bank), "start": .string(ISO8601.string(limit.window.start)),
      "end": .string(ISO8601.string(limit.window.end)), "maximum": .integer(Int64(limit.maximum)),
    ]
  }

  private static func json(_ job: ProblemJob) -> JSONValue {
    [
      "name": .string(job.name), "bank": .string(job.bank), "rig_hours": .number(job.rigHours),
      "maximum_rigs": job.maximumRigs.map { .integer(Int64($0)) } ?? .null,
      "release": job.release.map { .string(ISO8601.string($0)) } ?? .null,
      "deadline": job.deadline.map { .string(ISO8601.string($0)) } ?? .null,
      "interruptible": .bool(job.interruptible), "critical": .bool(job.critical),
    ]
  }
}

extension JSONValue {
  static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }

  /// Whole minutes as a bare integer, others as a fraction.
  static func minutes(_ length: Duration) -> JSONValue {
    let milliseconds = length.wholeMilliseconds
    return milliseconds % 60_000 == 0
      ? .integer(milliseconds / 60_000) : .number(Double(milliseconds) / 60_000)
  }
}
