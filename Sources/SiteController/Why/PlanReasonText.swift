public import Planning
public import Quantities
public import SiteModel

/// A plan's reasons in words, for one slot of one problem.
public struct PlanReasonText {
  private let problem: PlanProblem
  private let slot: Int
  private let zone: ZoneRules
  /// The slot lies in a quiet window of the site.
  private let isQuiet: Bool

  /// `slot` is an index into the problem's slots; `site` is nil for a problem that belongs to none.
  public init(_ problem: PlanProblem, slot: Int, site: Site? = nil) {
    self.problem = problem
    self.slot = slot
    self.zone = site?.zone ?? .utc
    self.isQuiet = site.map { SiteProblem.isQuiet(problem.slots[slot].slot, site: $0) } ?? false
  }

  /// Why as many rigs of a bank run as the plan says: what stands against one more, or against one fewer where all run.
  public func clause(_ explained: BankExplanation, bank: Int) -> String {
    explained.running.rounded() >= Double(self.problem.banks[bank].rigs)
      ? self.clauseOnFewer(explained.holdsFewer, bank: bank)
      : self.clauseOnMore(explained.holdsMore, bank: bank, explained)
  }

  /// Why no more rigs of a bank run, as a clause.
  func clauseOnMore(_ reason: PlanReason, bank: Int, _ explained: BankExplanation) -> String {
    let slot = self.problem.slots[self.slot]
    switch reason {
    case .price: return "one rig more would not pay"
    case .fixed: return "a person said how many rigs run"
    case .bankSize: return "all \(self.problem.banks[bank].rigs) rigs that can be counted on run"
    case .importCap:
      let cap = slot.importCap.map { " of \(Self.number($0.value)) kW" } ?? ""
      return "the import cap\(cap) leaves no room for one rig more"
    case .carbonCeiling:
      let ceiling = self.problem.limits.importCarbonCeiling.map { " of \(Self.number($0.value))" } ?? ""
      return "carbon is \(Self.number(slot.carbon.value)) g/kWh, above the ceiling\(ceiling), "
        + "and renewables leave no room for one rig more"
    case .averageCarbonCap: return "one rig more would break the cap on average carbon"
    case .maximumCO2: return "one rig more would break the limit on CO2"
    case .minimumOff: return "rigs that stopped before must rest for their minimum off time"
    case .minimumOn: return "rigs that start must run for their minimum on time, which does not fit"
    case .ramp: return "no more rigs may change within one slot"
    case .startLimit: return "the starts of the day are used up"
    case .maximumRigHours:
      return self.isQuiet ? "it is a quiet window" : "the most rig-hours allowed are reached"
    case .jobNotReleased:
      guard let job = explained.unreleasedJob else { return "its job is not released yet" }
      return "job \(job.name) is not released before \(self.time(job.release)), "
        + "and without it one rig more would not pay"
    case .exportCap, .minimumRunning, .minimumRigHours, .job: return "the plan's limits leave no other way"
    }
  }

  /// Why no fewer rigs of a bank run, as a clause.
  func clauseOnFewer(_ reason: PlanReason, bank: Int) -> String {
    switch reason {
    case .price: return "one rig fewer would cost more"
    case .fixed: return "a person said how many rigs run"
    case .bankSize: return "none runs"
    case .minimumRunning:
      let least = self.problem.banks[bank].minimumRunning
      return least == 1 ? "one rig must always run" : "\(least) rigs must always run"
    case .exportCap: return "the surplus beyond the export cap must be used"
    case .minimumOn: return "rigs that started must run for their minimum on time"
    case .minimumOff: return "rigs that stop must rest for their minimum off time, which does not fit"
    case .ramp: return "no more rigs may change within one slot"
    case .minimumRigHours: return "the least rig-hours asked for need it"
    case .job: return "jobs need the rigs"
    case .averageCarbonCap: return "one rig fewer would break the cap on average carbon"
    case .maximumCO2: return "one rig fewer would break the limit on CO2"
    case .importCap, .carbonCeiling, .startLimit, .maximumRigHours, .jobNotReleased:
      return "the plan's limits leave no other way"
    }
  }

  /// What one rig more or fewer would cost, such as `would cost 20.00 EUR from 13:00 to 14:00`.
  public func cost(of alternative: BankExplanation.Alternative) -> String {
    let cost = alternative.cost.value
    let amount = Self.money(abs(cost))
    // A plan is only as good as its gap: what would be cheaper by less than that is still worth saying.
    return "would \(cost < -0.005 ? "save" : "cost") \(amount) \(self.problem.currency) "
      + "from \(self.time(alternative.stretch.start)) to \(self.time(alternative.stretch.end))"
  }

  public func price(_ explained: SlotExplanation) -> String {
    "\(Self.money(explained.marginalPrice.value)) \(self.problem.currency)/kWh"
  }

  public func time(_ instant: UTCInstant) -> String {
    ISO8601.string(minuteOfDay: self.zone.minuteOfDay(of: instant))
  }

  static func number(_ value: Double) -> String { NumberText.string(value, decimals: 1) }

  /// Two decimals, always.
  static func money(_ value: Double) -> String {
    let cents = (value * 100).rounded()
    guard abs(cents) < 1e15 else { return "\(value)" }
    let whole = Int64(cents.magnitude)
    let text = "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
    return cents < 0 ? "-\(text)" : text
  }
}
