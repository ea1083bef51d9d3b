public import Certificates
public import Control
public import Forecasting
public import Planning
public import Ports
public import Quantities
public import SiteModel
import Synchronization

/// A site that runs: its services, and their supervision from start to the way down. It knows no clock, file or
/// socket; what does is handed in.
public final class RunningSite: Sendable {
  /// What a site is run with.
  public struct Parts: Sendable {
    public var site: Site
    public var controlExecutor: any SerialExecutor
    public var storeExecutor: any SerialExecutor
    public var plannerExecutor: any SerialExecutor
    public var openStore: @Sendable () throws(StoreError) -> any Store
    /// Who signs the log. Given what the store holds of one; throws when the log cannot be continued.
    public var identity: @Sendable (LogHead?) throws -> LogIdentity
    /// Called on the control thread, which owns what it returns.
    public var hardware: @Sendable () throws -> ControlService.Hardware
    public var solver: any Solver
    public var solverSettings: @Sendable (Site) -> SolverSettings
    /// Reads the feeds at a time of the site's own clock.
    public var readInputs: @Sendable (Site, UTCInstant) async -> SiteInputs
    public var log: @Sendable (Notice) -> Void
    /// Called after every completed tick of control: what a watchdog lives on.
    public var ticked: @Sendable () -> Void = {}

    public init(
      site: Site, controlExecutor: any SerialExecutor, storeExecutor: any SerialExecutor,
      plannerExecutor: any SerialExecutor, openStore: @escaping @Sendable () throws(StoreError) -> any Store,
      identity: @escaping @Sendable (LogHead?) throws -> LogIdentity,
      hardware: @escaping @Sendable () throws -> ControlService.Hardware, solver: any Solver,
      solverSettings: @escaping @Sendable (Site) -> SolverSettings,
      readInputs: @escaping @Sendable (Site, UTCInstant) async -> SiteInputs,
      log: @escaping @Sendable (Notice) -> Void
    ) {
      self.site = site
      self.controlExecutor = controlExecutor
      self.storeExecutor = storeExecutor
      self.plannerExecutor = plannerExecutor
      self.openStore = openStore
      self.identity = identity
      self.hardware = hardware
      self.solver = solver
      self.solverSettings = solverSettings
      self.readInputs = readInputs
      self.log = log
    }
  }

  /// What a person reading the journal should know.
  public enum Notice: Sendable {
    case switched(RelayCommand)
    case alarm(Alarm)
    case alarmCleared(Alarm.Kind)
    case planned(status: String, cause: String)
    case noPlan(String)
    case feedChanged(FeedState)
    case storeProblem(StoreError)
    case reloaded
    case reloadRefused(String)
  }

  public let control: ControlService
  private let store: StoreService
  let planner: PlanningService
  public let parts: Parts
  private let isStopping = Atomic(false)

  public init(_ parts: Parts) {
    self.parts = parts
    self.control = ControlService(executor: parts.controlExecutor)
    self.store = StoreService(executor: parts.storeExecutor)
    self.planner = PlanningService(executor: parts.plannerExecutor, solver: parts.solver)
  }

  /// Opens the record and takes the hardware.
  public func start() async throws {
    let recovered = try await self.store.open(self.parts.openStore)
    let identity = try self.parts.identity(recovered.log)
    try await self.control.start(
      site: self.parts.site, recovered: recovered, identity: identity, hardware: self.parts.hardware)
  }

  /// Ends the run with the next tick.
  public func stop() { self.isStopping.store(true, ordering: .releasing) }

  /// Runs a tick for every element of `ticks` until `stop` or the end of the sequence, then goes down in order:
  /// outputs to their policy, records to the store, store closed. `isStepped`: time moves only with a tick, so each
  /// finishes what the last one began.
  public func run(ticks: AsyncStream<Void>, isStepped: Bool = false) async {
    await withDiscardingTaskGroup { group in
      for await _ in ticks {
        if self.isStopping.load(ordering: .acquiring) { break }
        let work = await self.control.tick()
        self.parts.ticked()
        for command in work.commands { self.parts.log(.switched(command)) }
        for alarm in work.alarms { self.parts.log(.alarm(alarm)) }
        for kind in work.clearedAlarms { self.parts.log(.alarmCleared(kind)) }
        if isStepped {
          await self.finish(work)
        } else {
          if let batch = work.batch { group.addTask { await self.commit(batch) } }
          if let cause = work.planCause { group.addTask { await self.plan(because: cause) } }
        }
        if work.isWorldGone { break }
      }
    }
    if let batch = await self.control.stop() { await self.commit(batch) }
    await self.store.close()
  }

  /// Puts a newly read site file in force, or says why the old one stays.
  public func reload(_ result: Result<Site, ReloadRefusal>) async {
    switch result {
    case .failure(let refusal):
      self.parts.log(.reloadRefused(refusal.text))
      await self.control.note(
        .configurationChanged, "site file not reloaded, the old one stays in force: \(refusal.text)")
    case .success(let site):
      if let refusal = await self.control.reconfigure(site) {
        self.parts.log(.reloadRefused(refusal))
      } else {
        self.parts.log(.reloaded)
      }
    }
  }

  /// Why a site file was not put in force.
  public struct ReloadRefusal: Error, Sendable {
    public let text: String
    public init(_ text: String) { self.text = text }
  }

  private func finish(_ work: ControlService.Work) async {
    if let batch = work.batch { await self.commit(batch) }
    if let cause = work.planCause { await self.plan(because: cause) }
  }

  func commit(_ first: RecordBatch) async {
    var next: RecordBatch? = first
    while let batch = next {
      let result = await self.store.commit(batch)
      if case .failure(let error) = result { self.parts.log(.storeProblem(error)) }
      next = await self.control.stored(result)
    }
  }

  /// Makes a plan at once and puts it in force. Who asks again while that goes on waits.
  public func plan(because cause: String) async {
    guard let site = await self.control.site, let now = await self.control.wall else { return }
    let inputs = await self.parts.readInputs(site, now)
    for state in await self.control.noteFeeds(inputs.feeds) { self.parts.log(.feedChanged(state)) }
    guard
      let request = await self.control.planRequest(
        cause: cause, inputs: inputs, solver: self.parts.solverSettings)
    else { return }
    let result = await self.planner.plan(request)
    await self.control.planned(result)
    switch result {
    case .success(let plan): self.parts.log(.planned(status: plan.status, cause: plan.cause))
    case .failure(let refusal): self.parts.log(.noPlan(refusal.description))
    }
  }
}
