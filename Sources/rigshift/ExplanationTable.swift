import Planning
import Quantities
import SiteController
import SiteModel

/// Why a plan runs what it runs, one row per slot and bank.
enum ExplanationTable {
  static func text(_ slots: [SlotExplanation], problem: PlanProblem, site: Site?) -> String {
    let width = max(4, problem.banks.map(\.name.count).max() ?? 0)
    var lines = ["  slot   \("bank".padded(to: width))  rigs  per kWh   one more  one fewer  because"]
    for (index, slot) in slots.enumerated() {
      let words = PlanReasonText(problem, slot: index, site: site)
      for (bank, explained) in slot.banks.enumerated() {
        let count = Int(explained.running.rounded())
        lines.append(
          "  \(words.time(slot.slot.start))  \(problem.banks[bank].name.padded(to: width)) "
            + count.description.leftPadded(to: 5) + slot.marginalPrice.value.text(places: 2).leftPadded(to: 9)
            + Self.cost(explained.more).leftPadded(to: 11) + Self.cost(explained.fewer).leftPadded(to: 11)
            + "  \(words.clause(explained, bank: bank))")
      }
    }
    lines += [
      "",
      "  one more, one fewer: what it would cost in \(problem.currency), for as long as dwell asks; - is not possible",
    ]
    return lines.joined(separator: "\n")
  }

  private static func cost(_ alternative: BankExplanation.Alternative?) -> String {
    alternative.map { $0.cost.value.text(places: 2) } ?? "-"
  }
}
