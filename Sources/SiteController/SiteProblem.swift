import Control
import Forecasting
public import Planning
public import Quantities
public import SiteModel

/// Builds the planning problem of a site: its forecasts, prices and limits over a horizon, and the rigs' true state at
/// the first instant.
public enum SiteProblem {
  /// The horizon from `now` on the site's slot grid: the first slot is what is left of the current one.
  public static func slots(from now: UTCInstant, site: Site) -> [Slot] {
    let minutes = site.planner.slotMinutes
    let length = Int64(minutes) * 60_000
    let end = now + site.planner.horizon
    var slots: [Slot] = []
    var start = now
    var next = Settlement.start(of: now, minutes: minutes).advanced(byMilliseconds: length)
    while start < end, let slot = Slot(start: start, end: next) {
      slots.append(slot)
      start = next
      next = next.advanced(byMilliseconds: length)
    }
    return slots
  }

  /// The whole local day `date` on the site's slot grid: 23, 24 or 25 hours.
  public static func slots(of date: CivilDate, site: Site) -> [Slot] {
    let day = site.zone.day(date)
    let length = Int64(site.planner.slotMinutes) * 60_000
    var slots: [Slot] = []
    var start = day.start
    while let slot = Slot(start: start, end: min(start.advanced(byMilliseconds: length), day.end)) {
      slots.append(slot)
      start = slot.end
    }
    return slots
  }

  /// `slots` must be contiguous and not empty; `state` describes the site at the first slot's start.
  public static func make(
    site: Site, slots: [Slot], outlook: SiteOutlook, state: PlanningState,
    solver: SolverSettings
  ) -> PlanProblem {
    let generation = outlook.generation
    var problemSlots = slots.indices.map { index in
      ProblemSlot(
        slot: slots[index], importPrice: EnergyPrice(outlook.importPrices.values[index]),
        exportPrice: EnergyPrice(outlook.exportPrices.values[index]),
        carbon: CarbonIntensity(outlook.carbon.values[index]),
        renewable: generation.scenarios.map { $0.power[index] },
        ambient: outlook.forecast.ambient[index], otherLoad: Kilowatts(outlook.otherLoad[index]),
        importCap: Self.importCap(site: site, slots: slots, index: index, generation: generation),
        exportCap: site.grid.exportCap)
    }
    DemandResponse.apply(
      site.demandEvents + state.demandEvents, margin: site.planner.planningMargin, to: &problemSlots)
    let banks = Self.banks(site: site, slots: slots, state: state)
    return PlanProblem(
      currency: site.currency, slots: problemSlots, scenarioWeights: generation.weights, banks: banks,
      rigHourLimits: FixedCounts.admitted(
        by: Self.rigHourLimits(site: site, slots: slots, state: state), banks: banks),
      startLimits: Self.startLimits(site: site, slots: slots, state: state),
      jobs: SiteJobs.jobs(state.jobs, site: site, slots: slots, state: state),
      limits: SiteLimits(
        averageCarbonCap: site.planner.averageCarbonCap.map { CarbonIntensity($0) },
        importCarbonCeiling: site.planner.importCarbonCeiling.map { CarbonIntensity($0) },
        maximumRigChangePerSlot: Self.rampLimit(site: site), curtailable: site.grid.curtailable,
        soft: site.planner.soft),
      weights: ObjectiveWeights(
        carbonPrice: Money(site.planner.carbonPricePerKilogram),
        renewableBonus: EnergyPrice(site.planner.renewableBonus), cvarAlpha: site.planner.cvarAlpha,
        cvarWeight: site.planner.cvarWeight),
      solver: solver)
  }

  /// Probability with which a plan keeps the import cap in slots that no later plan decides again.
  private static let capConfidence = 0.9

  /// The cap a plan aims for in a slot.
  ///
  /// The planner keeps a cap in every scenario. Taken literally that would let the least likely scenario forbid most
  /// rigs of a sunny noon a day ahead, although a plan made then will know better and the import guard stands behind
  /// it. So the cap is kept with `capConfidence` in the slots that the present plan decides for good, and by the middle
  /// scenario later on; by how much the poorer scenarios lie below is added to the cap (docs/decisions/0021).
  private static func importCap(
    site: Site, slots: [Slot], index: Int, generation: GenerationOutlook
  ) -> Kilowatts {
    let cap = max(.zero, site.grid.importCap - site.planner.planningMargin)
    guard generation.scenarios.count > 1 else { return cap }
    let decided =
      slots[0].start
      + site.banks.reduce(Duration.minutes(site.planner.slotMinutes)) {
        max($0, $1.minimumOn)
      }
    let share = slots[index].start < decided ? 1 - Self.capConfidence : 0.5
    return cap + generation.quantile(share, in: index) - generation.quantile(0, in: index)
  }

  private static func banks(site: Site, slots: [Slot], state: PlanningState) -> [ProblemBank] {
    site.banks.indices.map { index in
      let bank = site.banks[index]
      let rigs = state.rigs[index].filter { $0.isAvailable }
      let running = rigs.filter { $0.isOn }.map(\.elapsed)
      let stopped = rigs.filter { !$0.isOn && $0.elapsed < bank.minimumOff }.map(\.elapsed)
      var made = ProblemBank(
        name: bank.name, rigs: rigs.count, draw: bank.draw, heatCoefficient: bank.heatCoefficient,
        minimumOn: bank.minimumOn, minimumOff: bank.minimumOff, startCost: bank.startCost,
        revenuePerRigHour: bank.revenuePerRigHour, minimumRunning: min(bank.minimumRunning, rigs.count),
        runningFor: running, stoppedFor: stopped)
      if let override = state.overrides.first(where: { $0.bank == index }) {
        made.fixed = FixedCounts.windows(
          of: override.running, until: override.expires, bank: made, slots: slots,
          ramp: Self.rampLimit(site: site))
      }
      return made
    }
  }

  /// Daily limits become windows of slots: what was delivered today is subtracted, and the future day that the horizon
  /// cuts counts in proportion.
  private static func rigHourLimits(site: Site, slots: [Slot], state: PlanningState) -> [RigHourLimit] {
    var limits = Self.quietLimits(site: site, slots: slots)
    let planner = site.planner
    guard planner.minimumRigHoursPerDay > 0 || planner.maximumRigHoursPerDay != nil else { return limits }
    for (date, window, isFirst) in Self.days(site: site, slots: slots) {
      let share = isFirst ? 1 : window.hours / site.zone.day(date).hours
      let delivered = isFirst ? state.rigHoursDelivered : 0
      limits.append(
        RigHourLimit(
          window: window, minimum: max(0, planner.minimumRigHoursPerDay * share - delivered),
          maximum: planner.maximumRigHoursPerDay.map { max(0, $0 * share - delivered) }))
    }
    return limits
  }

  private static func startLimits(site: Site, slots: [Slot], state: PlanningState) -> [StartLimit] {
    site.banks.indices.flatMap { index -> [StartLimit] in
      guard let most = site.banks[index].maximumStartsPerDay else { return [] }
      return Self.days(site: site, slots: slots).map { day in
        StartLimit(
          bank: site.banks[index].name, window: day.window,
          maximum: day.isFirst ? max(0, most - state.startsToday[index]) : most)
      }
    }
  }

  /// The local days the horizon touches, each with its part of the horizon.
  private static func days(site: Site, slots: [Slot]) -> [(date: CivilDate, window: Slot, isFirst: Bool)] {
    guard let first = slots.first, let last = slots.last else { return [] }
    var days: [(date: CivilDate, window: Slot, isFirst: Bool)] = []
    var date = site.zone.date(of: first.start)
    while let horizon = Slot(start: first.start, end: last.end),
      let window = site.zone.day(date).intersection(horizon)
    {
      days.append((date, window, days.isEmpty))
      date = date.advanced(byDays: 1)
    }
    return days
  }

  /// Slots that touch a quiet window may hold no rig-hours.
  private static func quietLimits(site: Site, slots: [Slot]) -> [RigHourLimit] {
    guard !site.planner.quietWindows.isEmpty else { return [] }
    return slots.filter { Self.isQuiet($0, site: site) }.map { RigHourLimit(window: $0, maximum: 0) }
  }

  static func isQuiet(_ slot: Slot, site: Site) -> Bool {
    let first = site.zone.minuteOfDay(of: slot.start)
    let last = site.zone.minuteOfDay(of: slot.end.advanced(byMilliseconds: -1))
    return site.planner.quietWindows.contains { $0.contains(minute: first) || $0.contains(minute: last) }
  }

  /// The most rigs the stagger can close in a whole slot, nil when that is all of them.
  private static func rampLimit(site: Site) -> Int? {
    let stagger = site.control.stagger.wholeMilliseconds
    guard stagger > 0 else { return nil }
    let closes = Int(Int64(site.planner.slotMinutes) * 60_000 / stagger)
    return closes < site.rigCount ? max(1, closes) : nil
  }
}
