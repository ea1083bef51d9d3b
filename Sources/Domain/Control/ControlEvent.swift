public import Quantities
public import SiteModel

/// Everything that can happen to the controller. Events come from untrusted places: an index that names no
/// meter or rig, or a plan that does not fit the site, is refused with a record and never traps.
public enum ControlEvent: Sendable, Hashable {
  /// Once a second, after the readings of that second.
  case tick(ClockEvidence)
  case reading(MeterReading)
  case readingFailed(meter: Int, MeterFault)
  /// A plan that has passed the audit. It replaces the one in force.
  case plan(PlanDirective)
  /// The planner has nothing valid to offer; the plan in force is dropped.
  case planWithdrawn(String)
  /// What became of a relay command: the holder took it or it failed.
  case relaySent(RigID, closed: Bool, accepted: Bool)
  /// The level read back from the line.
  case relayReadBack(RigID, closed: Bool)
  case overrideSet(Override)
  case overrideCleared(bank: Int)
  case rigOverrideSet(RigOverride)
  case rigOverrideCleared(RigID)
  case lockOut(RigID, why: String)
  case lockOutCleared(RigID)
  case emergencyStop(Bool)
  /// Demand-response events besides those of the site file; they replace those given before.
  case demandEvents([DemandEvent])
  /// A person confirmed that the wall clock is right.
  case clockConfirmed
  /// The store could not write (true) or writes again (false). While it fails, outputs go to the fallback.
  case storeFailed(Bool)
}

/// A person's will for one bank, until it expires.
public struct Override: Sendable, Hashable, Codable {
  public var bank: Int
  /// Rigs to run, 0 to the bank's count.
  public var running: Int
  public var expires: UTCInstant
  public var by: String
  public init(bank: Int, running: Int, expires: UTCInstant, by: String) {
    self.bank = bank
    self.running = running
    self.expires = expires
    self.by = by
  }
}

/// A person's will for one rig, until it expires. A rig held on counts among those its bank runs: the bank runs as
/// many as the plan wants, or as many as are held on. A rig held off is left out.
public struct RigOverride: Sendable, Hashable, Codable {
  public var rig: RigID
  public var on: Bool
  public var expires: UTCInstant
  public var by: String
  public init(rig: RigID, on: Bool, expires: UTCInstant, by: String) {
    self.rig = rig
    self.on = on
    self.expires = expires
    self.by = by
  }
}

/// An audited plan as the controller follows it: rigs per bank and slot.
public struct PlanDirective: Sendable, Hashable, Codable {
  public struct Step: Sendable, Hashable, Codable {
    public var slot: Slot
    /// Rigs to run, one entry per bank of the site.
    public var running: [Int]
    /// Import the plan expects on average.
    public var expectedImport: Kilowatts
    /// Rigs the surplus trim may run at most, one entry per bank; nil when the plan allows no trim.
    public var trimLimit: [Int]?
    public init(slot: Slot, running: [Int], expectedImport: Kilowatts, trimLimit: [Int]? = nil) {
      self.slot = slot
      self.running = running
      self.expectedImport = expectedImport
      self.trimLimit = trimLimit
    }
  }
  /// Number of the plan in the record.
  public var id: Int64
  /// Contiguous, in order.
  public var steps: [Step]
  public init(id: Int64, steps: [Step]) {
    self.id = id
    self.steps = steps
  }
}
