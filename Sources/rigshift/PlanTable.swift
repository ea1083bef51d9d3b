import Forecasting
import Planning
import Quantities
import SiteController
import SiteModel

/// A plan as a table of one row per slot, 80 columns wide, and a summary.
enum PlanTable {
  private static let barWidth = 20

  static func text(plan: Plan, problem: PlanProblem, outlook: SiteOutlook, site: Site) -> String {
    let rigs = max(1, site.rigCount)
    let expected = outlook.generation.mean
    var lines = ["  slot   rigs  \("".padded(to: Self.barWidth))  renew kW import kW    price  gCO2/kWh"]
    for (index, slot) in plan.slots.enumerated() {
      let running = slot.counts.reduce(0, +)
      let filled = (running * Self.barWidth + rigs - 1) / rigs
      let bar = String(repeating: "#", count: min(filled, Self.barWidth)).padded(to: Self.barWidth, with: ".")
      let time = ISO8601.string(minuteOfDay: site.zone.minuteOfDay(of: slot.slot.start))
      let estimated = outlook.importPrices.estimated[index] ? "~" : " "
      lines.append(
        "  \(time) \(running.description.leftPadded(to: 5))  \(bar)  "
          + expected[index].value.text(places: 1).leftPadded(to: 8) + " "
          + slot.imported.value.text(places: 1).leftPadded(to: 9) + " "
          + problem.slots[index].importPrice.value.text(places: 2).leftPadded(to: 8) + estimated + " "
          + problem.slots[index].carbon.value.text(places: 0).leftPadded(to: 8))
    }
    return (lines + [""] + Self.summary(plan: plan, site: site, outlook: outlook).map { $0.wrapped() })
      .joined(separator: "\n")
  }

  private static func summary(plan: Plan, site: Site, outlook: SiteOutlook) -> [String] {
    let totals = plan.totals
    let currency = site.currency
    func money(_ amount: Money) -> String { "\(amount.value.text(places: 0)) \(currency)" }
    func saving(_ name: String, _ baseline: BaselineCost) -> String {
      let own = totals.energyCost + totals.carbonCost
      let other = baseline.energyCost + baseline.carbonCost
      return "  against \(name.padded(to: 11)) \(money(other - own)) and "
        + "\((baseline.co2 - totals.co2).value.text(places: 1)) kg CO2 saved, at equal rig-hours"
    }
    var lines = [
      "  rig-hours \(totals.rigHours.text(places: 1)), starts \(totals.starts.text(places: 0)), "
        + "renewable share \((totals.renewableShare * 100).text(places: 1)) %",
      "  import \(totals.imported.value.text(places: 1)) kWh, renewable used \(totals.absorbed.value.text(places: 1))"
        + " kWh, spilled \(totals.curtailed.value.text(places: 1)) kWh, exported "
        + "\(totals.exported.value.text(places: 1)) kWh",
      "  energy \(money(totals.energyCost)), carbon \(money(totals.carbonCost)) "
        + "(\(totals.co2.value.text(places: 1)) kg), objective \(plan.objective.text(places: 0)) \(currency)",
      saving("continuous", plan.baselines.continuous), saving("asap", plan.baselines.asap),
      saving("reference", plan.baselines.reference),
      "  \(plan.status.rawValue) by \(plan.method), gap \((plan.relativeGap * 100).text(places: 3)) %",
    ]
    lines.append("  generation: \(outlook.generation.sentence)")
    for slack in plan.slack {
      lines.append(
        "  gave way: \(slack.label) by \(slack.amount.text(places: 2)) \(slack.unit), "
          + "\(ISO8601.string(slack.window.start, in: site.zone)) to \(ISO8601.string(slack.window.end, in: site.zone))"
      )
    }
    lines += outlook.notes.map { "  note: \($0.line(in: site.zone))" }
    return lines
  }
}
