import Quantities

/// The largest problem accepted, so that no input can exhaust memory or overflow the arithmetic.
enum ProblemSize {
  /// Seven weeks of 5-minute slots, far beyond any forecast.
  static let slots = 15_000
  static let scenarios = 10_000
  /// Slots times scenarios: each costs a few columns.
  static let scenarioSlots = 2_000_000
  static let banks = 200
  /// Slots times banks.
  static let bankSlots = 500_000
  static let rigs = 1_000_000
  static let windows = 5_000
  static let jobs = 1_000
  /// Slots times jobs.
  static let jobSlots = 500_000
  /// Any power, price, cost or factor.
  static let magnitude = 1e9
  /// About 31,000 years: dwell plus elapsed time stays far from overflow.
  static let milliseconds: Int64 = 1_000_000_000_000_000
}

extension PlanProblem {
  /// Refuses a problem whose numbers contradict each other. Everything the planner computes with is checked here.
  public func check() throws(PlanProblemError) {
    try self.checkSizes()
    try self.checkSlots()
    try self.checkScenarios()
    for (index, bank) in self.banks.enumerated() { try self.check(bank, "banks[\(index)]") }
    try Self.refuseDuplicates(self.banks.map(\.name), "banks")
    try Self.refuseDuplicates(self.jobs.map(\.name), "jobs")
    for (index, limit) in self.rigHourLimits.enumerated() {
      try self.check(limit, "rig_hour_limits[\(index)]")
    }
    for (index, limit) in self.startLimits.enumerated() { try self.check(limit, "start_limits[\(index)]") }
    for (index, job) in self.jobs.enumerated() { try self.check(job, "jobs[\(index)]") }
    try self.checkLimitsAndWeights()
  }

  private func checkSizes() throws(PlanProblemError) {
    try Self.atMost(self.slots.count, ProblemSize.slots, "slots")
    try Self.atMost(self.banks.count, ProblemSize.banks, "banks")
    try Self.atMost(self.banks.count * self.slots.count, ProblemSize.bankSlots, "banks")
    try Self.atMost(self.scenarioWeights.count, ProblemSize.scenarios, "scenario_weights")
    try Self.atMost(
      self.scenarioWeights.count * self.slots.count, ProblemSize.scenarioSlots, "scenario_weights")
    try Self.atMost(self.rigHourLimits.count, ProblemSize.windows, "rig_hour_limits")
    try Self.atMost(self.startLimits.count, ProblemSize.windows, "start_limits")
    try Self.atMost(self.jobs.count, ProblemSize.jobs, "jobs")
    try Self.atMost(self.jobs.count * self.slots.count, ProblemSize.jobSlots, "jobs")
    if self.slots.isEmpty {
      throw PlanProblemError(path: "slots", problem: "is empty", remedy: "give at least one slot")
    }
  }

  private func checkSlots() throws(PlanProblemError) {
    for (index, slot) in self.slots.enumerated() {
      // Paths are spelt out only for a fault: a plan checks tens of thousands of numbers.
      func path() -> String { "slots[\(index)]" }
      if index > 0, slot.slot.start != self.slots[index - 1].slot.end {
        throw PlanProblemError(
          path: "\(path()).start", problem: "does not follow slots[\(index - 1)]",
          remedy: "begin at \(ISO8601.string(self.slots[index - 1].slot.end)), where the slot before ends")
      }
      if slot.slot.start.milliseconds.magnitude > UInt64(ProblemSize.milliseconds)
        || slot.slot.end.milliseconds.magnitude > UInt64(ProblemSize.milliseconds)
      {
        throw PlanProblemError(
          path: "\(path()).start", problem: "is out of range", remedy: "give a date in this era")
      }
      try Self.inRange(slot.importPrice.value, "\(path()).import_price")
      try Self.inRange(slot.exportPrice.value, "\(path()).export_price")
      try Self.inRange(slot.carbon.value, "\(path()).carbon_g_per_kwh", minimum: 0)
      try Self.inRange(slot.ambient.value, "\(path()).ambient_c")
      try Self.inRange(slot.otherLoad.value, "\(path()).other_load_kw", minimum: 0)
      if let cap = slot.importCap { try Self.inRange(cap.value, "\(path()).import_cap_kw", minimum: 0) }
      if let cap = slot.exportCap { try Self.inRange(cap.value, "\(path()).export_cap_kw", minimum: 0) }
      if let load = slot.minimumRigLoad {
        try Self.inRange(load.value, "\(path()).minimum_rig_load_kw", minimum: 0)
      }
      if let load = slot.maximumRigLoad {
        try Self.inRange(load.value, "\(path()).maximum_rig_load_kw", minimum: 0)
      }
      if slot.renewable.count != 1, slot.renewable.count != self.scenarioWeights.count {
        throw PlanProblemError(
          path: "\(path()).renewable_kw",
          problem: "has \(slot.renewable.count) values for \(self.scenarioWeights.count) scenarios",
          remedy: "give one number, or one value per entry of scenario_weights")
      }
      for (scenario, power) in slot.renewable.enumerated() {
        try Self.inRange(
          power.value, "\(path()).renewable_kw\(slot.renewable.count == 1 ? "" : "[\(scenario)]")", minimum: 0
        )
      }
    }
  }

  private func checkScenarios() throws(PlanProblemError) {
    for (index, weight) in self.scenarioWeights.enumerated() {
      try Self.inRange(weight, "scenario_weights[\(index)]", minimum: 0)
    }
    let sum = self.scenarioWeights.reduce(0, +)
    if abs(sum - 1) > 1e-9 {
      throw PlanProblemError(
        path: "scenario_weights", problem: "sum to \(sum)", remedy: "give probabilities that sum to 1")
    }
  }

  private func check(_ bank: ProblemBank, _ path: String) throws(PlanProblemError) {
    try Self.inRange(bank.rigs, "\(path).rigs", minimum: 0, maximum: ProblemSize.rigs)
    try Self.inRange(bank.draw.value, "\(path).rig_kw", minimum: 0)
    try Self.inRange(bank.heatCoefficient, "\(path).heat_coefficient_per_k", minimum: 0)
    try Self.inRange(bank.minimumOn, "\(path).minimum_on_minutes")
    try Self.inRange(bank.minimumOff, "\(path).minimum_off_minutes")
    try Self.inRange(bank.startCost.value, "\(path).start_cost", minimum: 0)
    try Self.inRange(bank.revenuePerRigHour.value, "\(path).revenue_per_rig_hour")
    try Self.inRange(bank.minimumRunning, "\(path).minimum_running", minimum: 0)
    if bank.minimumRunning > bank.rigs {
      throw PlanProblemError(
        path: "\(path).minimum_running", problem: "is more than the bank's \(bank.rigs) rigs",
        remedy: "lower it or add rigs")
    }
    for (index, elapsed) in bank.runningFor.enumerated() {
      try Self.inRange(elapsed, "\(path).running_for_minutes[\(index)]")
    }
    for (index, elapsed) in bank.stoppedFor.enumerated() {
      try Self.inRange(elapsed, "\(path).stopped_for_minutes[\(index)]")
    }
    if bank.runningFor.count + bank.stoppedFor.count > bank.rigs {
      throw PlanProblemError(
        path: "\(path).running_for_minutes",
        problem:
          "\(bank.runningFor.count) running and \(bank.stoppedFor.count) stopped rigs are more than the bank's "
          + "\(bank.rigs)",
        remedy: "list each rig of the bank at most once")
    }
    for (index, fixed) in bank.fixed.enumerated() {
      try self.check(fixed, of: bank, "\(path).fixed_running[\(index)]")
      if index > 0, fixed.window.start < bank.fixed[index - 1].window.end {
        throw PlanProblemError(
          path: "\(path).fixed_running[\(index)].start", problem: "is before the end of the window before it",
          remedy: "give windows in order that do not overlap")
      }
    }
    for (index, slot) in self.slots.enumerated() {
      let draw = bank.draw.value * (1 + bank.heatCoefficient * max(0, slot.ambient.value - 25))
      try Self.inRange(draw * Double(max(1, bank.rigs)), "slots[\(index)].ambient_c")
    }
  }

  private func check(_ fixed: FixedCount, of bank: ProblemBank, _ path: String) throws(PlanProblemError) {
    try self.checkWindow(fixed.window, path)
    try Self.inRange(fixed.rigs, "\(path).rigs", minimum: 0)
    if fixed.rigs > bank.rigs {
      throw PlanProblemError(
        path: "\(path).rigs", problem: "is more than the bank's \(bank.rigs) rigs",
        remedy: "lower it or add rigs")
    }
  }

  private func check(_ limit: RigHourLimit, _ path: String) throws(PlanProblemError) {
    try self.checkWindow(limit.window, path)
    if let minimum = limit.minimum { try Self.inRange(minimum, "\(path).minimum", minimum: 0) }
    if let maximum = limit.maximum { try Self.inRange(maximum, "\(path).maximum", minimum: 0) }
    if let minimum = limit.minimum, let maximum = limit.maximum, minimum > maximum {
      throw PlanProblemError(
        path: "\(path).minimum", problem: "\(minimum) is above the maximum of \(maximum)",
        remedy: "lower the minimum or raise the maximum")
    }
  }

  private func check(_ limit: StartLimit, _ path: String) throws(PlanProblemError) {
    try self.checkWindow(limit.window, path)
    try self.checkBank(limit.bank, path)
    try Self.inRange(limit.maximum, "\(path).maximum", minimum: 0)
  }

  private func check(_ job: ProblemJob, _ path: String) throws(PlanProblemError) {
    try self.checkBank(job.bank, path)
    try Self.inRange(job.rigHours, "\(path).rig_hours", minimum: 0)
    if let maximum = job.maximumRigs { try Self.inRange(maximum, "\(path).maximum_rigs", minimum: 1) }
    let horizon = (start: self.slots[0].slot.start, end: self.slots[self.slots.count - 1].slot.end)
    if let release = job.release, release < horizon.start || release > horizon.end {
      throw Self.outside("\(path).release")
    }
    if let deadline = job.deadline, deadline < horizon.start || deadline > horizon.end {
      throw Self.outside("\(path).deadline")
    }
    let release = job.release ?? horizon.start
    let deadline = job.deadline ?? horizon.end
    if !self.slots.contains(where: { $0.slot.start >= release && $0.slot.end <= deadline }) {
      throw PlanProblemError(
        path: "\(path).deadline", problem: "no whole slot lies between release and deadline",
        remedy: "give the job a window of at least one slot")
    }
  }

  private func checkLimitsAndWeights() throws(PlanProblemError) {
    if let cap = self.limits.averageCarbonCap {
      try Self.inRange(cap.value, "limits.average_carbon_cap_g_per_kwh", minimum: 0)
    }
    if let most = self.limits.maximumCO2 {
      try Self.inRange(most.value, "limits.maximum_co2_kg", minimum: 0)
    }
    if let ceiling = self.limits.importCarbonCeiling {
      try Self.inRange(ceiling.value, "limits.import_carbon_ceiling_g_per_kwh", minimum: 0)
    }
    if let change = self.limits.maximumRigChangePerSlot {
      try Self.inRange(change, "limits.maximum_rig_change_per_slot", minimum: 0)
    }
    try Self.inRange(self.weights.carbonPrice.value, "weights.carbon_price_per_kg")
    try Self.inRange(self.weights.renewableBonus.value, "weights.renewable_bonus_per_kwh", minimum: 0)
    try Self.inRange(self.weights.cvarAlpha, "weights.cvar_alpha", minimum: 0, maximum: 1)
    if self.weights.cvarAlpha == 1 {
      throw PlanProblemError(
        path: "weights.cvar_alpha", problem: "must be less than 1", remedy: "give a share such as 0.9")
    }
    try Self.inRange(self.weights.cvarWeight, "weights.cvar_weight", minimum: 0)
    try Self.inRange(self.solver.relativeGap, "solver.relative_gap", minimum: 0)
    if let limit = self.solver.timeLimit { try Self.inRange(limit, "solver.time_limit_s") }
    if let limit = self.solver.nodeLimit { try Self.inRange(limit, "solver.node_limit", minimum: 0) }
  }

  private func checkWindow(_ window: Slot, _ path: String) throws(PlanProblemError) {
    let horizon = (start: self.slots[0].slot.start, end: self.slots[self.slots.count - 1].slot.end)
    if window.start < horizon.start { throw Self.outside("\(path).start") }
    if window.end > horizon.end { throw Self.outside("\(path).end") }
    if self.slotIndex(startingAt: window.start) == nil { throw Self.offGrid("\(path).start") }
    if window.end != horizon.end, self.slotIndex(startingAt: window.end) == nil {
      throw Self.offGrid("\(path).end")
    }
  }

  /// The slot that begins at `instant`, by binary search.
  func slotIndex(startingAt instant: UTCInstant) -> Int? {
    var low = 0
    var high = self.slots.count
    while low < high {
      let middle = (low + high) / 2
      if self.slots[middle].slot.start < instant { low = middle + 1 } else { high = middle }
    }
    return low < self.slots.count && self.slots[low].slot.start == instant ? low : nil
  }

  private func checkBank(_ name: String, _ path: String) throws(PlanProblemError) {
    if self.banks.contains(where: { $0.name == name }) { return }
    throw PlanProblemError(
      path: "\(path).bank", problem: "no bank is called \"\(name)\"",
      remedy: "use the name of an entry of banks")
  }
}

// MARK: Single values

extension PlanProblem {
  private static func inRange(
    _ value: Double, _ path: @autoclosure () -> String, minimum: Double = -ProblemSize.magnitude,
    maximum: Double = ProblemSize.magnitude
  ) throws(PlanProblemError) {
    if !value.isFinite {
      throw PlanProblemError(path: path(), problem: "is not a finite number", remedy: "give a plain number")
    }
    if value < minimum {
      throw PlanProblemError(
        path: path(), problem: minimum == 0 ? "must not be negative" : "must be at least \(minimum)",
        remedy: minimum == 0 ? "give 0 or more (it is \(value))" : "raise it (it is \(value))")
    }
    if value > maximum {
      throw PlanProblemError(
        path: path(), problem: "must be at most \(maximum)", remedy: "lower it (it is \(value))")
    }
  }

  private static func inRange(
    _ value: Int, _ path: @autoclosure () -> String, minimum: Int, maximum: Int = 1_000_000_000
  ) throws(PlanProblemError) {
    if value < minimum {
      throw PlanProblemError(
        path: path(), problem: minimum == 0 ? "must not be negative" : "must be at least \(minimum)",
        remedy: "raise it (it is \(value))")
    }
    if value > maximum {
      throw PlanProblemError(
        path: path(), problem: "must be at most \(maximum)", remedy: "lower it (it is \(value))")
    }
  }

  private static func inRange(_ value: Duration, _ path: @autoclosure () -> String) throws(PlanProblemError) {
    if value < .zero {
      throw PlanProblemError(path: path(), problem: "must not be negative", remedy: "give 0 or more")
    }
    if value > .milliseconds(ProblemSize.milliseconds) {
      throw PlanProblemError(
        path: path(), problem: "is too long", remedy: "give a length a site can live through")
    }
  }

  private static func atMost(_ count: Int, _ maximum: Int, _ path: String) throws(PlanProblemError) {
    if count > maximum {
      throw PlanProblemError(
        path: path, problem: "is too large (\(count), at most \(maximum))",
        remedy: "shorten the horizon or merge entries")
    }
  }

  private static func refuseDuplicates(_ names: [String], _ path: String) throws(PlanProblemError) {
    var seen: Set<String> = []
    for (index, name) in names.enumerated() where !seen.insert(name).inserted {
      throw PlanProblemError(
        path: "\(path)[\(index)].name", problem: "\"\(name)\" is used twice", remedy: "give each its own name"
      )
    }
  }

  private static func outside(_ path: String) -> PlanProblemError {
    PlanProblemError(path: path, problem: "lies outside the horizon", remedy: "keep it within the slots")
  }

  private static func offGrid(_ path: String) -> PlanProblemError {
    PlanProblemError(
      path: path, problem: "is not on a slot boundary", remedy: "use the start or end of a slot")
  }
}
