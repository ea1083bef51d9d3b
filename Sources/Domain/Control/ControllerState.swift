public import Quantities

/// What must survive a restart. The shell stores it with the records of the same transaction and hands it
/// back.
///
/// No dwell is kept: after a restart every output counts as just switched.
public struct ControllerState: Sendable, Hashable, Codable {
  public struct Rig: Sendable, Hashable, Codable {
    /// The level last commanded. What the line really shows is read back after a restart and wins.
    public var closed: Bool
    /// Switching cycles of the contact so far; one cycle is a close.
    public var cycles: Int
    /// Why the rig is locked out; nil when it is not.
    public var lockedOut: String?
    /// What a person holds it at; nil when nobody does.
    public var override: RigOverride?
    public init(
      closed: Bool = false, cycles: Int = 0, lockedOut: String? = nil, override: RigOverride? = nil
    ) {
      self.closed = closed
      self.cycles = cycles
      self.lockedOut = lockedOut
      self.override = override
    }
  }

  public struct Bank: Sendable, Hashable, Codable {
    /// State belongs to a bank by name and number of rigs; anything else starts afresh.
    public var name: String
    public var rigs: [Rig]
    /// Starts in the local day `startDay` (days since 1970-01-01).
    public var startsToday: Int
    public var startDay: Int64
    /// Rigs the import guard shed that have not been allowed back.
    public var shed: Int
    public var override: Override?
    public init(
      name: String, rigs: [Rig], startsToday: Int = 0, startDay: Int64 = 0, shed: Int = 0,
      override: Override? = nil
    ) {
      self.name = name
      self.rigs = rigs
      self.startsToday = startsToday
      self.startDay = startDay
      self.shed = shed
      self.override = override
    }
  }

  /// The clock trust of this boot, which outlives the process but not the boot.
  public struct Clock: Sendable, Hashable, Codable {
    /// One instant on both clocks, and the end of the trust.
    public var monotonic: MonotonicInstant
    public var wall: UTCInstant
    public var trustedUntil: MonotonicInstant
    public init(monotonic: MonotonicInstant, wall: UTCInstant, trustedUntil: MonotonicInstant) {
      self.monotonic = monotonic
      self.wall = wall
      self.trustedUntil = trustedUntil
    }
  }

  public var banks: [Bank]
  public var emergencyStop: Bool
  /// Nil while the clock is not trusted.
  public var clock: Clock?
  public init(banks: [Bank], emergencyStop: Bool = false, clock: Clock? = nil) {
    self.banks = banks
    self.emergencyStop = emergencyStop
    self.clock = clock
  }
}
