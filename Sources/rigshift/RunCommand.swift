import Control
import Forecasting
import HiGHSSolver
import LinuxHost
import Planning
import Ports
import Quantities
import SQLiteStore
import Simulation
import SiteController
import SiteFiles
import SiteModel

/// `rigshift run`: the long-running controller.
enum RunCommand {
  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    let sitePath = arguments["site"] ?? defaultSitePath
    guard let site = loadSite(sitePath) else { return 1 }
    return try await self.run(
      arguments, site: site, isSimulated: arguments.has("simulated") || site.simulation.replacesHardware)
  }

  /// `faults` strike a simulated site.
  static func run(
    _ arguments: Arguments, site: Site, isSimulated: Bool, faults: FaultPlan = .seeded(.none)
  ) async throws(Arguments.UsageError) -> Int32 {
    let seed = UInt64(try arguments.integer("seed", in: 0...Int.max, default: 1))
    let signals = serviceSignals()
    let sitePath = arguments["site"] ?? defaultSitePath
    let holdsRelays = arguments.has("hold-relays")
    if !isSimulated, let obstacle = RealHardware.obstacle(site, holdsRelays: holdsRelays) {
      Terminal.writeError("\(sitePath): \(obstacle)\n")
      return 1
    }
    let paths = SitePaths(site: site, data: arguments["data"])
    let log = Log()
    let world = arguments["world"]
    let hardware =
      isSimulated
      ? nil : RealHardware(site, holdsRelays: holdsRelays, holderPath: paths.relays, log: log)
    let feeds = FeedsOfSite()
    let stops = StopRequests(log: log)
    var parts = RunningSite.Parts(
      site: site, controlExecutor: DedicatedThreadExecutor(name: "control"),
      storeExecutor: DedicatedThreadExecutor(name: "store"),
      plannerExecutor: DedicatedThreadExecutor(name: "planner"),
      openStore: { () throws(StoreError) in
        try SQLiteStore(path: paths.database, plansKept: .hours(24 * site.storage.retentionDays))
      },
      identity: { try SiteKey.identity(of: site, paths: paths, head: $0) },
      hardware: {
        var made =
          if let hardware {
            try hardware.start()
          } else if let world {
            try SimulatedHardware.remote(socket: world, site: site)
          } else {
            SimulatedHardware.local(site: site, seed: seed, clock: SystemClock(), faults: faults)
          }
        made.askToStop = { stops.ask($0, of: $1) }
        return made
      }, solver: HiGHSSolver(), solverSettings: { .live($0) },
      readInputs: { await feeds.inputs(for: $0, at: $1) },
      log: { Self.write($0, to: log, site: site, record: paths.database) })
    parts.ticked = { ServiceManager.alive() }
    let running = RunningSite(parts)
    let home = HomeAutomationOfSite(log: log, isSimulated: isSimulated)
    let peers: PeersOfSite?
    let asking: FeedService
    let alarms: AlarmsOfSite
    do {
      try createFolder(paths.folder)
      try await running.start()
      peers = try await PeersOfSite.start(site, paths: paths, log: log)
      asking = await feeds.start(site, paths: paths, control: running.control, log: log)
      alarms = await AlarmsOfSite.start(site, paths: paths, isSimulated: isSimulated, log: log)
      try QuestionServer.start(
        path: paths.socket, site: running, peers: peers?.service, feeds: asking, alarms: alarms.service,
        home: home)
    } catch {
      let why = (error as? StoreError)?.text(path: paths.database) ?? "\(error)"
      log(.error, "cannot start", ["why": why])
      return 1
    }
    log(
      .notice, "started",
      [
        "site": site.name, "hardware": isSimulated ? "simulated" : "real", "record": paths.database,
        "socket": paths.socket,
      ])
    ServiceManager.ready(site.name)
    let web = WebOfSite.start(
      running, paths: paths, peers: peers?.service, feeds: asking, isSimulated: isSimulated,
      alarms: alarms.service, home: home, sitePath: sitePath, log: log)
    let steering = Task {
      for await signal in signals {
        switch signal {
        case .stop: running.stop()
        case .reload:
          await running.reload(Self.reload(sitePath))
          if let site = await running.control.site {
            await asking.adopt(site)
            await alarms.service.adopt(site)
          }
        }
      }
    }
    let exchange = Task { await peers?.run(control: running.control) }
    let listening = Task { await asking.run(ticks: everySecond()) }
    let watching = Task { await web?.run(control: running.control) }
    let alarming = Task {
      await alarms.run(control: running.control, feeds: asking, peers: peers?.service)
    }
    let showing = Task { await home.run(control: running.control) }
    await running.run(ticks: world == nil ? everySecond() : withoutPause(), isStepped: world != nil)
    ServiceManager.stopping()
    hardware?.finish()
    steering.cancel()
    exchange.cancel()
    watching.cancel()
    listening.cancel()
    alarming.cancel()
    showing.cancel()
    home.stop()
    peers?.stop()
    web?.stop()
    _ = await exchange.value
    log(.notice, "stopped")
    return 0
  }

  private static func reload(_ path: String) -> Result<Site, RunningSite.ReloadRefusal> {
    do throws(SiteFileProblems) {
      return .success(try SiteFile.load(path: path).site)
    } catch {
      return .failure(RunningSite.ReloadRefusal("\(error)"))
    }
  }

  private static func write(_ notice: RunningSite.Notice, to log: Log, site: Site, record: String) {
    switch notice {
    case .switched(let command):
      log(
        .notice, command.closed ? "rig on" : "rig off",
        ["rig": site.name(of: command.rig), "authority": "\(command.authority)"])
    case .alarm(let alarm): log(.error, "alarm", ["kind": alarm.kind.rawValue, "text": alarm.text])
    case .alarmCleared(let kind): log(.notice, "alarm cleared", ["kind": kind.rawValue])
    case .planned(let status, let cause): log(.info, "planned", ["status": status, "cause": cause])
    case .noPlan(let why): log(.warning, "no plan", ["why": why])
    case .feedChanged(let state):
      log(state.rung == .fresh ? .notice : .warning, "feed", ["state": state.sentence])
    case .storeProblem(let error): log(.error, "record not written", ["why": error.text(path: record)])
    case .reloaded: log(.notice, "site file reloaded")
    case .reloadRefused(let why):
      log(.error, "site file not reloaded, the old one stays in force", ["why": why])
    }
  }
}
