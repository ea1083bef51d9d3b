import Quantities

/// Checks every constraint of a problem again from a plan's own numbers.
///
/// The planner is complicated and its solver is a large library; the controller follows nothing that has not passed
/// here. Nothing is shared with the formulation: rigs are followed one by one through queues instead of counted by
/// inequalities.
public enum PlanAudit {
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    public enum Rule: String, Sendable, Hashable {
      case shape, wholeRigs, bankSize, minimumRunning, fixedCount, ramp, minimumOn, minimumOff, startLimit
      case balance, expectation, curtailment, exclusion, importCap, exportCap, rigLoad, carbonCeiling
      case rigHours, averageCarbon, maximumCO2, jobs, slack, totals, objective
    }
    public var rule: Rule
    /// The first slot concerned, if it is one slot.
    public var slot: Int?
    public var detail: String
    public var description: String {
      "\(self.rule.rawValue)\(self.slot.map { " in slot \($0)" } ?? ""): \(self.detail)"
    }
  }

  /// What is wrong with a plan; nothing when it may be followed. `problem` must have passed its own check.
  public static func findings(_ plan: Plan, for problem: PlanProblem) -> [Finding] {
    var audit = AuditRun(plan: plan, problem: problem)
    audit.checkShape()
    // Everything else indexes by slot, bank and scenario.
    guard audit.findings.isEmpty else { return audit.findings }
    audit.checkCounts()
    audit.checkDwell()
    audit.checkPower()
    audit.checkWindows()
    audit.checkJobs()
    audit.checkSlack()
    audit.checkAccounts()
    return audit.findings
  }
}

/// The state of one audit.
struct AuditRun {
  let plan: Plan
  let problem: PlanProblem
  private(set) var findings: [PlanAudit.Finding] = []

  init(plan: Plan, problem: PlanProblem) {
    self.plan = plan
    self.problem = problem
  }

  mutating func report(_ rule: PlanAudit.Finding.Rule, slot: Int? = nil, _ detail: String) {
    self.findings.append(PlanAudit.Finding(rule: rule, slot: slot, detail: detail))
  }

  /// Whether `value` exceeds `limit` by more than rounding.
  func exceeds(_ value: Double, _ limit: Double) -> Bool { value > limit + 1e-6 * max(1, abs(limit)) }

  func differs(_ a: Double, _ b: Double) -> Bool { abs(a - b) > 1e-6 * max(1, abs(a), abs(b)) }

  func draw(_ bank: ProblemBank, _ slot: Int) -> Double {
    let over = max(0, self.problem.slots[slot].ambient.value - 25)
    return bank.draw.value + bank.draw.value * bank.heatCoefficient * over
  }

  func rigLoad(_ slot: Int) -> Double {
    var load = 0.0
    for (index, bank) in self.problem.banks.enumerated() {
      load += self.plan.slots[slot].running[index] * self.draw(bank, slot)
    }
    return load
  }

  /// Slack the plan admits to for a limit, whole or of one bank, job or window.
  func admitted(_ limit: PlanLimit, name: String? = nil, window: Slot? = nil) -> Double {
    var sum = 0.0
    for slack in self.plan.slack where slack.cause == .limit(limit) {
      if let name, slack.name != name { continue }
      if let window, slack.window != window { continue }
      sum += slack.amount
    }
    return self.problem.limits.soft ? sum : 0
  }

  // MARK: Shape and counts

  mutating func checkShape() {
    guard self.plan.slots.map(\.slot) == self.problem.slots.map(\.slot) else {
      return self.report(.shape, "the plan's slots are not the problem's")
    }
    for (index, slot) in self.plan.slots.enumerated() {
      if slot.running.count != self.problem.banks.count
        || slot.flows.count != self.problem.scenarioWeights.count
      {
        return self.report(.shape, slot: index, "banks or scenarios are missing")
      }
      if !slot.running.allSatisfy(\.isFinite) {
        return self.report(.shape, slot: index, "a count is not finite")
      }
    }
    guard self.plan.jobs.map(\.name) == self.problem.jobs.map(\.name),
      self.plan.jobs.allSatisfy({ job in
        job.rigHoursBySlot.count == self.plan.slots.count && job.rigHoursBySlot.allSatisfy(\.isFinite)
      })
    else { return self.report(.shape, "the plan's jobs are not the problem's") }
  }

  mutating func checkCounts() {
    for (index, bank) in self.problem.banks.enumerated() {
      var before = Double(bank.runningFor.count)
      for (slot, planned) in self.plan.slots.enumerated() {
        let count = planned.running[index]
        if self.problem.solver.integral, count != count.rounded() {
          self.report(.wholeRigs, slot: slot, "\(count) rigs of \(bank.name)")
        }
        if count < 0 || self.exceeds(count, Double(bank.rigs)) {
          self.report(.bankSize, slot: slot, "\(count) of \(bank.rigs) rigs of \(bank.name)")
        }
        let fixed = bank.fixed.first { $0.window.intersection(planned.slot) != nil }
        if let fixed, self.differs(count, Double(fixed.rigs)) {
          self.report(.fixedCount, slot: slot, "\(count) rigs of \(bank.name), fixed at \(fixed.rigs)")
        }
        if fixed == nil, self.exceeds(Double(bank.minimumRunning), count) {
          self.report(
            .minimumRunning, slot: slot, "\(count) rigs of \(bank.name) of at least \(bank.minimumRunning)")
        }
        if let most = self.problem.limits.maximumRigChangePerSlot,
          self.exceeds(abs(count - before), Double(most))
        {
          self.report(.ramp, slot: slot, "\(bank.name) changes from \(before) to \(count)")
        }
        before = count
      }
    }
    for limit in self.problem.startLimits { self.check(limit) }
  }

  private mutating func check(_ limit: StartLimit) {
    var starts = 0.0
    for (index, bank) in self.problem.banks.enumerated() where bank.name == limit.bank {
      var before = Double(bank.runningFor.count)
      for planned in self.plan.slots {
        let inside = planned.slot.start >= limit.window.start && planned.slot.end <= limit.window.end
        if inside { starts += max(0, planned.running[index] - before) }
        before = planned.running[index]
      }
    }
    if self.exceeds(starts, Double(limit.maximum)) {
      self.report(.startLimit, "\(starts) starts of \(limit.bank), at most \(limit.maximum)")
    }
  }

  // MARK: Windows

  mutating func checkWindows() {
    for limit in self.problem.rigHourLimits {
      var hours = 0.0
      for planned in self.plan.slots
      where planned.slot.start >= limit.window.start && planned.slot.end <= limit.window.end {
        hours += planned.running.reduce(0, +) * planned.slot.hours
      }
      if let maximum = limit.maximum, self.exceeds(hours, maximum) {
        self.report(.rigHours, "\(hours) rig-hours, at most \(maximum)")
      }
      if let minimum = limit.minimum {
        let reached = hours + self.admitted(.minimumRigHours, window: limit.window)
        if self.exceeds(minimum, reached) {
          self.report(.rigHours, "\(hours) rig-hours, at least \(minimum)")
        }
      }
    }
    let limits = self.problem.limits
    guard limits.averageCarbonCap != nil || limits.maximumCO2 != nil else { return }
    var carbon = 0.0
    var rigEnergy = 0.0
    for (index, planned) in self.plan.slots.enumerated() {
      carbon += planned.imported.value * planned.slot.hours * self.problem.slots[index].carbon.value / 1000
      rigEnergy += self.rigLoad(index) * planned.slot.hours
    }
    if let most = limits.maximumCO2, self.exceeds(carbon, most.value) {
      self.report(.maximumCO2, "\(carbon) kg, at most \(most.value) kg")
    }
    guard let cap = limits.averageCarbonCap else { return }
    let allowed = rigEnergy * cap.value / 1000 + self.admitted(.averageCarbonCap)
    if self.exceeds(carbon, allowed) { self.report(.averageCarbon, "\(carbon) kg, at most \(allowed) kg") }
  }
}
