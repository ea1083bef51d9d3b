public import Quantities
public import SiteModel

/// How one rig is, and why.
public struct RigStatus: Sendable, Hashable {
  public var rig: RigID
  /// The level commanded.
  public var isClosed: Bool
  /// When the level was last commanded, or the controller's start.
  public var since: MonotonicInstant
  /// Who rules over the rig at present, and the reason for its present wish.
  public var authority: Authority
  public var reason: Reason
  /// What keeps the rig from following that wish; nil when it follows or when another rig fills the wish.
  public var heldBy: Reason?
  /// The decision that last switched it.
  public var switchedBy: Authority
  public var switchedFor: Reason
  /// How far that was proved; nil before the first command since the start.
  public var proof: SwitchProof?
  public var cycles: Int
  public var isLockedOut: Bool
  /// What a person holds it at; nil when nobody does.
  public var override: RigOverride?
  /// Closed, but its watts never came.
  public var isSilent: Bool
  /// Open, but its watts never went.
  public var isWelded: Bool
}

/// How one bank is, and why.
public struct BankStatus: Sendable, Hashable {
  /// Rigs commanded on.
  public var running: Int
  /// Rigs wanted by `authority` for `reason`.
  public var wanted: Int
  public var authority: Authority
  public var reason: Reason
  /// What keeps the bank from starting the next rig; nil when nothing does.
  public var heldBy: Reason?
  public var startsToday: Int
  /// Rigs the import guard shed that have not been allowed back.
  public var shed: Int
  /// Rigs neither locked out nor set aside for a relay fault.
  public var available: Int
  public var override: Override?
}

/// The whole site at one instant.
public struct ControllerStatus: Sendable, Hashable {
  /// In site order, bank by bank.
  public var rigs: [RigStatus]
  public var banks: [BankStatus]
  /// The last import that was believed, and when it was measured; nil before the first.
  public var importPower: Kilowatts?
  public var importTakenAt: MonotonicInstant?
  public var isSiteMeterFresh: Bool
  public var isClockTrusted: Bool
  public var isStoreFailed: Bool
  public var isEmergencyStopped: Bool
  /// Seconds of the guard's dose collected; it trips at 1.
  public var overloadDose: Double
  public var planID: Int64?
  public var alarms: [Alarm]
}
