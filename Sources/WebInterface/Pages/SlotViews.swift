import JSONText
import Quantities

/// One slot of the plan in force, as pages need it.
struct PlannedSlot {
  let slot: Slot
  /// Rigs to run, by bank, in the order of the plan.
  let running: [(bank: String, rigs: Double)]
  let load: Double
  let imported: Double
  let renewable: Double?
  let band: (low: Double, high: Double)?
  let price: Double?
  /// Whether another day's price stands in for one that is not known yet.
  let isPriceEstimated: Bool
  let exportPrice: Double?
  let carbon: Double?

  init?(_ json: JSONValue) {
    guard let start = json["start"]?.string.flatMap({ ISO8601.instant($0) }),
      let end = json["end"]?.string.flatMap({ ISO8601.instant($0) }), let slot = Slot(start: start, end: end)
    else { return nil }
    self.slot = slot
    self.isPriceEstimated = json["price_estimated"]?.bool ?? false
    self.running = (json["running"]?.object ?? []).map { ($0.name, $0.value.double ?? 0) }
    self.load = json["load_kw"]?.double ?? 0
    self.imported = json["import_kw"]?.double ?? 0
    self.renewable = json["renewable_kw"]?.double
    self.band = json["renewable_low_kw"]?.double.flatMap { low in
      json["renewable_high_kw"]?.double.map { (low, $0) }
    }
    self.price = json["import_price"]?.double
    self.exportPrice = json["export_price"]?.double
    self.carbon = json["carbon_g_per_kwh"]?.double
  }

  var rigs: Double { self.running.reduce(0) { $0 + $1.rigs } }

  static func all(of plan: JSONValue) -> [PlannedSlot] {
    (plan["slots"]?.array ?? []).compactMap(PlannedSlot.init)
  }
}

/// One settled slot: what was metered, beside what was planned.
struct SettledSlot {
  let slot: Slot
  let imported: Double?
  let exported: Double?
  let generated: Double?
  let rigs: Double?
  let rigHours: Double?
  let plannedRigHours: Double?
  let plannedImport: Double?
  let plannedCost: Double?
  let plannedCO2: Double?
  let price: Double?
  let exportPrice: Double?
  let carbon: Double?
  let gapSeconds: Int

  init?(_ json: JSONValue) {
    guard let start = json["start"]?.string.flatMap({ ISO8601.instant($0) }),
      let end = json["end"]?.string.flatMap({ ISO8601.instant($0) }), let slot = Slot(start: start, end: end)
    else { return nil }
    func figure(_ name: String) -> Double? { json[name]?.double }
    self.slot = slot
    self.imported = figure("imported_kwh")
    self.exported = figure("exported_kwh")
    self.generated = figure("generated_kwh")
    self.rigs = figure("rigs_kwh")
    self.rigHours = figure("rig_hours")
    self.plannedRigHours = figure("planned_rig_hours")
    self.plannedImport = figure("planned_import_kwh")
    self.plannedCost = figure("planned_cost")
    self.plannedCO2 = figure("planned_co2_kg")
    self.price = figure("import_price")
    self.exportPrice = figure("export_price")
    self.carbon = figure("carbon_g_per_kwh")
    self.gapSeconds = json["gap_s"]?.int ?? 0
  }

  static func all(of slots: JSONValue) -> [SettledSlot] { (slots.array ?? []).compactMap(SettledSlot.init) }

  /// Mean power of an energy of this slot.
  func power(_ energy: Double?) -> Double? { energy.map { $0 / self.slot.hours } }

  /// Imports at their price less exports at theirs; nil where either is not known.
  var cost: Double? {
    guard let imported = self.imported, let price = self.price else { return nil }
    return imported * price - (self.exported ?? 0) * (self.exportPrice ?? 0)
  }

  /// Kilograms, of imports alone.
  var co2: Double? {
    guard let imported = self.imported, let carbon = self.carbon else { return nil }
    return imported * carbon / 1000
  }
}
