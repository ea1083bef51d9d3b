import Control
import LinuxHost
import Ports
import Quantities
import Simulation
import SiteController
import SiteModel

/// Simulated worlds behind the ports a running site works with.
enum SimulatedHardware {
  /// A world in this process that moves with the host's clocks.
  static func local(
    site: Site, seed: UInt64, clock: SystemClock, faults: FaultPlan = .seeded(.none)
  ) -> ControlService.Hardware {
    var feeds = FeedFiles()
    let world = SimulatedSite(
      site: site, weather: feeds.read(for: site).inputs.weather, start: clock.now().moment.wall, seed: seed,
      faults: faults)
    let pacer = LivePacer(world: world, clock: clock)
    return ControlService.Hardware(
      clock: pacer, meters: SimulatedMeterBus(world), relays: SimulatedRelayBank(world),
      advance: { pacer.advance() })
  }

  /// A world in another process, which moves one step with every tick.
  static func remote(socket path: String, site: Site) throws(SystemError) -> ControlService.Hardware {
    let line = LineExchange(try LineSocket(connectingTo: path))
    let world = RemoteWorld(meterCount: site.meters.count) { line.exchange($0) }
    return ControlService.Hardware(clock: world, meters: world, relays: world, advance: { world.advance() })
  }
}

/// Keeps a simulated world in step with the host: its monotonic clock shows simulated time, its wall clock the host's,
/// which is taken as trusted because nothing but the simulation depends on it.
final class LivePacer: HostClock {
  private let world: SimulatedSite
  private let clock: SystemClock
  private let started: MonotonicInstant

  init(world: SimulatedSite, clock: SystemClock) {
    self.world = world
    self.clock = clock
    self.started = clock.now().moment.monotonic
  }

  /// Moves the world on to the present; after a suspend at most a minute at once.
  func advance() -> Bool {
    let elapsed = self.clock.now().moment.monotonic.millisecondsSince(self.started)
    let behind = (elapsed - self.world.now.milliseconds) / 1000
    self.world.advance(seconds: Int(min(60, max(0, behind))))
    return true
  }

  func now() -> (moment: Moment, evidence: ClockEvidence) { self.world.host }
}
