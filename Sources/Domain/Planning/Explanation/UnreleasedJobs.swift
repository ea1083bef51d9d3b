import Quantities

extension PlanExplanation {
  /// The job, if any, that would rather run a rig of a bank in this slot than where it is planned, but is not released
  /// yet. Dwell is left aside: what one rig saves by moving is compared, not another plan made.
  func unreleasedJob(_ bank: Int, _ slot: Int) -> BankExplanation.UnreleasedJob? {
    var best: (job: BankExplanation.UnreleasedJob, saving: Double)?
    for (index, job) in self.grid.jobs.enumerated()
    where job.bank == bank && job.slots.lowerBound > slot {
      let saving =
        job.interruptible ? self.savingOfShare(index, to: slot) : self.savingOfBlock(index, to: slot)
      guard saving > max(1e-9, best?.saving ?? 0) else { continue }
      let problem = self.grid.problem
      let release = problem.jobs[index].release ?? problem.slots[job.slots.lowerBound].slot.start
      best = (BankExplanation.UnreleasedJob(name: problem.jobs[index].name, release: release), saving)
    }
    return best?.job
  }

  /// Currency saved per rig-hour by moving one rig of a job from its dearest slot.
  private func savingOfShare(_ index: Int, to slot: Int) -> Double {
    let job = self.grid.jobs[index]
    let here = self.cost(of: 1, job.bank, slot) / self.grid.hours[slot]
    let saved = self.jobHours[index].indices.filter { self.jobHours[index][$0] > 1e-9 }.map { planned in
      -self.cost(of: -1, job.bank, planned) / self.grid.hours[planned]
    }
    return (saved.max() ?? 0) - here
  }

  /// Currency saved by moving a job's whole block to begin with `slot`; nothing where the two overlap.
  private func savingOfBlock(_ index: Int, to slot: Int) -> Double {
    let job = self.grid.jobs[index]
    let moved = job.block(from: slot, hours: self.grid.hours)
    guard let first = self.jobHours[index].firstIndex(where: { $0 > 1e-9 }),
      let last = moved.last?.slot, last < first
    else { return 0 }
    let planned = job.block(from: first, hours: self.grid.hours)
    return -moved.reduce(0) { $0 + self.cost(of: job.rigs, job.bank, $1.slot) }
      - planned.reduce(0) { $0 + self.cost(of: -job.rigs, job.bank, $1.slot) }
  }

  /// Cost of `change` rigs more in a slot, infinite where they cannot be.
  private func cost(of change: Int, _ bank: Int, _ slot: Int) -> Double {
    self.pricing.cost(of: change, bank: bank, self.pricing.state(of: slot, self.counts), self.counts)
  }
}
