import Quantities

extension AuditRun {
  /// Critical jobs take all they may from their release on, but for what the plan admits they lack.
  mutating func checkCriticalJobs() {
    guard self.problem.jobs.contains(where: \.critical) else { return }
    var free = self.problem.banks.map { bank in
      self.problem.slots.indices.map { self.available(bank, $0) }
    }
    var power = self.problem.slots.indices.map { self.power($0) }
    for (job, planned) in zip(self.problem.jobs, self.plan.jobs) where job.critical {
      let lacking: Double
      if job.interruptible {
        let due = self.due(job, &free, &power)
        lacking = zip(due, planned.rigHoursBySlot).reduce(0) { $0 + max(0, $1.0 - $1.1) }
      } else {
        lacking = self.waiting(job, planned)
      }
      if self.exceeds(lacking, self.admitted(.criticalStart, name: job.name)) {
        self.report(.jobs, "\(job.name) is critical and lacks \(lacking) rig-hours from its release on")
      }
    }
  }

  /// Rigs of a bank that the ramp and minimum off times from before the horizon let run in a slot.
  private func available(_ bank: ProblemBank, _ slot: Int) -> Double {
    let elapsed = self.problem.slots[slot].slot.start - self.problem.slots[0].slot.start
    let heldOff = bank.stoppedFor.count { $0 + elapsed < bank.minimumOff }
    let room = Double(bank.rigs - heldOff)
    guard let ramp = self.problem.limits.maximumRigChangePerSlot else { return room }
    return min(room, Double(bank.runningFor.count) + Double(ramp) * Double(slot + 1))
  }

  /// Power for rigs under the caps in every scenario of a slot.
  private func power(_ index: Int) -> Double {
    let slot = self.problem.slots[index]
    let other = slot.otherLoad.value
    var least = slot.maximumRigLoad?.value ?? .infinity
    for renewable in slot.renewable.map(\.value) {
      if let cap = slot.importCap?.value {
        least = min(least, renewable + max(cap, other - renewable) - other)
      }
      if let ceiling = self.problem.limits.importCarbonCeiling, slot.carbon > ceiling {
        least = min(least, renewable)
      }
    }
    return max(0, least)
  }

  /// Rig-hours an interruptible job is due in each slot, taken from what is free.
  private func due(_ job: ProblemJob, _ free: inout [[Double]], _ power: inout [Double]) -> [Double] {
    guard let bank = self.problem.banks.firstIndex(where: { $0.name == job.bank }) else { return [] }
    var left = job.rigHours
    return self.problem.slots.indices.map { slot in
      let span = self.problem.slots[slot].slot
      let isInside = span.start >= job.release ?? span.start && span.end <= job.deadline ?? span.end
      guard isInside, left > 0 else { return 0 }
      let draw = self.draw(self.problem.banks[bank], slot)
      let powered = draw > 0 ? (power[slot] / draw + 1e-9).rounded(.down) : .infinity
      let rigs = min(self.rigs(of: job), left / span.hours, free[bank][slot], powered)
      // A rig that works on a job for part of a slot runs all of it.
      free[bank][slot] -= rigs.rounded(.up)
      power[slot] = max(0, power[slot] - rigs.rounded(.up) * draw)
      left -= rigs * span.hours
      return rigs * span.hours
    }
  }

  /// Rig-hours that the rigs of a block stand by between its release and its first slot.
  private func waiting(_ job: ProblemJob, _ planned: PlannedJob) -> Double {
    guard self.exceeds(job.rigHours, 0) else { return 0 }
    let first = planned.rigHoursBySlot.firstIndex { $0 > 0 } ?? self.problem.slots.count
    return self.problem.slots[..<first].reduce(0) { sum, slot in
      slot.slot.start >= job.release ?? slot.slot.start ? sum + self.rigs(of: job) * slot.slot.hours : sum
    }
  }
}
