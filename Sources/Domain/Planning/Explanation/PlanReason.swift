/// What keeps a bank's count from being one higher or one lower in a slot.
public enum PlanReason: String, Sendable, Hashable, CaseIterable {
  /// It could, but it would cost more.
  case price
  /// All rigs of the bank run, or none does.
  case bankSize = "bank_size"
  case minimumRunning = "minimum_running"
  /// A person said how many run.
  case fixed
  case importCap = "import_cap"
  case exportCap = "export_cap"
  case carbonCeiling = "import_carbon_ceiling"
  case averageCarbonCap = "average_carbon_cap"
  case maximumCO2 = "maximum_co2"
  case minimumOn = "minimum_on"
  case minimumOff = "minimum_off"
  case ramp
  case startLimit = "start_limit"
  case maximumRigHours = "maximum_rig_hours"
  case minimumRigHours = "minimum_rig_hours"
  /// Jobs need the rigs.
  case job
  /// It could, but only a job that is not released yet would make it worth while.
  case jobNotReleased = "job_not_released"
}
