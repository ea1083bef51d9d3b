import JSONText
import Quantities

/// What clients of the older GridShift service ask for, under its paths and field names, with what this site knows. Fields
/// that this site does not know are null. Prices are of the site's currency: `..._jpy` is null where that is not the yen.
/// `timestamp` is a true instant, and there are as many slots as the site has.
struct GridShiftAnswers {
  let snapshot: SiteSnapshot
  private let slots: [JSONValue]

  init(_ snapshot: SiteSnapshot, plan: JSONValue? = nil) {
    self.snapshot = snapshot
    self.plan = plan ?? snapshot.plan
    self.slots = self.plan["slots"]?.array ?? []
  }

  private let plan: JSONValue

  /// The next 24 hours of the plan in force.
  var forecast: JSONValue {
    let end = self.snapshot.now.map { $0 + .hours(24) }
    let coming = self.slots.filter { slot in
      guard let end, let start = slot["start"]?.string.flatMap({ ISO8601.instant($0) }) else { return true }
      return start < end
    }
    return .array(
      coming.map { slot in
        .object([
          .init("timestamp", slot["start"] ?? nil), .init("minutes", slot["minutes"] ?? nil),
          // Solar and wind are not kept apart in a plan.
          .init("solar_kw", nil), .init("wind_kw", nil),
          .init("total_renewable_kw", slot["renewable_kw"] ?? nil),
          .init("price_jpy_kwh", self.yen(slot["import_price"])),
          .init("price_per_kwh", slot["import_price"] ?? nil), .init("currency", self.currency),
          .init("carbon_g_kwh", slot["carbon_g_per_kwh"] ?? nil),
        ])
      })
  }

  /// Settled slots, as metered: mean power in kW.
  func actuals(_ slots: JSONValue) -> JSONValue {
    .array(
      SettledSlot.all(of: slots).map { slot in
        .object([
          .init("id", .integer(slot.slot.start.milliseconds / 1000)),
          .init("timestamp", .string(ISO8601.string(slot.slot.start))),
          .init("minutes", .number(slot.slot.hours * 60)), .init("solar_kw", nil), .init("wind_kw", nil),
          .init("total_renewable_kw", .optional(slot.power(slot.generated))), .init("temperature_c", nil),
          .init("wind_speed_ms", nil), .init("shortwave_radiation_wm2", nil),
          .init("price_jpy_kwh", self.yen(.optional(slot.price))),
          .init("price_per_kwh", .optional(slot.price)), .init("currency", self.currency),
          .init("carbon_g_kwh", .optional(slot.carbon)), .init("gap_s", .integer(Int64(slot.gapSeconds))),
        ])
      })
  }

  /// The slots of the plan on a local day; all of them without one.
  func blocks(on date: CivilDate?) -> JSONValue {
    .array(
      self.slots(on: date).map { index, slot in
        let running = (slot["running"]?.object ?? []).reduce(0) { $0 + ($1.value.double ?? 0) }
        return .object([
          .init("id", .integer(Int64(index))), .init("date", self.date(of: slot)),
          .init("slot_index", .integer(Int64(index))), .init("timestamp", slot["start"] ?? nil),
          .init("minutes", slot["minutes"] ?? nil), .init("rigs_scheduled", .number(running)),
          .init("load_kw", slot["load_kw"] ?? nil),
          .init("renewable_kw_available", slot["renewable_kw"] ?? nil),
          .init("price_jpy_kwh", self.yen(slot["import_price"])),
          .init("price_per_kwh", slot["import_price"] ?? nil), .init("currency", self.currency),
          .init("grid_import_kw", slot["import_kw"] ?? nil), .init("status", "scheduled"),
        ])
      })
  }

  /// The plan on a local day, added up, all of it planned. What the same rig-hours would have cost at an even pace is over
  /// the whole plan, as that is what they were planned for. Nil when the plan does not reach that day.
  func optimized(_ date: CivilDate) -> JSONValue? {
    let slots = self.slots(on: date).map(\.slot)
    guard !slots.isEmpty else { return nil }
    func sum(_ value: (_ slot: JSONValue, _ hours: Double) -> Double) -> Double {
      slots.reduce(0) { $0 + value($1, ($1["minutes"]?.double ?? 0) / 60) }
    }
    func figure(_ slot: JSONValue, _ name: String) -> Double { slot[name]?.double ?? 0 }
    let imported = sum { figure($0, "import_kw") * $1 }
    let cost = sum {
      (figure($0, "import_kw") * figure($0, "import_price") - figure($0, "export_kw")
        * figure($0, "export_price"))
        * $1
    }
    let co2 = sum { figure($0, "import_kw") * figure($0, "carbon_g_per_kwh") / 1000 * $1 }
    let load = sum { figure($0, "load_kw") * $1 }
    let totals = self.plan["totals"]
    let planned = totals?["energy_cost"]?.double
    let even = self.plan["baselines"]?["continuous"]
    let counterfactual = even?["energy_cost"]?.double
    return .object([
      .init("date", .string(ISO8601.string(date))), .init("currency", self.currency),
      .init("total_cost_jpy", self.yen(.number(cost))), .init("total_cost", .number(cost)),
      .init("total_co2_kg", .number(co2)), .init("import_kwh", .number(imported)),
      .init("load_kwh", .number(load)), .init("renewable_fraction", totals?["renewable_share"] ?? nil),
      .init("counterfactual", "the whole plan's rig-hours at an even pace"),
      .init("plan_cost", .optional(planned)),
      .init("counterfactual_cost_jpy", self.yen(.optional(counterfactual))),
      .init("counterfactual_cost", .optional(counterfactual)),
      .init("counterfactual_co2_kg", even?["co2_kg"] ?? nil),
      .init(
        "savings_jpy",
        self.yen(.optional(counterfactual.flatMap { even in planned.map { even - $0 } }))),
      .init("blocks", self.blocks(on: date)),
    ])
  }

  private var currency: JSONValue { .string(self.snapshot.currency) }

  private func yen(_ value: JSONValue?) -> JSONValue {
    self.snapshot.currency == "JPY" ? value ?? nil : nil
  }

  private func slots(on date: CivilDate?) -> [(index: Int, slot: JSONValue)] {
    let own = self.slots.filter { slot in
      guard let date else { return true }
      return slot["start"]?.string.flatMap { ISO8601.instant($0) }.map { self.snapshot.zone.date(of: $0) }
        == date
    }
    return own.enumerated().map { ($0.offset, $0.element) }
  }

  private func date(of slot: JSONValue) -> JSONValue {
    slot["start"]?.string.flatMap { ISO8601.instant($0) }.map {
      .string(ISO8601.string(self.snapshot.zone.date(of: $0)))
    } ?? nil
  }
}

extension JSONValue {
  /// The number, or null.
  static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
}
