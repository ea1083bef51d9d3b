public import Quantities
public import SiteModel

/// Decides what every rig of a site does: a pure, synchronous value. Events go in with the instant they
/// happened at, effects come out in the order the shell must perform them.
///
/// The rules stand in their own types (`ImportGuard`, `ClockTrust`, `Outage`, `PlanFollower`, `Trim`, ...);
/// the controller keeps their state and applies them in the order of authority. After any start every output
/// counts as just switched. Without a plan each bank runs its `minimumRunning` and no more. An import guard
/// that trips sheds in the same call that brought the reading; everything else is decided at the tick.
public struct Controller: Sendable {
  public internal(set) var site: Site
  /// Rises whenever `state` changed, so that the shell stores it when it must and not every second.
  public internal(set) var stateRevision = 0

  var timing: Timing
  var now: MonotonicInstant
  var rigs: [RigState]
  /// Why each rig was last switched, and why it is locked out. Apart from `rigs`, which is scanned.
  var switchReasons: [Reason]
  /// How far the last command to each rig was proved; nil before the first.
  var switchProofs: [SwitchProof?]
  var lockOuts: [String?]
  /// Rigs that a person holds on or off. Empty but for the odd hour.
  var rigOverrides: [RigOverride] = []
  var banks: [BankState]
  var meters: [MeterWatch]
  /// Index of the meter at the grid connection; nil in a site without one, which then never starts a rig.
  var siteMeter: Int?
  /// All generation is metered, so that the meters can be held against each other.
  var isBalanced: Bool

  var importGuard: ImportGuard
  var room: Room
  var capInForce: CapInForce
  /// Demand-response events besides those of the site file.
  var demandEvents: [DemandEvent] = []
  var reclose = Reclose()
  var clock: ClockTrust
  var meterOutage = Outage()
  /// Since when the site meter has been good again; nil while it is not.
  var meterGoodSince: MonotonicInstant?
  var storeOutage = Outage()
  var clockOutage = Outage()
  var isInFallback = false
  var isEmergencyStopped = false
  var plan = PlanFollower()
  /// Until then a controller that has had no plan yet leaves everything as it found it.
  var plansAwaited: MonotonicInstant
  var expectsImport = true
  var trim = Trim()
  var lastClose: MonotonicInstant
  /// No line proof is due before this.
  var nextLineDue = MonotonicInstant(milliseconds: .max)
  /// End of the local day the starts are counted in.
  var dayEnd = UTCInstant(milliseconds: .min)
  var alarms = AlarmBoard()
  var refusals = Refusals()

  /// - Parameters:
  ///   - restored: what the last run left; banks are matched by name and number of rigs.
  ///   - newestRecord: wall time of the newest record; the clock is never trusted before it.
  public init(
    site: Site, startedAt now: Moment, restored: ControllerState? = nil, newestRecord: UTCInstant? = nil
  ) {
    let timing = Timing(site.control)
    self.site = site
    self.timing = timing
    self.now = now.monotonic
    self.rigs = []
    self.banks = []
    self.meters = []
    self.switchReasons = []
    self.switchProofs = []
    self.lockOuts = []
    self.isBalanced = false
    self.importGuard = ImportGuard(cap: site.grid.importCap, startedAt: now.monotonic)
    self.room = Room(cap: site.grid.importCap)
    self.capInForce = CapInForce(connection: site.grid.importCap, events: site.demandEvents)
    self.clock = ClockTrust(
      holdover: timing.clockHoldover, trustsBattery: site.control.trustsBatteryClock,
      newestRecord: newestRecord,
      startedAt: now)
    self.lastClose = now.monotonic
    self.plansAwaited = now.monotonic.advanced(byMilliseconds: timing.staleHold)
    self.layOut()
    self.watchMeters()
    if let restored { self.restore(restored, at: now) }
  }

  public mutating func handle(_ event: ControlEvent, at now: Moment) -> [ControlEffect] {
    var effects: [ControlEffect] = []
    self.handle(event, at: now, into: &effects)
    return effects
  }

  /// Appends what must happen to `effects`; allocates nothing on a quiet tick when the buffer has room. The
  /// monotonic clock cannot go back: an earlier instant counts as the latest one seen.
  public mutating func handle(_ event: ControlEvent, at now: Moment, into effects: inout [ControlEffect]) {
    self.now = max(self.now, now.monotonic)
    let now = Moment(monotonic: self.now, wall: now.wall)
    switch event {
    case .tick(let evidence): self.tick(evidence, at: now, into: &effects)
    case .reading(let reading): self.take(reading, into: &effects)
    case .readingFailed(let meter, let fault): self.readingFailed(meter, fault, into: &effects)
    case .plan(let directive): self.follow(directive, into: &effects)
    case .planWithdrawn(let why): self.withdrawPlan(why, into: &effects)
    case .relaySent(let rig, let closed, let accepted):
      self.relaySent(rig, closed: closed, accepted: accepted, into: &effects)
    case .relayReadBack(let rig, let closed): self.readBack(rig, closed: closed, into: &effects)
    case .overrideSet(let wish): self.setOverride(wish, at: now, into: &effects)
    case .overrideCleared(let bank): self.clearOverride(bank, into: &effects)
    case .rigOverrideSet(let wish): self.setOverride(wish, at: now, into: &effects)
    case .rigOverrideCleared(let rig): self.clearOverride(rig, into: &effects)
    case .lockOut(let rig, let why): self.lockOut(rig, why: why, into: &effects)
    case .lockOutCleared(let rig): self.clearLockOut(rig, into: &effects)
    case .emergencyStop(let isPressed): self.emergencyStop(isPressed, into: &effects)
    case .demandEvents(let events): self.take(events, at: now, into: &effects)
    case .clockConfirmed: self.confirmClock(at: now, into: &effects)
    case .storeFailed(let failed): self.storeFailed(failed, into: &effects)
    }
  }

  func index(of rig: RigID) -> Int? {
    guard self.banks.indices.contains(rig.bank), rig.rig >= 0, rig.rig < self.banks[rig.bank].rigs.count
    else {
      return nil
    }
    return self.banks[rig.bank].rigs.lowerBound + rig.rig
  }

  func id(of index: Int) -> RigID {
    let bank = self.rigs[index].bank
    return RigID(bank: bank, rig: index - self.banks[bank].rigs.lowerBound)
  }

  mutating func record(
    _ kind: EventKind, _ rig: RigID? = nil, _ text: String, into effects: inout [ControlEffect]
  ) {
    effects.append(.record(.event(kind: kind, rig: rig, text: text)))
  }

  mutating func refuse(_ text: @autoclosure () -> String, into effects: inout [ControlEffect]) {
    if let text = self.refusals.refuse(text(), at: self.now) {
      self.record(.refused, nil, text, into: &effects)
    }
  }
}
