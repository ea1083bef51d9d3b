extension CountModel {
  /// Constraint 7. A job takes rigs that run, so its columns are shares of the bank's count.
  mutating func addJobs() {
    guard !self.grid.jobs.isEmpty else { return }
    let isElastic = self.elasticLimits.contains(.jobDeadline)
    var use: [[[(column: Int, value: Double)]]] = Array(
      repeating: Array(repeating: [], count: self.grid.slotCount), count: self.grid.banks.count)
    let fixed = CriticalJobs.earliest(self.grid)
    for (index, job) in self.grid.jobs.enumerated() {
      if job.interruptible {
        if job.isHopeless, !isElastic {
          self.addHopelessShares(of: index, inWindow: fixed[index])
        } else {
          self.addShares(of: index, fixed: fixed[index], isElastic: isElastic)
        }
        for (slot, column) in self.jobs[index] { use[job.bank][slot].append((column, 1)) }
      } else {
        if job.isHopeless, !isElastic {
          self.addHopelessBlock(of: index)
        } else {
          self.addBlock(of: index, isElastic: isElastic)
        }
        for (start, column) in self.jobs[index] {
          for (slot, _) in job.block(from: start, hours: self.grid.hours) {
            use[job.bank][slot].append((column, Double(job.rigs)))
          }
        }
      }
    }
    for bank in self.grid.banks.indices {
      for slot in 0..<self.grid.slotCount where !use[bank][slot].isEmpty {
        self.model.addRow(upper: 0, use[bank][slot] + [(self.running[bank][slot], -1)])
      }
    }
  }

  /// Rigs at work on an interruptible job in each slot. A late job may go on after its deadline.
  private mutating func addShares(of index: Int, fixed: [Double]?, isElastic: Bool) {
    let grid = self.grid
    let job = grid.jobs[index]
    let slots = isElastic ? job.slots.lowerBound..<grid.slotCount : job.slots
    var columns: [(slot: Int, column: Int)] = []
    for slot in slots {
      let column = self.model.addColumn(upper: Double(job.rigs))
      columns.append((slot, column))
      guard let fixed else { continue }
      if !self.elasticLimits.contains(.criticalStart) {
        let most = isElastic ? Double(job.rigs) : fixed[slot]
        self.model.setBounds(lower: fixed[slot], upper: most, column: column)
      } else if fixed[slot] > 0 {
        let slack = self.addSlack(
          .criticalStart, subject: index, slots: slot..<slot + 1, weight: grid.hours[slot])
        self.model.addRow(lower: fixed[slot], [(column, 1), (slack, 1)])
      }
    }
    self.jobs.append(columns)
    let inTime = columns.filter { job.slots.contains($0.slot) }
    self.addDelivery(of: index, inTime, stage: isElastic ? Self.stage(of: .jobDeadline) : nil)
    if isElastic { self.addDelivery(of: index, columns, stage: Self.stage(of: .jobDeadline) + 1) }
  }

  private mutating func addDelivery(of index: Int, _ columns: [(slot: Int, column: Int)], stage: Int?) {
    let job = self.grid.jobs[index]
    var hours = columns.map { (column: $0.column, value: self.grid.hours[$0.slot]) }
    if let stage {
      hours.append(
        (self.addSlack(.jobDeadline, subject: index, slots: job.slots, weight: 1, stage: stage), 1))
    }
    self.model.addRow(lower: job.rigHours, upper: job.rigHours, hours)
  }

  /// One binary per slot in which a block may begin. Where deadlines give way a block may end late, or not run at all.
  private mutating func addBlock(of index: Int, isElastic: Bool) {
    let grid = self.grid
    let job = grid.jobs[index]
    let mayWait = !job.critical || self.elasticLimits.contains(.criticalStart)
    var columns: [(slot: Int, column: Int)] = []
    var late: [(column: Int, value: Double)] = []
    var undone: [(column: Int, value: Double)] = []
    for start in isElastic ? job.slots.lowerBound..<grid.slotCount : job.slots {
      if !mayWait, start > job.slots.lowerBound { break }
      let block = job.block(from: start, hours: grid.hours)
      let inTime = block.reduce(0) { job.slots.contains($1.slot) ? $0 + $1.rigHours : $0 }
      if !isElastic, job.rigHours - inTime > 1e-9 { break }
      let column = self.model.addColumn(upper: 1, integer: true)
      columns.append((start, column))
      late.append((column, job.rigHours - inTime))
      undone.append((column, job.rigHours - block.reduce(0) { $0 + $1.rigHours }))
    }
    self.jobs.append(columns)
    var choices = columns.map { (column: $0.column, value: 1.0) }
    var waiting = columns.map { (column: $0.column, value: grid.wait(of: index, until: $0.slot)) }
    if isElastic {
      let skipped = self.model.addColumn(upper: mayWait ? 1 : 0, integer: true)
      choices.append((skipped, 1))
      let deadline = Self.stage(of: .jobDeadline)
      self.addCount(late + [(skipped, job.rigHours)], of: index, .jobDeadline, stage: deadline)
      self.addCount(undone + [(skipped, job.rigHours)], of: index, .jobDeadline, stage: deadline + 1)
      waiting.append((skipped, grid.wait(of: index, until: grid.slotCount)))
    }
    if job.critical, mayWait {
      self.addCount(waiting, of: index, .criticalStart, stage: Self.stage(of: .criticalStart))
    }
    self.model.addRow(lower: 1, upper: 1, choices)
  }

  /// A slack column that is as large as the sum of what the choices miss.
  private mutating func addCount(
    _ missed: [(column: Int, value: Double)], of index: Int, _ limit: PlanLimit, stage: Int
  ) {
    let slots = self.grid.jobs[index].slots
    let slack = self.addSlack(limit, subject: index, slots: slots, weight: 1, stage: stage)
    // Rounding left over from sums of hours would only mislead the solver.
    self.model.addRow(upper: 0, missed.filter { $0.value > 1e-9 } + [(slack, -1)])
  }
}

/// What critical jobs take: all they may, from their release on, in the order of the problem.
enum CriticalJobs {
  /// Rigs per slot of the horizon for each critical, interruptible job; nil for the others.
  static func earliest(_ grid: ProblemGrid) -> [[Double]?] {
    var free = grid.banks.map { bank in
      (0..<grid.slotCount).map { slot in
        let ramped = bank.ramp.map { bank.initial + $0 * (slot + 1) } ?? bank.rigs
        return Double(max(0, min(bank.most(slot), ramped)))
      }
    }
    var power = (0..<grid.slotCount).map { max(0, grid.rigLoadRange($0).upper) }
    return grid.jobs.map { job in
      guard job.critical, job.interruptible else { return nil }
      var left = job.rigHours
      return (0..<grid.slotCount).map { slot in
        guard job.slots.contains(slot), left > 0 else { return 0 }
        let draw = grid.banks[job.bank].draw[slot]
        let powered = draw > 0 ? (power[slot] / draw + 1e-9).rounded(.down) : .infinity
        let rigs = min(Double(job.rigs), left / grid.hours[slot], free[job.bank][slot], powered)
        free[job.bank][slot] -= rigs.rounded(.up)
        power[slot] = max(0, power[slot] - rigs.rounded(.up) * draw)
        left -= rigs * grid.hours[slot]
        return rigs
      }
    }
  }
}

extension ProblemGrid {
  /// Rig-hours that the rigs of a block stand by for it when it begins with a slot; the horizon's end is never.
  func wait(of job: Int, until slot: Int) -> Double {
    Double(self.jobs[job].rigs)
      * self.hours[self.jobs[job].slots.lowerBound..<max(slot, self.jobs[job].slots.lowerBound)].reduce(0, +)
  }
}
