public import Control
public import Forecasting
public import MarketFormats
public import Ports
public import Quantities
public import SiteModel

/// A whole site without hardware: physics, meters, relays, clocks and faults behind the same ports as the real one.
///
/// The site keeps all state; `SimulatedMeterBus`, `SimulatedRelayBank` and `SimulatedClock` are thin views of it, and
/// another process can drive it through the same few calls. Time moves only when `advance` is called, in steps of one
/// second. Everything follows from the site, its weather, the start, the seed and the calls made; each part draws from a
/// stream of its own. Not for use from several threads at once.
public final class SimulatedSite {
  public let site: Site
  public let seed: UInt64
  /// Civil time at which the run began.
  public let start: UTCInstant
  /// World time: milliseconds since the run began. The board's own clocks are `host`.
  public private(set) var now = MonotonicInstant(milliseconds: 0)
  /// How often each fault came and struck.
  public private(set) var tally = FaultTally()
  /// Rigs that do not obey their relay commands now, or whose read-back lies.
  public private(set) var unreliableRigs: [RigID] = []

  /// The weather before the first second.
  private let firstWeather: SimulatedWeather
  private var physics: SitePhysics
  private var meters: SimulatedMeters
  private var relays: SimulatedRelays
  private var hostTime: SimulatedHostTime
  private var ledger: EnergyLedger
  private var faults: FaultSchedule
  private var processes = ProcessFaults()
  private var hostWall: UTCInstant
  /// World time of the first failed commit since the last one that worked.
  private var storeFailingSince: MonotonicInstant?

  /// `weather` is what everybody expects; without it the climate of the place stands in. What happens differs from it.
  public convenience init(
    site: Site, weather: WeatherSeries? = nil, start: UTCInstant, seed: UInt64,
    faults: FaultPlan = .seeded(.none)
  ) {
    let sampler = WeatherSampler(location: site.location, weather: weather)
    self.init(site: site, start: start, seed: seed, faults: faults) { instant in
      sampler.conditions(over: Slot(start: instant, length: .seconds(10))).conditions
    }
  }

  /// `expected` gives the expected weather at any instant; it is asked every ten simulated seconds.
  public init(
    site: Site, start: UTCInstant, seed: UInt64, faults: FaultPlan = .seeded(.none),
    expected: @escaping @Sendable (UTCInstant) -> Conditions
  ) {
    self.site = site
    self.seed = seed
    self.start = start
    self.physics = SitePhysics(site: site, expected: expected, start: start, seed: seed)
    self.firstWeather = self.physics.weather
    self.meters = SimulatedMeters(site: site, seed: seed, rollsOver: faults != .seeded(.none))
    self.relays = SimulatedRelays(count: site.rigCount)
    self.hostTime = SimulatedHostTime(
      hasBatteryClock: site.control.trustsBatteryClock, holdover: site.control.clockHoldover,
      generator: SplitMix64(seed: seed, stream: .clock))
    self.ledger = EnergyLedger(site: site)
    self.faults = FaultSchedule(faults, seed: SplitMix64(seed: seed, stream: .faults))
    self.hostWall = start
    self.bootClock()
    self.changeFaults()
    self.hostTime.advance(to: self.now, faults: self.faults.present, driftSeverity: 0)
    self.hostWall = self.host.moment.wall
  }

  // MARK: Time

  /// Moves the world on, one second at a time.
  public func advance(seconds: Int = 1) {
    for _ in 0..<max(0, seconds) { self.step() }
  }

  /// True civil time.
  public var wall: UTCInstant { self.start.advanced(byMilliseconds: self.now.milliseconds) }

  /// The board's clocks, which may be wrong.
  public var host: (moment: Moment, evidence: ClockEvidence) {
    self.hostTime.moment(at: self.now, trueWall: self.wall)
  }

  /// True while the board's civil clock deserves trust.
  public var isClockTrustworthy: Bool { self.hostTime.isTrustworthy(at: self.now) }

  private func step() {
    self.relays.forgetTransitions()
    self.meters.forgetEvidence()
    self.physics.advance(from: self.now, wall: self.wall)
    self.now = self.now.advanced(byMilliseconds: SitePhysics.stepMilliseconds)
    if self.faults.hasChange(at: self.now) { self.changeFaults() }
    let drift =
      self.faults.present.contains(.clockDrift) ? self.faults.episode(.clockDrift)?.severity ?? 0 : 0
    self.hostTime.advance(to: self.now, faults: self.faults.present, driftSeverity: drift)
    let wall = self.host.moment.wall
    if self.ledger.isDue(wall: wall) {
      self.ledger.pass(
        at: self.now, wall: wall, previous: self.hostWall, isTrusted: self.isClockTrustworthy,
        truths: self.physics.atMeters)
    }
    self.hostWall = wall
  }

  private func changeFaults() {
    let (ended, began) = self.faults.update(at: self.now)
    for episode in ended {
      self.meters.end(episode.kind)
      self.relays.end(episode.kind, fleet: &self.physics.fleet, at: self.now)
      self.processes.end(episode.kind)
    }
    for episode in began {
      self.tally.begin(episode.kind)
      self.relays.begin(episode, fleet: &self.physics.fleet, at: self.now, tally: &self.tally)
      self.processes.begin(episode)
      switch episode.kind {
      case .clockStep:
        self.hostTime.step(severity: episode.severity)
        self.tally.strike(.clockStep)
      case .clockDrift, .clockUnsynchronised: self.tally.strike(episode.kind)
      case .busTimeout, .busChecksum, .busException, .busWrongUnit, .busPhantom, .busSlow, .busUnplugged,
        .meterStuck,
        .meterNotANumber, .meterCounterReset, .meterRollOver, .meterSwappedSign, .relayStuckOpen,
        .relayWelded,
        .relayReadBackLies, .relayRefuses, .relayRefusesButSwitches, .clockNotSetAtBoot, .storeFull,
        .storeSlow,
        .storeFailedNotWritten, .storeFailedWritten, .feedDown, .feedLate, .feedNonsense, .feedRateLimited,
        .controllerKilled, .holderKilled, .powerCut:
        break
      }
    }
    self.unreliableRigs = self.relays.unreliable(fleet: self.physics.fleet, faults: self.faults)
  }

  // MARK: Truth

  /// Mean power over the last second.
  public var power: TruePower { self.physics.power }
  public var conditions: Conditions { self.physics.weather.conditions }
  public var ambient: Celsius { self.physics.weather.conditions.air }

  /// True energy since the run began.
  public var energy: TrueEnergy { TrueEnergy(self.physics.totals) }

  /// Draw of each bank over the last second.
  public func power(ofBank bank: Int) -> Kilowatts { Kilowatts(self.physics.bankKilowatts[bank]) }

  /// Rigs with a closed line, per bank.
  public var closedLines: [Int] { self.physics.fleet.closedLines }
  /// Levels of all lines, bank by bank, rig by rig.
  public var lines: [Bool] { self.physics.fleet.lines }
  /// Positions of all contacts in the same order; they differ from `lines` only under a fault.
  public var contacts: [Bool] { self.physics.fleet.contacts }
  /// Lines that changed since the last `advance`.
  public var transitions: [LineTransition] { self.relays.transitions }
  /// Faults present now.
  public var presentFaults: FaultSet { self.faults.present }
  /// True while a fault is present from which the site must yet find its way back.
  public var isDisturbed: Bool { !self.faults.present.subtracting(FaultSchedule.outlastStorms).isEmpty }
  /// What this second's poll delivered for the grid meter.
  public var gridEvidence: GridEvidence { self.meters.gridEvidence }
  /// Age of the newest true grid reading that was delivered.
  public var gridSilence: Duration { .milliseconds(self.now.milliseconds - self.meters.newestGridSample) }
  /// World time since when no commit has worked; nil while the store works.
  public var storeFailing: MonotonicInstant? { self.storeFailingSince }

  /// True energies of a settlement slot; nil unless the board's trusted clock passed both its boundaries.
  public func truth(of slot: Slot) -> SlotTruth? { self.ledger.truth(of: slot) }

  /// The best weather forecast that can be made now: its error grows with the lead. Quarter hours, from the present one
  /// to `length` ahead.
  public func forecast(for length: Duration) -> WeatherSeries {
    self.physics.weather.forecast(at: self.wall, for: length)
  }

  /// The power PV and wind will really offer from the start of the run on, in kW: for planning with perfect foresight,
  /// against which forecasts are measured. Takes about a second for a month.
  public func trueGeneration(for length: Duration) -> IntervalSeries {
    self.firstWeather.generation(from: self.start, for: length)
  }

  // MARK: Meters and relays

  /// Polls all meters. `now` is the board's monotonic clock, which stamps the readings.
  public func poll(at now: MonotonicInstant) -> [Result<MeterReading, MeterFault>] {
    self.meters.poll(
      at: self.now, host: now, truths: self.physics.atMeters, ledger: &self.ledger, faults: &self.faults,
      tally: &self.tally)
  }

  /// A process requests all output lines, inactive.
  public func holdLines() { self.relays.hold() }

  /// The process that held the output lines died; they fall to their inactive level.
  public func releaseLines() {
    self.relays.release(fleet: &self.physics.fleet, at: self.now, tally: &self.tally)
  }

  public func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
    try self.relays.set(
      rig, closed: closed, fleet: &self.physics.fleet, at: self.now, faults: self.faults, tally: &self.tally)
  }

  public func level(of rig: RigID) -> Bool? {
    guard let index = self.physics.fleet.index(of: rig) else { return nil }
    return self.relays.level(
      at: index, line: self.physics.fleet.lines[index], faults: self.faults, tally: &self.tally)
  }

  // MARK: Board, processes and feeds

  /// The board loses power: its lines fall. The site lives on.
  public func powerOff() { self.releaseLines() }

  /// The board starts again, its clocks with it; the civil clock may come up wrong.
  public func powerOn() {
    self.bootClock()
    self.hostWall = self.host.moment.wall
  }

  private func bootClock() {
    if self.hostTime.boot(at: self.now, unsetChance: self.faults.unsetClockChance) {
      self.tally.begin(.clockNotSetAtBoot)
      self.tally.strike(.clockNotSetAtBoot)
    }
  }

  /// Asked wherever a process may die: between any two effects (`isIdle` false), and once in each tick that had none
  /// (`isIdle` true). Nearly always nil.
  public func processFault(isIdle: Bool) -> ProcessFault? {
    guard self.processes.isArmed, let (kind, fault) = self.processes.strike(isIdle: isIdle, at: self.now)
    else {
      return nil
    }
    self.tally.strike(kind)
    self.faults.finish(kind, at: self.now)
    return fault
  }

  /// How a feed answers now.
  public func ask(_ feed: Feed) -> FeedCondition {
    guard !self.faults.present.isEmpty else { return .works }
    let (condition, fault) = self.faults.condition(of: feed)
    if let fault { self.tally.strike(fault) }
    return condition
  }

  // MARK: Store

  /// What a commit made now meets, drawn by `SimulatedStore`.
  func commitFault() -> CommitFault? {
    let fault = CommitFault(self.faults)
    if let fault {
      self.tally.strike(fault.kind)
      if fault.kind == .powerCut { self.processes.tear() }
    }
    if let fault, fault.kind != .storeSlow {
      if self.storeFailingSince == nil { self.storeFailingSince = self.now }
    } else {
      self.storeFailingSince = nil
    }
    return fault
  }
}

/// True energy since the run began.
public struct TrueEnergy: Sendable, Hashable {
  public let imported: KilowattHours
  public let exported: KilowattHours
  /// Delivered by the generators, after curtailment.
  public let generated: KilowattHours
  public let curtailed: KilowattHours
  public let otherLoad: KilowattHours
  public let rigs: KilowattHours

  init(_ totals: EnergyTotals) {
    self.imported = KilowattHours(totals.imported)
    self.exported = KilowattHours(totals.exported)
    self.generated = KilowattHours(totals.generated)
    self.curtailed = KilowattHours(totals.curtailed)
    self.otherLoad = KilowattHours(totals.otherLoad)
    self.rigs = KilowattHours(totals.rigs)
  }
}
