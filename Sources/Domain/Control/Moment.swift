public import Quantities

/// One instant as both clocks show it. Dwell, time-outs and staleness use `monotonic`; slots and records use
/// `wall`, which may be wrong until the clock is trusted.
public struct Moment: Sendable, Hashable {
  public var monotonic: MonotonicInstant
  public var wall: UTCInstant
  public init(monotonic: MonotonicInstant, wall: UTCInstant) {
    self.monotonic = monotonic
    self.wall = wall
  }
}

/// What the host says about its wall clock at a tick.
public struct ClockEvidence: Sendable, Hashable {
  /// The kernel reports the clock synchronised to a time source.
  public var isSynchronised: Bool
  /// A battery-backed clock set the time at boot.
  public var wasSetByBattery: Bool
  public init(isSynchronised: Bool, wasSetByBattery: Bool = false) {
    self.isSynchronised = isSynchronised
    self.wasSetByBattery = wasSetByBattery
  }
}
