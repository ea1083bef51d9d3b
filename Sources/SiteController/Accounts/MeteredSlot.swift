import JSONText
import Planning
import Quantities
import SiteModel

/// A slot that was metered whole and priced: enough to say what other ways to run it would have cost.
struct MeteredSlot: Sendable {
  var slot: Slot
  var imported: Double
  var exported: Double
  var generated: Double
  var rigs: Double
  var importPrice: Double
  var exportPrice: Double
  var carbon: Double
  var rigHours: Double
  var cost: Money
  var co2: KilogramsCO2

  /// Nil unless the interval is metered whole and priced. A site without a meter on generation or rigs has none of them
  /// to speak of, or cannot tell them from its other load.
  init?(_ value: JSONValue) {
    guard value["gap_ms"]?.int == 0,
      let start = value["slot_start"]?.string.flatMap({ ISO8601.instant($0) }),
      let end = value["slot_end"]?.string.flatMap({ ISO8601.instant($0) }),
      let slot = Slot(start: start, end: end),
      let imported = value["import_kwh"]?.double, let exported = value["export_kwh"]?.double,
      let importPrice = value["import_price_per_kwh"]?.double, let carbon = value["carbon_g_per_kwh"]?.double,
      let cost = value["cost"]?.double.flatMap({ Money(checking: $0) }),
      let co2 = value["co2_kg"]?.double.flatMap({ KilogramsCO2(checking: $0) })
    else { return nil }
    self.slot = slot
    self.imported = imported
    self.exported = exported
    self.generated = value["generation_kwh"]?.double ?? 0
    self.rigs = value["rigs_kwh"]?.double ?? 0
    self.importPrice = importPrice
    self.exportPrice = value["export_price_per_kwh"]?.double ?? 0
    self.carbon = carbon
    self.rigHours = (value["relays"]?.array ?? []).reduce(0) { $0 + ($1["relay_s"]?.double ?? 0) / 3600 }
    self.cost = cost
    self.co2 = co2
  }

  /// What the rig-hours of these slots would have cost without a plan, on the generation and other load that were
  /// metered; nil without slots. Baselines know no dwell times and need no neighbouring slots.
  static func baselines(of slots: [MeteredSlot], site: Site) -> PlanBaselines? {
    guard !slots.isEmpty else { return nil }
    let problem = PlanProblem(
      currency: site.currency, slots: slots.map { $0.problem(site) },
      banks: site.banks.map {
        ProblemBank(name: $0.name, rigs: $0.count, draw: $0.draw, heatCoefficient: $0.heatCoefficient)
      }, limits: SiteLimits(curtailable: site.grid.curtailable),
      weights: ObjectiveWeights(
        carbonPrice: Money(site.planner.carbonPricePerKilogram),
        renewableBonus: EnergyPrice(site.planner.renewableBonus)))
    return PlanBaselines.of(problem, rigHours: slots.reduce(0) { $0 + $1.rigHours })
  }

  private func problem(_ site: Site) -> ProblemSlot {
    let length = self.slot.length
    let other = max(0, self.imported + self.generated - self.exported - self.rigs)
    return ProblemSlot(
      slot: self.slot, importPrice: EnergyPrice(self.importPrice), exportPrice: EnergyPrice(self.exportPrice),
      carbon: CarbonIntensity(self.carbon), renewable: [KilowattHours(max(0, self.generated)) / length],
      otherLoad: KilowattHours(other) / length, importCap: site.grid.importCap, exportCap: site.grid.exportCap
    )
  }
}
