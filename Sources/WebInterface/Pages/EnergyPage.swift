import JSONText
import Quantities

/// What was metered, beside what was planned: per day and slot by slot. The two never mix.
struct EnergyPage {
  let snapshot: SiteSnapshot

  /// Sums over slots; a figure is absent where no slot has it.
  private struct Sums {
    var imported: Double?
    var exported: Double?
    var generated: Double?
    var rigs: Double?
    var rigHours: Double?
    var cost: Double?
    var co2: Double?
    var plannedRigHours: Double?
    var plannedImport: Double?
    var plannedCost: Double?
    var plannedCO2: Double?
    var gapSeconds = 0
    var slots = 0

    init(_ slots: [SettledSlot]) {
      func sum(_ value: (SettledSlot) -> Double?) -> Double? {
        let values = slots.compactMap(value)
        return values.isEmpty ? nil : values.reduce(0, +)
      }
      self.imported = sum(\.imported)
      self.exported = sum(\.exported)
      self.generated = sum(\.generated)
      self.rigs = sum(\.rigs)
      self.rigHours = sum(\.rigHours)
      self.cost = sum(\.cost)
      self.co2 = sum(\.co2)
      self.plannedRigHours = sum(\.plannedRigHours)
      self.plannedImport = sum(\.plannedImport)
      self.plannedCost = sum(\.plannedCost)
      self.plannedCO2 = sum(\.plannedCO2)
      self.gapSeconds = slots.reduce(0) { $0 + $1.gapSeconds }
      self.slots = slots.count
    }
  }

  var markup: Markup {
    let words = Words(self.snapshot)
    let settled = SettledSlot.all(of: self.snapshot.slots)
    guard !settled.isEmpty else {
      return
        "<h1>Energy</h1><p class=\"empty\">No slot has been settled yet. The first one is when its time is over.</p>"
    }
    let days = Dictionary(grouping: settled) { words.zone.date(of: $0.slot.start) }.sorted { $0.key > $1.key }
    return """
      <h1>Energy</h1><p>The last two days. Older ones: <code>rigshift report</code>.</p>
      \(days.map { self.day($0.key, Sums($0.value), words) })
      <section aria-labelledby="slots"><h2 id="slots">Slot by slot</h2><div class="scroll"><table class="slots">
      <thead><tr><th scope="col">slot from</th><th scope="col">import kWh</th><th scope="col">export kWh</th>\
      <th scope="col">generation kWh</th><th scope="col">rigs kWh</th><th scope="col">rig-hours</th>\
      <th scope="col">\(self.snapshot.currency)/kWh</th><th scope="col">cost \(self.snapshot.currency)</th><th scope="col">gap</th></tr></thead>
      <tbody>\(settled.reversed().map { self.row($0, words) })</tbody></table></div></section>
      """
  }

  private func day(_ date: CivilDate, _ sums: Sums, _ words: Words) -> Markup {
    func line(_ name: String, metered: String, planned: String) -> Markup {
      "<tr><th scope=\"row\">\(name)</th><td>\(metered)</td><td>\(planned)</td></tr>"
    }
    let hours = { (value: Double?) in value.map { "\($0.text(places: 1)) h" } ?? "unknown" }
    let kilograms = { (value: Double?) in value.map { "\($0.text(places: 1)) kg" } ?? "unknown" }
    return """
      <section aria-label="\(ISO8601.string(date))"><h2>\(ISO8601.string(date))</h2><table><thead><tr><th scope="col">\(sums.slots) slots</th>\
      <th scope="col">metered</th><th scope="col">planned</th></tr></thead><tbody>\
      \(line("import", metered: words.energy(sums.imported), planned: words.energy(sums.plannedImport)))\
      \(line("export", metered: words.energy(sums.exported), planned: "-"))\
      \(line("generation", metered: words.energy(sums.generated), planned: "-"))\
      \(line("rigs", metered: words.energy(sums.rigs), planned: "-"))\
      \(line("rig-hours", metered: hours(sums.rigHours), planned: hours(sums.plannedRigHours)))\
      \(line("imports less exports", metered: words.money(sums.cost), planned: words.money(sums.plannedCost)))\
      \(line("CO2 of imports", metered: kilograms(sums.co2), planned: kilograms(sums.plannedCO2)))\
      \(sums.gapSeconds > 0 ? line("not metered", metered: Words.length(seconds: sums.gapSeconds), planned: "-") : .empty)\
      </tbody></table></section>
      """
  }

  private func row(_ slot: SettledSlot, _ words: Words) -> Markup {
    func cell(_ value: Double?, _ places: Int) -> Markup { "<td>\(value?.text(places: places) ?? "-")</td>" }
    return """
      <tr><th scope="row">\(words.dateAndTime(slot.slot.start))</th>\(cell(slot.imported, 2))\(cell(slot.exported, 2))\
      \(cell(slot.generated, 2))\(cell(slot.rigs, 2))\(cell(slot.rigHours, 2))\(cell(slot.price, 2))\(cell(slot.cost, 2))\
      <td>\(slot.gapSeconds > 0 ? Words.length(seconds: slot.gapSeconds) : "")</td></tr>
      """
  }
}
