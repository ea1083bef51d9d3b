import Control
import Forecasting
public import Planning
import Ports
public import Quantities
import Simulation
import SiteController
import SiteModel

/// What a rehearsal adds up: planned and metered figures side by side, never mixed, and what the world could have given.
public struct RehearsalBook: Sendable {
  /// One local day.
  public struct Day: Sendable, Hashable {
    public var date: CivilDate
    public var plannedRigHours = 0.0
    public var plannedImport = KilowattHours.zero
    /// From closed relays.
    public var rigHours = 0.0
    public var imported = KilowattHours.zero
    public var exported = KilowattHours.zero
    public var generated = KilowattHours.zero
    public var rigEnergy = KilowattHours.zero
    /// Renewable energy that rigs used, slot by slot.
    public var absorbed = KilowattHours.zero
    /// Imports less export income.
    public var cost = Money.zero
    public var co2 = KilogramsCO2.zero
    public var switches = 0
    public var guardActions = 0
    public var gapHours = 0.0
    public var baselines: PlanBaselines?
    /// What the metered figures cost with carbon at its price, over the slots the baselines cover.
    public var comparedCost = Money.zero
    public var comparedCO2 = KilogramsCO2.zero
  }

  /// What the world offered in one settlement slot.
  private struct Offer: Sendable {
    var renewable = KilowattHours.zero
    var otherLoad = KilowattHours.zero
    var ambient = 0.0
    var seconds = 0

    mutating func add(_ power: TruePower, ambient: Double) {
      self.renewable += (power.photovoltaic + power.wind) * Duration.seconds(1)
      self.otherLoad += power.otherLoad * Duration.seconds(1)
      self.ambient += ambient
      self.seconds += 1
    }

    func isWhole(_ slot: Slot) -> Bool { self.seconds == Int(slot.hours * 3600) }
  }

  private let site: Site
  private var days: [CivilDate: Day] = [:]
  /// What the world offered in each slot that has passed, and in the present one.
  private var offers: [UTCInstant: Offer] = [:]
  private var offerStart = UTCInstant(milliseconds: .min)
  private var offer = Offer()
  private var slots: [SlotRecord] = []
  private var lastSequence: Int64 = 0
  private var value: RealisedBook
  /// Plans by rung of the ladder.
  public private(set) var plans: [String: Int] = [:]

  /// `days` local days from the one of `start` on; each is in the report, whatever happens in it.
  init(site: Site, start: UTCInstant, days: Int) {
    self.site = site
    self.value = RealisedBook(site: site)
    let first = site.zone.date(of: start)
    for day in 0..<days {
      let date = first.advanced(byDays: day)
      self.days[date] = Day(date: date)
    }
  }

  mutating func planned(_ status: String) { self.plans[status, default: 0] += 1 }

  /// One second of what the world offers.
  mutating func observe(_ world: SimulatedSite) {
    let length = Int64(self.site.planner.slotMinutes) * 60_000
    let wall = world.wall.milliseconds - 1000  // the second that has just passed
    let start = UTCInstant(milliseconds: wall - wall % length)
    if start != self.offerStart {
      self.offers[self.offerStart] = self.offer
      self.offer = Offer()
      self.offerStart = start
    }
    self.offer.add(world.power, ambient: world.ambient.value)
  }

  /// What everything metered so far was worth by the site's own values.
  var realised: RealisedValue { self.value.value }

  private func offer(in slot: Slot) -> Offer? {
    slot.start == self.offerStart ? self.offer : self.offers[slot.start]
  }

  /// A batch the store has kept; false when it is one it had before.
  ///
  /// Switches belong to the true day, since the board's clock may be wrong.
  mutating func keep(_ batch: RecordBatch, at wall: UTCInstant) -> Bool {
    guard batch.sequence > self.lastSequence else { return false }
    self.lastSequence = batch.sequence
    for decision in batch.decisions {
      self.withDay(of: wall) {
        $0.switches += 1
        if decision.command.authority == .importGuard { $0.guardActions += 1 }
      }
    }
    for slot in batch.slots { self.add(slot) }
    self.value.keep(batch)
    return true
  }

  private mutating func add(_ slot: SlotRecord) {
    self.slots.append(slot)
    self.withDay(of: slot.slot.start) { day in
      day.plannedRigHours += slot.plannedRigHours ?? 0
      day.plannedImport += slot.plannedImport ?? .zero
      day.rigHours += slot.rigHours
      day.gapHours += Double(slot.gapMilliseconds) / 3_600_000
      day.imported += slot.imported ?? .zero
      day.exported += slot.exported ?? .zero
      day.generated += slot.generated ?? .zero
      day.rigEnergy += slot.rigs ?? .zero
      day.absorbed += slot.absorbedByRigs ?? .zero
      day.cost += slot.cost ?? .zero
      day.co2 += slot.co2 ?? .zero
    }
  }

  private mutating func withDay(of instant: UTCInstant, _ change: (inout Day) -> Void) {
    let date = self.site.zone.date(of: instant)
    guard self.days[date] != nil else { return }
    change(&self.days[date, default: Day(date: date)])
  }

  /// All days in order, with what their rig-hours would have cost without a plan on what the world offered.
  func report() -> [Day] {
    self.days.values.sorted { $0.date < $1.date }.map { day in
      var day = day
      let carbonPrice = self.site.planner.carbonPricePerKilogram
      let compared = self.slots.filter {
        self.site.zone.date(of: $0.slot.start) == day.date && $0.gapMilliseconds == 0 && $0.cost != nil
          && self.offer(in: $0.slot)?.isWhole($0.slot) == true
      }
      for slot in compared {
        let co2 = slot.co2 ?? .zero
        day.comparedCost += (slot.cost ?? .zero) + Money(co2.value * carbonPrice)
        day.comparedCO2 += co2
      }
      day.baselines = self.baselines(over: compared)
      return day
    }
  }

  /// Baselines need no neighbouring slots: they know no dwell times.
  private func baselines(over slots: [SlotRecord]) -> PlanBaselines? {
    guard !slots.isEmpty else { return nil }
    let site = self.site
    let problem = PlanProblem(
      currency: site.currency,
      slots: slots.map { record in
        let offer = self.offer(in: record.slot) ?? Offer()
        return ProblemSlot(
          slot: record.slot, importPrice: EnergyPrice(record.importPrice ?? 0),
          exportPrice: EnergyPrice(record.exportPrice ?? 0), carbon: CarbonIntensity(record.carbon ?? 0),
          renewable: [offer.renewable / record.slot.length],
          ambient: Celsius(offer.ambient / Double(max(1, offer.seconds))),
          otherLoad: offer.otherLoad / record.slot.length, importCap: site.grid.importCap,
          exportCap: site.grid.exportCap)
      },
      banks: site.banks.map {
        ProblemBank(name: $0.name, rigs: $0.count, draw: $0.draw, heatCoefficient: $0.heatCoefficient)
      }, limits: SiteLimits(curtailable: site.grid.curtailable),
      weights: ObjectiveWeights(
        carbonPrice: Money(site.planner.carbonPricePerKilogram),
        renewableBonus: EnergyPrice(site.planner.renewableBonus)))
    return PlanBaselines.of(problem, rigHours: slots.reduce(0) { $0 + $1.rigHours })
  }
}
