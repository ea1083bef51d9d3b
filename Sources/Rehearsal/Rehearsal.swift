import Certificates
import Control
import Cryptography
public import Jobs
public import Planning
public import Ports
public import Quantities
public import Simulation
public import SiteController
public import SiteModel

/// The real controller on a simulated site, as fast as it goes: the processes of the board with their deaths and
/// restarts, the world's clock, and the books. One seed gives one course of events.
public final class Rehearsal {
  public struct Settings: Sendable {
    public var site: Site
    public var days: Int
    public var seed: UInt64
    public var start: UTCInstant
    public var faults: FaultPlan
    public var inputs: SiteInputs
    /// Plans know the generation to come, which measures what forecasts are worth.
    public var hasForesight: Bool
    public var solver: SolverSettings
    /// In the order of their times.
    public var jobs: [JobArrival]

    public init(
      site: Site, days: Int, seed: UInt64, start: UTCInstant, faults: FaultPlan,
      inputs: SiteInputs = SiteInputs(), hasForesight: Bool = false, solver: SolverSettings,
      jobs: [JobArrival] = []
    ) {
      self.hasForesight = hasForesight
      self.jobs = jobs
      self.site = site
      self.days = days
      self.seed = seed
      self.start = start
      self.faults = faults
      self.inputs = inputs
      self.solver = solver
    }
  }

  public let world: SimulatedSite
  public private(set) var book: RehearsalBook
  /// Why the record was given up; nil while it takes everything.
  public private(set) var recordFailure: StoreError?
  private let settings: Settings
  /// Gets every batch that the simulated store keeps: a database of the simulated time.
  private let record: (any Store)?
  private let solver: any Solver
  /// The controller's, which dies with it.
  private var planner: RollingPlanner
  private let bug: PlantedBug?
  private let memory: SimulatedStore
  /// The key follows from the seed, so that a rehearsal replays to the last signature.
  private let identity: LogIdentity
  /// `memory`, or a bug in front of it.
  private let store: any Store
  private let clock: SimulatedClock
  private let meters: SimulatedMeterBus
  private var inputs: SimulatedInputs
  private var watch: RehearsalWatch
  private var journal: RehearsalJournal?
  private var mortal: MortalOutputs
  private var desk: JobDesk
  private var shell: SiteShell?
  /// World time at which a dead process starts again; nil while it lives.
  private var holderBack: MonotonicInstant?
  private var controllerBack: MonotonicInstant?
  private var isBoardDown = false
  private var commitDue: (result: Result<Void, StoreError>, at: MonotonicInstant)?

  /// `record` gets every batch that the simulated store keeps.
  public init(
    _ settings: Settings, solver: any Solver, planting bug: PlantedBug? = nil, record: (any Store)? = nil
  ) {
    self.settings = settings
    self.record = record
    self.solver = solver
    self.planner = RollingPlanner(solver: solver)
    self.bug = bug
    let world = SimulatedSite(
      site: settings.site, weather: settings.inputs.weather, start: settings.start, seed: settings.seed,
      faults: settings.faults)
    let memory = SimulatedStore(world)
    self.world = world
    self.memory = memory
    self.identity = LogIdentity(siteName: settings.site.name, key: .rehearsal(seed: settings.seed))
    self.store = bug.map { SabotagedStore(memory, bug: $0) } ?? memory
    self.clock = SimulatedClock(world)
    self.meters = SimulatedMeterBus(world)
    let length = Duration.hours(24 * settings.days) + settings.site.planner.horizon + .hours(1)
    self.inputs = SimulatedInputs(
      world: world, files: settings.inputs,
      foresight: settings.hasForesight ? world.trueGeneration(for: length) : nil)
    self.watch = RehearsalWatch(world: world)
    self.desk = JobDesk(site: settings.site, arrivals: settings.jobs)
    self.book = RehearsalBook(site: settings.site, start: settings.start, days: settings.days)
    self.mortal = MortalOutputs(world: world, outputs: nil)
    self.startHolder()
    self.startController()
  }

  /// From now on `write` receives the course of events, line by line.
  public func keepJournal(_ write: @escaping (String) -> Void) {
    self.journal = RehearsalJournal(site: self.settings.site, write: write)
  }

  /// Runs to the end. `progress` hears of every simulated hour as a share from 0 to 1.
  public func run(progress: (Double) -> Void = { _ in }) {
    let seconds = self.settings.days * 86_400
    for second in 0..<seconds {
      self.step()
      if second % 3600 == 0 { progress(Double(second) / Double(seconds)) }
    }
    self.desk.check(self.jobs, steps: self.memory.jobSteps)
    progress(1)
  }

  /// The jobs as the site knows them at the end, or as its record does when nobody lives.
  public var jobs: JobBook { self.shell?.engine.jobs ?? JobBook(self.recover().jobs) }

  /// Every step of every job that was recorded.
  public var jobSteps: [JobTransition] { self.memory.jobSteps }

  /// Where the site broke its word about a job it had acknowledged, or counted work that nobody did.
  public var jobFaults: [String] { self.desk.faults }

  /// Requests for jobs that were not taken, with the reason.
  public var jobRefusals: [String] { self.desk.refusals }

  /// Violations of the invariants so far.
  public var violations: ViolationLog { self.watch.log }

  // MARK: One second

  private func step() {
    self.world.advance()
    self.book.observe(self.world)
    self.desk.observe(self.world)
    self.journal?.observe(self.world)
    self.restartProcesses()
    let (now, evidence) = self.clock.now()
    self.mortal.outputs?.tick(at: now.monotonic)
    if let shell = self.shell {
      _ = shell.tick(at: now, evidence: evidence)
      if self.mortal.fault == nil { self.store(for: shell, at: now) }
    }
    self.mourn()
    self.watch.check(
      commands: self.mortal.takeCommands(), isAlive: self.shell != nil, hasHolder: self.mortal.outputs != nil,
      lockedOut: self.shell?.engine.lockedOutRigs, wall: now.wall)
    self.journal?.check(self.watch.log, self.world)
    // A plan made now is followed from the next tick on, and judged from there.
    if let shell = self.shell {
      self.plan(for: shell, at: now)
      if !self.desk.isIdle { self.serveJobs(shell, at: now) }
    }
    self.mourn()
  }

  private func store(for shell: SiteShell, at now: Moment) {
    if let due = self.commitDue {
      guard self.world.now >= due.at else { return }
      self.commitDue = nil
      shell.stored(due.result, at: now)
    }
    while self.mortal.fault == nil, let batch = shell.takeBatch() {
      guard self.mortal.mayPerform(isIdle: false) else { return }
      var result = Result<Void, StoreError>.success(())
      do throws(StoreError) { try self.store.commit(batch) } catch { result = .failure(error) }
      if self.memory.lastSequence >= batch.sequence {
        self.keep(batch)
        // The second that has passed.
        let isNew = self.book.keep(batch, at: self.world.wall.advanced(byMilliseconds: -1000))
        if isNew { self.journal?.keep(batch, self.world) }
      }
      self.watch.kept(self.memory.takeNewSlots())
      let took = self.memory.lastCommitTook
      if took >= .seconds(1) {
        self.commitDue = (result, self.world.now + took)
        return
      }
      shell.stored(result, at: now)
      if case .failure = result { return }  // offered again with the next tick
    }
  }

  /// Hands a batch on to the record of the rehearsal, which takes one it has as written.
  private func keep(_ batch: RecordBatch) {
    guard self.recordFailure == nil, let record = self.record else { return }
    do throws(StoreError) { try record.commit(batch) } catch { self.recordFailure = error }
  }

  private func plan(for shell: SiteShell, at now: Moment) {
    guard let cause = shell.takePlanRequest(at: now) else { return }
    let site = self.settings.site
    let inputs = self.inputs.ask(horizon: site.planner.horizon)
    shell.noteFeeds(inputs.feeds, at: now)
    let request = PlanRequest(
      site: site, inputs: inputs, history: shell.engine.history, state: shell.engine.planningState(at: now),
      now: now.wall, cause: cause,
      solver: self.settings.solver)
    switch SitePlanner.plan(request, planner: &self.planner) {
    case .success(let plan):
      shell.planned(plan, at: now)
      self.watch.handedOver(plan)
      self.book.planned(plan.status)
    case .failure(let refusal):
      shell.handle(.planWithdrawn(refusal.description), at: now)
      self.watch.planIsGone()
    }
  }

  private func serveJobs(_ shell: SiteShell, at now: Moment) {
    var inputs = self.inputs
    self.desk.serve(shell, world: self.world, at: now) { job in
      let request = PlanRequest(
        site: self.settings.site, inputs: inputs.ask(horizon: self.settings.site.planner.horizon),
        history: shell.engine.history, state: shell.engine.planningState(at: now), now: now.wall,
        cause: "job \(job.id)", solver: self.settings.solver)
      return JobAdmission.promise(for: job, request, solver: self.solver)
    }
  }

  // MARK: Processes

  private func mourn() {
    guard let fault = self.mortal.fault else { return }
    self.mortal.forgetFault()
    let back = self.world.now + fault.downFor
    switch fault.victim {
    case .controller: self.killController(until: back)
    case .holder: self.killHolder(until: back)
    case .board:
      self.killController(until: back)
      self.killHolder(until: back)
      self.world.powerOff()
      self.isBoardDown = true
    }
  }

  private func killController(until back: MonotonicInstant) {
    self.shell = nil
    self.planner = RollingPlanner(solver: self.solver)
    self.desk.controllerDied()
    self.watch.planIsGone()
    self.commitDue = nil
    self.controllerBack = back
  }

  private func killHolder(until back: MonotonicInstant) {
    self.mortal.outputs = nil
    self.world.releaseLines()
    self.holderBack = back
  }

  private func restartProcesses() {
    if self.isBoardDown, let back = self.holderBack, self.world.now >= back {
      self.isBoardDown = false
      self.world.powerOn()
    }
    if let back = self.holderBack, self.world.now >= back { self.startHolder() }
    if let back = self.controllerBack, self.world.now >= back { self.startController() }
  }

  private func startHolder() {
    self.holderBack = nil
    let relays: any RelayBank =
      self.bug.map { SabotagedRelayBank(self.world, bug: $0) } ?? SimulatedRelayBank(self.world)
    self.mortal.outputs = RelayOutputs(
      site: self.settings.site, relays: relays, startedAt: self.clock.now().moment.monotonic)
  }

  private func startController() {
    self.controllerBack = nil
    let engine = SiteEngine(
      site: self.settings.site, recovered: self.recover(), identity: self.identity,
      now: self.clock.now().moment)
    self.shell = SiteShell(engine: engine, meters: self.meters, outputs: self.mortal)
    self.desk.check(engine.jobs, steps: self.memory.jobSteps)
  }

  private func recover() -> Recovered {
    do throws(StoreError) { return try self.store.recover() } catch {
      preconditionFailure("the simulated store always recovers")
    }
  }
}

extension Ed25519PrivateKey {
  /// A key that everybody can make again.
  fileprivate static func rehearsal(seed: UInt64) -> Ed25519PrivateKey {
    // A hash has the 32 bytes of a seed.
    Ed25519PrivateKey(seed: SHA256.hash("rigshift rehearsal \(seed)").bytes)!
  }
}
