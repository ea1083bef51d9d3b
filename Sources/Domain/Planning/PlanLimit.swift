public import Quantities

/// A limit that a plan may run into, named as in the result file.
public enum PlanLimit: String, Sendable, Hashable, CaseIterable {
  case importCap = "import_cap"
  case exportCap = "export_cap"
  case minimumOn = "minimum_on"
  case minimumOff = "minimum_off"
  case minimumRunning = "minimum_running"
  case minimumRigHours = "minimum_rig_hours"
  case maximumRigHours = "maximum_rig_hours"
  case startLimit = "start_limit"
  case ramp
  /// A critical job takes all it may from its release on.
  case criticalStart = "critical_start"
  case jobDeadline = "job_deadline"
  case averageCarbonCap = "average_carbon_cap"
  case importCarbonCeiling = "import_carbon_ceiling"
  case maximumCO2 = "maximum_co2"

  /// The unit of an amount by which the limit is missed.
  public var unit: String {
    switch self {
    case .importCap, .exportCap, .importCarbonCeiling: "kW"
    case .minimumRunning, .ramp, .minimumOff: "rigs"
    case .startLimit: "starts"
    case .minimumOn, .minimumRigHours, .maximumRigHours, .criticalStart, .jobDeadline: "rig-hours"
    case .averageCarbonCap, .maximumCO2: "kg"
    }
  }

  /// Limits that give way when nothing else fits, first to give way first.
  static let soft: [PlanLimit] = [
    .minimumOn, .criticalStart, .jobDeadline, .minimumRigHours, .averageCarbonCap, .importCarbonCeiling,
  ]
}

/// A soft limit that had to give way, or other load that alone exceeds the import cap.
public struct Slack: Sendable, Hashable {
  public enum Cause: Sendable, Hashable {
    case limit(PlanLimit)
    /// Load that is not a rig takes more than the import cap; no rig can change that.
    case otherLoad
  }

  public var cause: Cause
  /// The bank or job concerned, if one is.
  public var name: String?
  public var window: Slot
  /// In `unit`.
  public var amount: Double

  public init(cause: Cause, name: String?, window: Slot, amount: Double) {
    self.cause = cause
    self.name = name
    self.window = window
    self.amount = amount
  }

  /// The name in the result file.
  public var label: String {
    switch self.cause {
    case .limit(let limit): limit.rawValue
    case .otherLoad: "other_load"
    }
  }

  public var unit: String {
    switch self.cause {
    case .limit(let limit): limit.unit
    case .otherLoad: "kW"
    }
  }
}

/// Why no plan exists: the limit to change, where, and by how much at least.
public struct Infeasibility: Sendable, Hashable {
  public var limit: PlanLimit
  public var window: Slot
  /// In `limit.unit`.
  public var missing: Double
  /// One sentence for a person.
  public var message: String

  public init(limit: PlanLimit, window: Slot, missing: Double, message: String) {
    self.limit = limit
    self.window = window
    self.missing = missing
    self.message = message
  }
}
