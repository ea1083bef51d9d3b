public import Certificates
import JSONText
public import Planning
public import Quantities
public import SiteModel

/// The accounts of a site, added up from the intervals of its log: per local day, planned beside metered, with what the
/// same rig-hours would have cost without a plan.
public struct SiteAccounts: Sendable {
  /// One local day, or all of them.
  public struct Day: Sendable {
    /// Nil for the total.
    public var date: CivilDate?
    public var sums = IntervalSums()
    /// Over the slots that are metered whole and priced; nil when there are none.
    public var baselines: PlanBaselines?
    /// What those slots cost, carbon at its price included, and their CO2.
    public var comparedCost = Money.zero
    public var comparedCO2 = KilogramsCO2.zero
    /// The certificates behind the figures.
    public var certificates: ClosedRange<Int64>? {
      self.sums.firstSequence.flatMap { first in self.sums.lastSequence.map { first...max(first, $0) } }
    }
  }

  private let site: Site
  private var finished: [Day] = []
  private var open: Day?
  private var openSlots: [MeteredSlot] = []
  private var sum = Day()

  public init(site: Site) { self.site = site }

  /// Adds the data of an entry. Intervals come in the order of the log; everything else is passed over.
  public mutating func add(_ data: [UInt8]) {
    guard let value = try? JSONValue.parse(data), value["kind"]?.string == EntryKind.interval.rawValue,
      let start = value["slot_start"]?.string.flatMap({ ISO8601.instant($0) })
    else { return }
    let date = self.site.zone.date(of: start)
    if self.open?.date != date {
      self.finish()
      self.open = Day(date: date)
    }
    self.open?.sums.add(value)
    self.sum.sums.add(value)
    if let slot = MeteredSlot(value) { self.openSlots.append(slot) }
  }

  /// The days in order, and the total last.
  public var days: [Day] {
    var copy = self
    copy.finish()
    return copy.finished + [copy.sum]
  }

  private mutating func finish() {
    guard var day = self.open else { return }
    let carbonPrice = self.site.planner.carbonPricePerKilogram
    for slot in self.openSlots {
      day.comparedCost += slot.cost + Money(slot.co2.value * carbonPrice)
      day.comparedCO2 += slot.co2
    }
    day.baselines = MeteredSlot.baselines(of: self.openSlots, site: self.site)
    self.sum.comparedCost += day.comparedCost
    self.sum.comparedCO2 += day.comparedCO2
    self.sum.baselines =
      day.baselines.map { mine in self.sum.baselines.map { $0 + mine } ?? mine } ?? self.sum.baselines
    self.finished.append(day)
    self.open = nil
    self.openSlots = []
  }
}

extension PlanBaselines {
  public static func + (a: Self, b: Self) -> Self {
    PlanBaselines(
      continuous: a.continuous + b.continuous, asap: a.asap + b.asap, reference: a.reference + b.reference)
  }
}

extension BaselineCost {
  public static func + (a: Self, b: Self) -> Self {
    BaselineCost(
      energyCost: a.energyCost + b.energyCost, carbonCost: a.carbonCost + b.carbonCost, co2: a.co2 + b.co2)
  }
}
