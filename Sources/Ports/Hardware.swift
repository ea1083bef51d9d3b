public import Control
public import Quantities
public import SiteModel

/// The meters of a site.
///
/// Contract: one result per meter of the site, in site order; absent is an error, never zero; a reading's time is when
/// its power was taken; a call blocks for at most the bus time-out and never traps on what a device sends.
public protocol MeterBus: AnyObject {
  func poll(at now: MonotonicInstant) -> [Result<MeterReading, MeterFault>]
}

public enum RelayFault: String, Error, Sendable, Hashable, Codable {
  case notOwned = "line not owned"
  case inputOutput = "input/output error"
}

/// The output lines of a site.
///
/// Contract: `set` returns once the level is requested; a line that fails keeps the level it had or a level unknown,
/// and says so by throwing; `level` is what can be read back, nil when it cannot; indices outside the table throw.
public protocol RelayBank: AnyObject {
  func set(_ rig: RigID, closed: Bool) throws(RelayFault)
  func level(of rig: RigID) -> Bool?
}

/// The host's clocks.
public protocol HostClock: AnyObject {
  func now() -> (moment: Moment, evidence: ClockEvidence)
}
