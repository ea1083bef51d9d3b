import JSONText
import Planning
import Quantities
import SiteModel

/// What a plan says of one bank at one instant.
struct PlanView {
  let id: Int64
  let stored: StoredPlan
  let slot: Int
  let bank: Int
  let explained: SlotExplanation
  let words: PlanReasonText
  /// Rigs that really run; nil where nobody knows.
  let actual: Int?

  /// Nil when the plan says nothing of that instant or that bank.
  init?(
    id: Int64, problemJSON: String, planJSON: String, bank name: String, at instant: UTCInstant, site: Site,
    actual: Int?
  ) {
    self.actual = actual
    do throws(PlanProblemError) {
      self.stored = try StoredPlan(problemJSON: problemJSON, planJSON: planJSON)
    } catch {
      return nil  // a plan of fractions of rigs, or of another version: nothing can be said of it
    }
    guard let slot = self.stored.slot(at: instant),
      let bank = self.stored.problem.banks.firstIndex(where: { $0.name == name })
    else { return nil }
    self.id = id
    self.slot = slot
    self.bank = bank
    self.explained = self.stored.explanation(ofSlot: slot)
    self.words = PlanReasonText(self.stored.problem, slot: slot, site: site)
  }

  var bankReasons: BankExplanation { self.explained.banks[self.bank] }
  var running: Int { Int(self.bankReasons.running.rounded()) }

  /// Such as `plan 3 runs 2 of 4 rigs`.
  var count: String {
    "plan \(self.id) runs \(self.running) of \(self.stored.problem.banks[self.bank].rigs) rigs"
  }

  /// Why a rig is off, or on, as far as the plan goes.
  func cause(isOn: Bool) -> String {
    let reasons = self.bankReasons
    let clause =
      isOn
      ? self.words.clauseOnFewer(reasons.holdsFewer, bank: self.bank)
      : self.words.clauseOnMore(reasons.holdsMore, bank: self.bank, reasons)
    return "\(self.count) and \(clause)"
  }

  /// What energy costs and what turning a rig the other way would.
  func economics(isOn: Bool) -> String {
    let alternative = isOn ? self.turnOff : self.turnOn
    let other = "turning it \(isOn ? "off" : "on")"
    let effect =
      alternative.map { "\(other) \(self.words.cost(of: $0))" } ?? "\(other) is not open to the plan"
    return "energy costs \(self.words.price(self.explained)) at the margin and \(effect)"
  }

  /// One rig more than really run. Where that is fewer than planned, what the plan loses by each of them.
  private var turnOn: BankExplanation.Alternative? {
    guard let actual = self.actual, actual < self.running else { return self.bankReasons.more }
    return self.bankReasons.fewer?.reversed
  }

  /// One rig fewer than really run. Where that is more than planned, what the plan loses by each of them.
  private var turnOff: BankExplanation.Alternative? {
    guard let actual = self.actual, actual > self.running else { return self.bankReasons.fewer }
    return self.bankReasons.more?.reversed
  }

  /// Everything that binds, the plan's own reason first.
  func bindings(isOn: Bool) -> [WhyBinding] {
    let reasons = self.bankReasons
    let main = isOn ? reasons.holdsFewer : reasons.holdsMore
    let others = (isOn ? reasons.limitsOnFewer : reasons.limitsOnMore).filter { $0 != main }
    return ([main] + others).map { reason in
      WhyBinding(
        source: .plan, constraint: reason.rawValue,
        text: isOn
          ? self.words.clauseOnFewer(reason, bank: self.bank)
          : self.words.clauseOnMore(reason, bank: self.bank, reasons))
    }
  }

  var members: [JSONValue.Member] {
    let slot = self.explained.slot
    let reasons = self.bankReasons
    return [
      .init(
        "plan",
        [
          "id": .integer(self.id), "status": .string(self.stored.status),
          "running": .integer(Int64(self.running)),
          "rigs": .integer(Int64(self.stored.problem.banks[self.bank].rigs)),
        ]),
      .init(
        "slot",
        ["start": .string(ISO8601.string(slot.start)), "end": .string(ISO8601.string(slot.end))]),
      .init("currency", .string(self.stored.problem.currency)),
      .init("marginal_price_per_kwh", .number(self.explained.marginalPrice.value)),
      .init("turn_on", self.turnOn.map(\.json) ?? .null),
      .init("turn_on_held_by", .string(reasons.holdsMore.rawValue)),
      .init("turn_off", self.turnOff.map(\.json) ?? .null),
      .init("turn_off_held_by", .string(reasons.holdsFewer.rawValue)),
    ]
  }
}

extension BankExplanation.Alternative {
  /// The way back.
  fileprivate var reversed: Self {
    var reversed = self
    reversed.cost = -self.cost
    return reversed
  }
}
