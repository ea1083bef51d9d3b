public import Control
public import Ports
public import Quantities
public import SiteModel

/// The meters of a simulated site behind the port.
public final class SimulatedMeterBus: MeterBus {
  private let site: SimulatedSite
  public init(_ site: SimulatedSite) { self.site = site }
  public func poll(at now: MonotonicInstant) -> [Result<MeterReading, MeterFault>] { self.site.poll(at: now) }
}

/// The output lines of a simulated site behind the port. Making one requests the lines, inactive where no process held
/// them; `release` is what the kernel does when the process that made it dies.
public final class SimulatedRelayBank: RelayBank {
  private let site: SimulatedSite
  public init(_ site: SimulatedSite) {
    self.site = site
    site.holdLines()
  }
  public func set(_ rig: RigID, closed: Bool) throws(RelayFault) { try self.site.set(rig, closed: closed) }
  public func level(of rig: RigID) -> Bool? { self.site.level(of: rig) }
  public func release() { self.site.releaseLines() }
}

/// The clocks of a simulated board behind the port.
public final class SimulatedClock: HostClock {
  private let site: SimulatedSite
  public init(_ site: SimulatedSite) { self.site = site }
  public func now() -> (moment: Moment, evidence: ClockEvidence) { self.site.host }
}
