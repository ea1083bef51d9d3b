public import Control
public import Forecasting
public import Jobs
public import Ports
import Quantities
public import SiteModel

/// Performs what the engine decides: opens at once, records to the store, closes once the records are durable
/// (`docs/decisions/0003`). One thread owns it. Storing and planning may take their time elsewhere; their results come
/// back through `stored` and `planned`.
public final class SiteShell {
  /// A close that has waited this long for the store is dropped; the controller decides again.
  private static let longestCloseWait = Duration.seconds(5)

  private static let planSpacing = Duration.seconds(30)
  /// The same for a plan that somebody waits for.
  private static let urgentSpacing = Duration.seconds(3)

  public private(set) var engine: SiteEngine
  /// What the meters showed in the last tick.
  public private(set) var power: SitePower?
  /// Why a plan is wanted; nil when none is. The owner takes it with `takePlanRequest`.
  private var planRequest: String?
  private var isPlanUrgent = false
  private var lastPlanAsked: MonotonicInstant?
  /// Reports of the present tick; kept for its storage.
  private var reports: [OutputReport] = []
  /// Closes not sent yet, in the order they were decided: until their records are kept, then until their turn comes.
  private var waitingCloses: [(command: RelayCommand, since: MonotonicInstant, isKept: Bool)] = []
  private var lastCloseSent: MonotonicInstant?
  private var softStops = SoftStops()
  private let askToStop: @Sendable (RigID, Site) -> Void
  /// What the bank meters showed in the last tick.
  private var bankPower: [Int: Kilowatts] = [:]
  private var isStoring = false
  private var knowsLines = false
  private let meters: any MeterBus
  private let outputs: any OutputCommands
  /// Lines closed since the last time anything was done, per bank: what the time until the next tick counts for.
  private var closedRelays: [Int]

  /// `askToStop` tells a rig of a bank with a soft stop, and returns at once.
  public init(
    engine: SiteEngine, meters: any MeterBus, outputs: any OutputCommands,
    askToStop: @escaping @Sendable (RigID, Site) -> Void = { _, _ in }
  ) {
    self.askToStop = askToStop
    self.engine = engine
    self.meters = meters
    self.outputs = outputs
    self.closedRelays = outputs.closedCounts
  }

  /// One second of the site: read, decide, act. Returns what the tick decided.
  public func tick(at now: Moment, evidence: ClockEvidence) -> SiteEngine.Outcome {
    let closedRelays = self.closedRelays
    self.reports.removeAll(keepingCapacity: true)
    self.outputs.takeReports(into: &self.reports)
    if !self.knowsLines {
      // What the last checkpoint said of them may never have happened, or be over.
      self.outputs.readLevels(into: &self.reports)
      self.knowsLines = true
    }
    let reported = self.reports.map { self.absorb($0, at: now) }
    let readings = self.meters.poll(at: now.monotonic)
    self.power = SitePower(readings, site: self.engine.site)
    self.bankPower = Self.bankPower(readings, site: self.engine.site)
    var outcome = self.engine.tick(
      readings: readings, evidence: evidence, closedRelays: closedRelays, at: now)
    self.perform(outcome, at: now)
    self.openStopped(at: now)
    self.dropStaleCloses(at: now)
    self.sendNextClose(at: now)
    for earlier in reported.reversed() {
      outcome.opens.insert(contentsOf: earlier.opens, at: 0)
      outcome.closes.insert(contentsOf: earlier.closes, at: 0)
      outcome.alarms.insert(contentsOf: earlier.alarms, at: 0)
      outcome.clearedAlarms.insert(contentsOf: earlier.clearedAlarms, at: 0)
    }
    return outcome
  }

  /// Anything that happens between ticks.
  @discardableResult
  public func handle(_ event: ControlEvent, at now: Moment) -> SiteEngine.Outcome {
    let outcome = self.engine.handle(event, at: now)
    self.perform(outcome, at: now)
    return outcome
  }

  public func reconfigure(_ site: Site, at now: Moment, text: String) {
    // Rigs may have other names and banks from here on.
    for command in self.softStops.flush() { self.outputs.command(command, at: now.monotonic) }
    self.perform(self.engine.reconfigure(site, at: now, text: text), at: now)
  }

  public func add(_ event: DemandEvent, at now: Moment) {
    self.perform(self.engine.add(event, at: now), at: now)
  }

  public func cancelDemandEvent(named name: String, at now: Moment) {
    self.perform(self.engine.cancelDemandEvent(named: name, at: now), at: now)
  }

  public func note(_ kind: EventKind, _ text: String, at now: Moment) {
    self.engine.note(kind, text, at: now)
  }

  public func noteFeeds(_ feeds: [FeedState], at now: Moment) { self.engine.noteFeeds(feeds, at: now) }

  /// Takes a new job.
  public func add(_ job: Job, promise: JobPromise, at now: Moment) {
    self.perform(self.engine.add(job, promise: promise, at: now), at: now)
  }

  /// Takes an open job back; false when there is none of this name.
  public func cancelJob(_ id: String, at now: Moment) -> Bool {
    let (outcome, isCancelled) = self.engine.cancelJob(id, at: now)
    self.perform(outcome, at: now)
    return isCancelled
  }

  // MARK: Planning

  /// Why a plan is wanted, once per wish. Wishes within `planSpacing` of the last plan wait, so that a restless site
  /// cannot keep the planner busy; the first wish and a new slot do not.
  public func takePlanRequest(at now: Moment) -> String? {
    guard let request = self.planRequest else { return nil }
    let spacing = self.isPlanUrgent ? Self.urgentSpacing : Self.planSpacing
    if request != SiteEngine.newSlotCause, let last = self.lastPlanAsked,
      now.monotonic.millisecondsSince(last) < spacing.wholeMilliseconds
    {
      return nil
    }
    self.planRequest = nil
    self.isPlanUrgent = false
    self.lastPlanAsked = now.monotonic
    return request
  }

  /// Wishes for a plan; a wish that waits already keeps its cause.
  public func wantPlan(_ cause: String) { self.planRequest = self.planRequest ?? cause }

  public func planned(_ plan: AuditedPlan, at now: Moment) {
    self.perform(self.engine.accept(plan, at: now), at: now)
  }

  // MARK: Storing

  /// The batch to make durable now; nil when there is none or one is on its way. Answer with `stored`.
  public func takeBatch() -> RecordBatch? {
    guard !self.isStoring, let batch = self.engine.nextBatch() else { return nil }
    self.isStoring = true
    return batch
  }

  /// What became of the batch taken last.
  public func stored(_ result: Result<Void, StoreError>, at now: Moment) {
    self.isStoring = false
    switch result {
    case .success:
      self.perform(self.engine.batchCommitted(at: now), at: now)
      if self.engine.records.isEmpty {
        for index in self.waitingCloses.indices { self.waitingCloses[index].isKept = true }
        self.sendNextClose(at: now)
      }
    case .failure(let error):
      if case .refused(let why) = error { self.engine.batchRefused(why, at: now) }
      self.perform(self.engine.batchFailed(at: now), at: now)
      self.dropCloses(at: now) { _ in true }
    }
  }

  // MARK: Acting

  private func perform(_ outcome: SiteEngine.Outcome, at now: Moment) {
    for command in outcome.opens {
      self.waitingCloses.removeAll { $0.command.rig == command.rig }
      if self.asksFirst(command, at: now) { continue }
      _ = self.softStops.end(command.rig)
      self.outputs.command(command, at: now.monotonic)
    }
    // Where relays open for safety, nobody waits for the others either.
    if outcome.opens.contains(where: { $0.authority < .override }) {
      for command in self.softStops.flush() { self.outputs.command(command, at: now.monotonic) }
    }
    for command in outcome.closes {
      // Its minimum off time is longer than its drain, so this is never the case; a relay must not close unopened.
      if let open = self.softStops.end(command.rig) { self.outputs.command(open, at: now.monotonic) }
      self.softStops.started(in: command.rig.bank)
    }
    // What still waits was decided for more rigs than may run now, and the contacts that open need their time.
    if !outcome.opens.isEmpty { self.dropCloses(at: now) { _ in true } }
    for command in outcome.closes { self.waitingCloses.append((command, now.monotonic, false)) }
    if let cause = outcome.replan { self.planRequest = cause }
    if outcome.isUrgent { self.isPlanUrgent = true }
    if outcome.heartbeat { self.outputs.heartbeat(at: now.monotonic) }
    self.closedRelays = self.outputs.closedCounts
  }

  // MARK: Soft stops

  /// True when the rig was asked to stop, or has been, and its relay opens later.
  private func asksFirst(_ command: RelayCommand, at now: Moment) -> Bool {
    let bank = self.engine.site.banks[command.rig.bank]
    guard let drain = bank.drain(openedBy: command.authority),
      self.closedRelays.indices.contains(command.rig.bank)
    else { return false }
    if self.softStops.isWaiting(command.rig) { return true }
    self.softStops.begin(
      command, until: now.monotonic + drain, drawn: self.bankPower[command.rig.bank],
      running: self.closedRelays[command.rig.bank], nominal: bank.draw)
    self.askToStop(command.rig, self.engine.site)
    return true
  }

  private func openStopped(at now: Moment) {
    guard !self.softStops.isEmpty else { return }
    let controller = self.engine.controller
    let due = self.softStops.due(at: now.monotonic, drawn: { self.bankPower[$0] }) { rig in
      controller.status(of: rig).map { $0.isLockedOut || $0.authority < .override } ?? true
    }
    for command in due { self.outputs.command(command, at: now.monotonic) }
    if !due.isEmpty { self.closedRelays = self.outputs.closedCounts }
  }

  private static func bankPower(_ readings: [Result<MeterReading, MeterFault>], site: Site) -> [Int:
    Kilowatts]
  {
    var power: [Int: Kilowatts] = [:]
    for (meter, reading) in zip(site.meters, readings) {
      if case .bank(let bank) = meter.subject, case .success(let reading) = reading {
        power[bank] = reading.power
      }
    }
    return power
  }

  /// One close at a time, the stagger apart, however many a slow store let go at once: what waited at the relay holder
  /// instead would close whatever has been decided since.
  private func sendNextClose(at now: Moment) {
    // Decided while the site could see, and too late now that it cannot.
    guard self.engine.controller.mayStart else { return self.dropCloses(at: now) { _ in true } }
    let stagger = self.engine.site.control.stagger.wholeMilliseconds
    while let next = self.waitingCloses.first, next.isKept {
      if let last = self.lastCloseSent, now.monotonic.millisecondsSince(last) < stagger { return }
      self.waitingCloses.removeFirst()
      self.lastCloseSent = now.monotonic
      self.outputs.command(next.command, at: now.monotonic)
      self.closedRelays = self.outputs.closedCounts
    }
  }

  private func dropStaleCloses(at now: Moment) {
    guard !self.waitingCloses.isEmpty else { return }
    let limit = Self.longestCloseWait.wholeMilliseconds
    self.dropCloses(at: now) { now.monotonic.millisecondsSince($0) > limit }
  }

  private func dropCloses(at now: Moment, where isDropped: (MonotonicInstant) -> Bool) {
    let dropped = self.waitingCloses.filter { isDropped($0.since) }
    guard !dropped.isEmpty else { return }
    self.waitingCloses.removeAll { isDropped($0.since) }
    for waiting in dropped {
      self.perform(
        self.engine.handle(.relaySent(waiting.command.rig, closed: true, accepted: false), at: now), at: now)
    }
  }

  /// Returns what the report led to.
  private func absorb(_ report: OutputReport, at now: Moment) -> SiteEngine.Outcome {
    switch report {
    case .sent(let rig, let closed, let accepted):
      return self.handle(.relaySent(rig, closed: closed, accepted: accepted), at: now)
    case .readBack(let rig, let closed):
      // A line proves nothing against its relay while its rig has been asked to stop, nor while nobody has told it to close.
      if closed, self.softStops.isWaiting(rig) { return SiteEngine.Outcome() }
      if !closed, self.waitingCloses.contains(where: { $0.command.rig == rig }) {
        return SiteEngine.Outcome()
      }
      return self.handle(.relayReadBack(rig, closed: closed), at: now)
    case .emergencyStop(let isPressed): return self.handle(.emergencyStop(isPressed), at: now)
    }
  }
}
