public import Quantities
public import SiteModel

/// Decides what every rig of a site does: a pure, synchronous value. Events go in with the instant they happened at,
/// effects come out in the order the shell must perform them.
public struct Controller: Sendable {
  public private(set) var site: Site

  /// - Parameters:
  ///   - restored: what the last run left; banks are matched by name and number of rigs.
  ///   - newestRecord: wall time of the newest record; the clock is never trusted before it.
  public init(
    site: Site, startedAt now: Moment, restored: ControllerState? = nil, newestRecord: UTCInstant? = nil
  ) {
    self.site = site
  }

  public mutating func handle(_ event: ControlEvent, at now: Moment) -> [ControlEffect] {
    var effects: [ControlEffect] = []
    self.handle(event, at: now, into: &effects)
    return effects
  }

  /// Appends what must happen to `effects`; allocates nothing on a quiet tick when the buffer has room.
  public mutating func handle(_ event: ControlEvent, at now: Moment, into effects: inout [ControlEffect]) {
    switch event {
    case .tick: effects.append(.heartbeat)
    case .reading, .readingFailed, .plan, .planWithdrawn, .relaySent, .relayReadBack, .overrideSet,
      .overrideCleared, .lockOut, .lockOutCleared, .emergencyStop, .clockConfirmed, .storeFailed:
      break
    }
  }

  /// What must survive a restart.
  public var state: ControllerState { ControllerState(banks: []) }

  public func status() -> ControllerStatus {
    ControllerStatus(
      rigs: [], banks: [], importPower: nil, importTakenAt: nil, isSiteMeterFresh: false, isClockTrusted: false,
      isStoreFailed: false, isEmergencyStopped: false, overloadDose: 0, planID: nil, alarms: [])
  }

  /// One rig, nil when there is none by this name.
  public func status(of rig: RigID) -> RigStatus? { nil }

  /// Takes a new site file. Banks keep their state where name and number of rigs match.
  public mutating func reconfigure(site: Site, at now: Moment) -> [ControlEffect] {
    self.site = site
    return []
  }
}
