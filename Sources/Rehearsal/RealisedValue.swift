import Control
import Ports
public import Quantities
import SiteController
import SiteModel

/// What a run was worth by the site's own values, from metered energy and closed relays: the very sum that plans
/// minimise, so that runs which chose different rig-hours can be compared. In site currency.
public struct RealisedValue: Sendable, Hashable {
  public var rigHours = 0.0
  /// Imports less export income.
  public var energyCost = Money.zero
  public var carbonCost = Money.zero
  /// For renewable energy that rigs used.
  public var bonus = Money.zero
  public var startCost = Money.zero
  public var revenue = Money.zero
  /// Rig-hours missing from the daily minimum, over whole days.
  public var shortRigHours = 0.0
  /// What they would have cost at the dearest hour of their day, so that missing service never pays.
  public var shortCost = Money.zero

  public init() {}

  /// All of it together.
  public var cost: Money {
    self.energyCost + self.carbonCost - self.bonus + self.startCost - self.revenue + self.shortCost
  }
}

/// Adds up a run's value slot by slot.
struct RealisedBook: Sendable {
  private struct Day: Sendable {
    var rigHours = 0.0
    var metered = Duration.zero
    /// Currency per kWh, carbon included.
    var dearest = 0.0
  }

  private let site: Site
  private var sums = RealisedValue()
  private var days: [CivilDate: Day] = [:]

  init(site: Site) { self.site = site }

  /// A batch that was not kept before.
  mutating func keep(_ batch: RecordBatch) {
    for decision in batch.decisions where decision.command.closed {
      self.sums.startCost += self.site.banks[decision.command.rig.bank].startCost
    }
    for slot in batch.slots { self.add(slot) }
  }

  private mutating func add(_ slot: SlotRecord) {
    let planner = self.site.planner
    self.sums.rigHours += slot.rigHours
    self.sums.energyCost += slot.cost ?? .zero
    self.sums.carbonCost += Money((slot.co2?.value ?? 0) * planner.carbonPricePerKilogram)
    self.sums.bonus += EnergyPrice(planner.renewableBonus) * (slot.absorbedByRigs ?? .zero)
    for (bank, milliseconds) in zip(self.site.banks, slot.relayMilliseconds) {
      self.sums.revenue += bank.revenuePerRigHour * (Double(milliseconds) / 3_600_000)
    }
    let price = (slot.importPrice ?? 0) + (slot.carbon ?? 0) * planner.carbonPricePerKilogram / 1000
    let date = self.site.zone.date(of: slot.slot.start)
    var day = self.days[date] ?? Day()
    day.rigHours += slot.rigHours
    day.metered += slot.slot.length
    day.dearest = max(day.dearest, price)
    self.days[date] = day
  }

  /// The sums, with what whole days were short of.
  var value: RealisedValue {
    var value = self.sums
    let largest = self.site.banks.reduce(Kilowatts.zero) { max($0, $1.draw(at: Celsius(50))) }
    for (date, day) in self.days.sorted(by: { $0.key < $1.key }) {
      guard day.metered == self.site.zone.day(date).length else { continue }
      let short = max(0, self.site.planner.minimumRigHoursPerDay - day.rigHours)
      value.shortRigHours += short
      value.shortCost += Money(short * largest.value * day.dearest)
    }
    return value
  }
}
