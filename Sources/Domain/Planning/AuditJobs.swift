import Quantities

extension AuditRun {
  mutating func checkJobs() {
    for (job, planned) in zip(self.problem.jobs, self.plan.jobs) { self.check(job, planned) }
    self.checkCriticalJobs()
    for (index, bank) in self.problem.banks.enumerated() {
      for slot in self.plan.slots.indices {
        let atWork = self.rigsAtWork(on: bank, slot)
        if self.exceeds(atWork, self.plan.slots[slot].running[index]) {
          self.report(.jobs, slot: slot, "jobs use \(atWork) rigs of \(bank.name), more than run")
        }
      }
    }
  }

  func rigs(of job: ProblemJob) -> Double {
    let bank = self.problem.banks.first { $0.name == job.bank }?.rigs ?? 0
    return Double(min(job.maximumRigs ?? bank, bank))
  }

  private func rigsAtWork(on bank: ProblemBank, _ slot: Int) -> Double {
    var rigs = 0.0
    for (job, planned) in zip(self.problem.jobs, self.plan.jobs) where job.bank == bank.name {
      let hours = planned.rigHoursBySlot[slot]
      // A block keeps all its rigs to the end of its last slot.
      if hours > 0 {
        rigs += job.interruptible ? hours / self.plan.slots[slot].slot.hours : self.rigs(of: job)
      }
    }
    return rigs
  }

  private mutating func check(_ job: ProblemJob, _ planned: PlannedJob) {
    let release = job.release ?? self.problem.slots[0].slot.start
    let deadline = job.deadline ?? self.problem.slots[self.problem.slots.count - 1].slot.end
    var inTime = 0.0
    var late = 0.0
    for (slot, hours) in planned.rigHoursBySlot.enumerated() where hours != 0 {
      let span = self.plan.slots[slot].slot
      if hours < 0 || self.exceeds(hours, self.rigs(of: job) * span.hours) {
        self.report(.jobs, slot: slot, "\(job.name) gets \(hours) rig-hours")
      }
      if span.start < release { self.report(.jobs, slot: slot, "\(job.name) runs before its release") }
      if span.end <= deadline { inTime += hours } else { late += hours }
    }
    let missing = max(0, job.rigHours - inTime)
    if self.exceeds(inTime + late, job.rigHours) || self.differs(planned.lateRigHours, missing) {
      self.report(.jobs, "\(job.name) gets \(inTime) rig-hours in time and \(late) late of \(job.rigHours)")
    }
    if self.exceeds(missing, self.admitted(.jobDeadline, name: job.name)) {
      self.report(.jobs, "\(job.name) misses its deadline by \(missing) rig-hours")
    }
    if !job.interruptible { self.checkBlock(job, planned) }
  }

  /// A block runs at its full width from its first slot on without a gap until it is done or the horizon ends.
  private mutating func checkBlock(_ job: ProblemJob, _ planned: PlannedJob) {
    guard let first = planned.rigHoursBySlot.firstIndex(where: { $0 > 0 }) else { return }
    var left = job.rigHours
    for slot in first..<planned.rigHoursBySlot.count {
      let due = min(left, self.rigs(of: job) * self.plan.slots[slot].slot.hours)
      if self.differs(planned.rigHoursBySlot[slot], due) {
        return self.report(.jobs, slot: slot, "\(job.name) is interrupted")
      }
      left -= due
    }
  }
}
