public import Certificates
public import Control
public import Forecasting
public import JSONText
public import Jobs
public import Planning
public import Ports
public import Quantities
public import SiteModel

/// The control loop on its own thread: the shell of one running site. Its methods are synchronous inside, so nothing
/// interleaves within a tick.
public actor ControlService {
  /// What a site runs on, made on the loop's own thread because none of it may leave it.
  public struct Hardware {
    public var clock: any HostClock
    public var meters: any MeterBus
    public var outputs: Outputs
    /// Called before each tick: moves a simulated world on, which real hardware does by itself. False ends the run.
    public var advance: () -> Bool
    /// Tells a rig to stop before its relay opens; returns at once.
    public var askToStop: @Sendable (RigID, Site) -> Void = { _, _ in }
    public init(
      clock: any HostClock, meters: any MeterBus, outputs: Outputs,
      advance: @escaping () -> Bool = { true }
    ) {
      self.clock = clock
      self.meters = meters
      self.outputs = outputs
      self.advance = advance
    }

    public init(
      clock: any HostClock, meters: any MeterBus, relays: any RelayBank,
      advance: @escaping () -> Bool = { true }
    ) {
      self.init(clock: clock, meters: meters, outputs: .lines(relays), advance: advance)
    }

    /// Who owns the output lines.
    public enum Outputs {
      /// This process.
      case lines(any RelayBank)
      /// The relay holder in a process of its own.
      case held(any OutputCommands)
    }
  }

  /// What a tick leaves for others to do.
  public struct Work: Sendable {
    public var batch: RecordBatch?
    public var planCause: String?
    public var commands: [RelayCommand] = []
    public var alarms: [Alarm] = []
    public var clearedAlarms: [Alarm.Kind] = []
    /// The simulated world has ended; the run ends with it.
    public var isWorldGone = false
  }

  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

  private(set) var running: (shell: SiteShell, outputs: any OutputCommands, hardware: Hardware)?
  private var meters: RememberingMeterBus?
  /// Who waits for records to be durable, and up to which mark.
  var waiters: [(mark: Int, continuation: CheckedContinuation<Bool, Never>)] = []

  /// Ticks since the start, and seconds in which there was none.
  private var ticks = (done: Int64(0), missed: Int64(0), last: MonotonicInstant?.none)
  private var tickTimes = TickTimes()

  public init(executor: any SerialExecutor) { self.executor = executor }

  /// Takes the lines and begins with what the store still knew.
  public func start(
    site: Site, recovered: Recovered, identity: LogIdentity, hardware make: @Sendable () throws -> Hardware
  ) throws {
    let hardware = try make()
    let now = hardware.clock.now().moment
    let outputs: any OutputCommands =
      switch hardware.outputs {
      case .lines(let relays): RelayOutputs(site: site, relays: relays, startedAt: now.monotonic)
      case .held(let outputs): outputs
      }
    let engine = SiteEngine(site: site, recovered: recovered, identity: identity, now: now)
    let meters = RememberingMeterBus(hardware.meters)
    self.meters = meters
    let shell = SiteShell(
      engine: engine, meters: meters, outputs: outputs, askToStop: hardware.askToStop)
    // A stop that the site no longer has cannot be let go.
    if site.emergencyStop == nil { shell.handle(.emergencyStop(false), at: now) }
    self.running = (shell, outputs, hardware)
  }

  public func tick() -> Work {
    guard let (shell, outputs, hardware) = self.running, hardware.advance() else {
      return Work(isWorldGone: true)
    }
    let begin = ContinuousClock.now
    defer { self.tickTimes.add(ContinuousClock.now - begin) }
    let (now, evidence) = hardware.clock.now()
    if let last = self.ticks.last {
      self.ticks.missed += max(0, (now.monotonic.millisecondsSince(last) + 500) / 1000 - 1)
    }
    self.ticks.done += 1
    self.ticks.last = now.monotonic
    outputs.tick(at: now.monotonic)
    let outcome = shell.tick(at: now, evidence: evidence)
    return Work(
      batch: shell.takeBatch(), planCause: shell.takePlanRequest(at: now),
      commands: outcome.opens + outcome.closes, alarms: outcome.alarms,
      clearedAlarms: outcome.clearedAlarms.map(\.kind))
  }

  /// What became of the batch a tick or the last `stored` handed out; returns the next one, if any.
  public func stored(_ result: Result<Void, StoreError>) -> RecordBatch? {
    guard let (shell, _, hardware) = self.running else { return nil }
    shell.stored(result, at: hardware.clock.now().moment)
    self.answerWaiters(result)
    if case .failure = result { return nil }  // the next tick offers it again
    return shell.takeBatch()
  }

  /// The site's present in a planner's terms.
  public func planRequest(cause: String, inputs: SiteInputs, solver: @Sendable (Site) -> SolverSettings)
    -> PlanRequest?
  {
    guard let (shell, _, hardware) = self.running else { return nil }
    let now = hardware.clock.now().moment
    return PlanRequest(
      site: shell.engine.site, inputs: inputs, history: shell.engine.history,
      state: shell.engine.planningState(at: now), now: now.wall,
      cause: cause,
      solver: solver(shell.engine.site))
  }

  public func planned(_ result: Result<AuditedPlan, NoPlan>) {
    guard let (shell, _, hardware) = self.running else { return }
    let now = hardware.clock.now().moment
    switch result {
    case .success(let plan): shell.planned(plan, at: now)
    case .failure(let refusal): shell.handle(.planWithdrawn(refusal.description), at: now)
    }
  }

  public var site: Site? { self.running?.shell.engine.site }

  /// What the meters showed in the last tick; nil when they did not.
  public var power: SitePower? { self.running?.shell.power }

  /// The wall time of the site's own clock.
  public var wall: UTCInstant? { self.running?.hardware.clock.now().moment.wall }

  /// Puts a checked site file in force; returns why not. What is wired to the outputs cannot change under a running
  /// relay holder.
  public func reconfigure(_ site: Site) -> String? {
    guard let (shell, _, hardware) = self.running else { return "the site is not running" }
    let old = shell.engine.site
    guard RelayTable(site) == RelayTable(old), site.meters == old.meters, site.buses == old.buses else {
      return "banks, relay lines, meters or buses changed; restart the service to apply them"
    }
    shell.reconfigure(site, at: hardware.clock.now().moment, text: "site file reloaded")
    return nil
  }

  /// Where the feeds stand; returns those that left or reached their first rung.
  public func noteFeeds(_ feeds: [FeedState]) -> [FeedState] {
    guard let (shell, _, hardware) = self.running else { return [] }
    let before = shell.engine.feeds
    shell.noteFeeds(feeds, at: hardware.clock.now().moment)
    return feeds.filter { state in
      (before.first { $0.feed == state.feed }?.rung ?? .fresh) != state.rung
    }
  }

  /// A plan is worth making anew; it comes when its turn does.
  public func wantPlan(_ cause: String) { self.running?.shell.wantPlan(cause) }

  public func note(_ kind: EventKind, _ text: String) {
    guard let (shell, _, hardware) = self.running else { return }
    shell.note(kind, text, at: hardware.clock.now().moment)
  }

  /// Leaves the outputs in their policy and returns what is still to be written, oldest first.
  public func stop() -> RecordBatch? {
    guard let (shell, outputs, hardware) = self.running else { return nil }
    let now = hardware.clock.now().moment
    outputs.applyPolicy(at: now.monotonic)
    shell.note(.stopped, "stopped; outputs left in their policy", at: now)
    self.dismissWaiters()
    return shell.takeBatch()
  }

  public func status() -> JSONValue {
    guard let (shell, _, hardware) = self.running else { return .null }
    guard case .object(let members) = StatusReport.status(of: shell.engine, at: hardware.clock.now().moment)
    else { return .null }
    return .object(
      members + [
        .init("ticks", .integer(self.ticks.done)), .init("ticks_missed", .integer(self.ticks.missed)),
        .init("tick_ms", self.tickTimes.json),
      ])
  }

  /// The site as it is now; nil before the start.
  public func picture() -> SitePicture? {
    guard let (shell, _, hardware) = self.running else { return nil }
    return SitePicture(
      site: shell.engine.site, now: hardware.clock.now().moment, status: self.status(),
      plan: shell.engine.plan, readings: self.meters?.last ?? [], controller: shell.engine.controller.status()
    )
  }

  /// Does what a person asks for and waits for its record: true once that is durable, false when the store fails.
  public func grant(
    _ wish: @Sendable (SiteEngine, UTCInstant) -> Result<PersonsWish, PersonsWish.Refusal>
  ) async -> Result<Bool, PersonsWish.Refusal> {
    guard let (shell, _, hardware) = self.running else {
      return .failure(PersonsWish.Refusal("the site is not running"))
    }
    let now = hardware.clock.now().moment
    switch wish(shell.engine, now.wall) {
    case .failure(let refusal): return .failure(refusal)
    case .success(.control(let event)): shell.handle(event, at: now)
    case .success(.controls(let events)): for event in events { shell.handle(event, at: now) }
    case .success(.add(let event)): shell.add(event, at: now)
    case .success(.cancelDemandEvent(let name)): shell.cancelDemandEvent(named: name, at: now)
    }
    return .success(await self.isDurable(shell.engine.records.queuedMark))
  }

  /// Demand-response events of the site file and of the run.
  public func demandEvents() -> (file: [DemandEvent], added: [DemandEvent]) {
    guard let (shell, _, _) = self.running else { return ([], []) }
    return (shell.engine.site.demandEvents, shell.engine.demandEvents)
  }

  /// What is known of the rig a person named; nil when there is no such rig.
  public func whyFacts(_ name: String) -> WhyFacts? {
    guard let (shell, _, hardware) = self.running, let rig = shell.engine.site.rig(named: name) else {
      return nil
    }
    return WhyFacts(of: shell.engine, rig: rig, at: hardware.clock.now().moment)
  }
}

/// The record on its own thread.
public actor StoreService {
  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  private var store: (any Store)?

  public init(executor: any SerialExecutor) { self.executor = executor }

  /// Opens the store on this thread and returns what it knows.
  public func open(_ make: @Sendable () throws(StoreError) -> any Store) throws(StoreError) -> Recovered {
    let store = try make()
    self.store = store
    return try store.recover()
  }

  public func commit(_ batch: RecordBatch) -> Result<Void, StoreError> {
    guard let store = self.store else { return .failure(.failed("the store is not open")) }
    do throws(StoreError) {
      try store.commit(batch)
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  public func close() { self.store = nil }
}

/// The planner on its own thread.
public actor PlanningService {
  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  private let solver: any Solver
  /// Where the last plan ended; gone with the process.
  private var planner: RollingPlanner

  public init(executor: any SerialExecutor, solver: any Solver) {
    self.executor = executor
    self.solver = solver
    self.planner = RollingPlanner(solver: solver)
  }

  public func plan(_ request: PlanRequest) -> Result<AuditedPlan, NoPlan> {
    SitePlanner.plan(request, planner: &self.planner)
  }

  /// What can be promised to a new job, on the site that `request` describes without it.
  public func promise(for job: Job, _ request: PlanRequest) -> JobPromise {
    JobAdmission.promise(for: job, request, solver: self.solver)
  }
}
