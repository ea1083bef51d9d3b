/// What must survive a restart. The shell stores it with the records of the same transaction and hands it
/// back.
///
/// Instants of the monotonic clock mean nothing after a restart, so none are kept: every output then counts
/// as just switched.
public struct ControllerState: Sendable, Hashable, Codable {
  public struct Rig: Sendable, Hashable, Codable {
    /// The level last commanded. What the line really shows is read back after a restart and wins.
    public var closed: Bool
    /// Switching cycles of the contact so far; one cycle is a close.
    public var cycles: Int
    /// Why the rig is locked out; nil when it is not.
    public var lockedOut: String?
    public init(closed: Bool = false, cycles: Int = 0, lockedOut: String? = nil) {
      self.closed = closed
      self.cycles = cycles
      self.lockedOut = lockedOut
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

  public var banks: [Bank]
  public var emergencyStop: Bool
  public init(banks: [Bank], emergencyStop: Bool = false) {
    self.banks = banks
    self.emergencyStop = emergencyStop
  }
}
