/// A schedule made slot by slot without a solver, inside the hard limits as far as one pass can see: rigs run where
/// energy is cheaper than its median, or where a minimum or a job leaves no later slot. The lower rungs of the ladder.
struct RuleSchedule {
  private let grid: ProblemGrid
  /// Rigs running, by bank and slot.
  private(set) var running: [[Double]]
  /// Rig-hours by job and slot.
  private(set) var jobHours: [[Double]]
  /// Rigs that dwell, floors or blocks of jobs already require in each slot, by bank.
  private var committed: [[Int]]
  private var starts: [[Int]]
  private var stops: [[Int]]
  private var jobRigHoursLeft: [Double]
  private var windowUsed: [Double]
  /// Rig load in kW that the caps allow.
  private let power: [(lower: Double, upper: Double)]

  /// `runsCheapSlots` false gives as few rigs as the limits allow.
  init(_ grid: ProblemGrid, runsCheapSlots: Bool) {
    self.grid = grid
    self.running = grid.banks.map { _ in Array(repeating: 0, count: grid.slotCount) }
    self.jobHours = grid.jobs.map { _ in Array(repeating: 0, count: grid.slotCount) }
    self.committed = grid.banks.map { bank in grid.hours.indices.map { bank.least($0) } }
    self.starts = grid.banks.map { _ in Array(repeating: 0, count: grid.slotCount) }
    self.stops = self.starts
    self.jobRigHoursLeft = grid.jobs.map(\.rigHours)
    self.windowUsed = grid.windows.map { _ in 0 }
    self.power = (0..<grid.slotCount).map { grid.rigLoadRange($0) }
    let sorted = grid.importPrice.sorted()
    let median = sorted[sorted.count / 2]
    for slot in 0..<grid.slotCount {
      self.plan(slot, isCheap: runsCheapSlots && grid.importPrice[slot] < median)
    }
  }

  private mutating func plan(_ slot: Int, isCheap: Bool) {
    for bank in self.grid.banks.indices { self.set(bank, slot, to: self.floor(bank, slot)) }
    for job in self.grid.jobs.indices.sorted(by: { self.precedes($0, $1) }) { self.serve(job, slot) }
    for bank in self.grid.banks.indices {
      let wanted = isCheap ? self.grid.banks[bank].rigs : self.mustRun(slot)
      self.raise(bank, slot, to: wanted)
    }
    self.meetExportCap(slot)
    let hours = self.grid.hours[slot]
    for (index, window) in self.grid.windows.enumerated() where window.slots.contains(slot) {
      self.windowUsed[index] += hours * self.running.reduce(0) { $0 + $1[slot] }
    }
  }

  // MARK: Counts

  private func count(_ bank: Int, before slot: Int) -> Int {
    slot == 0 ? self.grid.banks[bank].initial : Int(self.running[bank][slot - 1])
  }

  /// The fewest rigs that may run: committed ones, the ramp's, and those that may not start again soon enough.
  private func floor(_ bank: Int, _ slot: Int) -> Int {
    let before = self.count(bank, before: slot)
    let ramped = self.grid.banks[bank].ramp.map { before - $0 } ?? 0
    return min(self.ceiling(bank, slot), max(self.committed[bank][slot], ramped, 0))
  }

  /// The most rigs that may run by the counts alone.
  private func ceiling(_ bank: Int, _ slot: Int) -> Int {
    let grid = self.grid.banks[bank]
    let before = self.count(bank, before: slot)
    var most = grid.rigs - grid.heldOff[slot] - self.stops[bank][grid.offSince[slot]..<slot].reduce(0, +)
    most = min(most, grid.ceiling[slot])
    if let ramp = grid.ramp { most = min(most, before + ramp) }
    for limit in self.grid.startLimits where limit.bank == bank && limit.slots.contains(slot) {
      let used = self.starts[bank][limit.slots.lowerBound..<slot].reduce(0, +)
      most = min(most, before + max(0, limit.maximum - used))
    }
    return max(0, most)
  }

  private mutating func set(_ bank: Int, _ slot: Int, to count: Int) {
    let before = self.count(bank, before: slot)
    self.running[bank][slot] = Double(count)
    self.starts[bank][slot] = max(0, count - before)
    self.stops[bank][slot] = max(0, before - count)
  }

  /// The slots in which a rig started now must still run.
  private func dwell(_ bank: Int, from slot: Int) -> Range<Int> {
    var end = slot + 1
    while end < self.grid.slotCount, self.grid.banks[bank].onSince[end] <= slot { end += 1 }
    return slot..<end
  }

  /// Raises the count as far as power, windows and dwell allow, and commits the new rigs.
  private mutating func raise(_ bank: Int, _ slot: Int, to wanted: Int, until blockEnd: Int? = nil) {
    let now = Int(self.running[bank][slot])
    let most = min(wanted, self.ceiling(bank, slot))
    guard most > now else { return }
    var added = most - now
    let dwell = self.dwell(bank, from: slot)
    let span = slot..<max(dwell.upperBound, blockEnd ?? 0)
    for later in span {
      let used = self.grid.banks.indices.reduce(0.0) { sum, other in
        let rigs = later == slot ? Int(self.running[other][slot]) : self.committed[other][later]
        return sum + Double(rigs) * self.grid.banks[other].draw[later]
      }
      let draw = self.grid.banks[bank].draw[later]
      let room = draw > 0 ? (self.power[later].upper - used) / draw + 1e-9 : .infinity
      added = min(added, room < Double(added) ? Int(max(0, room)) : added)
    }
    added = min(added, self.windowRoom(span, slot))
    guard added > 0 else { return }
    let before = self.count(bank, before: slot)
    self.set(bank, slot, to: now + added)
    let started = max(0, now + added - max(before, now))
    for later in dwell.dropFirst() { self.committed[bank][later] += started }
  }

  /// Rigs that the maximum rig-hours of all windows still allow over a stretch.
  private func windowRoom(_ span: Range<Int>, _ slot: Int) -> Int {
    var room = Double(Int32.max)
    for (index, window) in self.grid.windows.enumerated() {
      guard let maximum = window.maximum, window.slots.contains(slot) else { continue }
      var left = maximum - self.windowUsed[index]
      for later in slot..<window.slots.upperBound {
        let rigs = self.grid.banks.indices.reduce(0.0) { sum, bank in
          sum + (later == slot ? self.running[bank][slot] : Double(self.committed[bank][later]))
        }
        left -= rigs * self.grid.hours[later]
      }
      let each = span.clamped(to: window.slots).reduce(0) { $0 + self.grid.hours[$1] }
      room = min(room, left / each + 1e-9)
    }
    return Int(max(0, room))
  }

  /// Rigs that must run now because the later slots cannot make up a window's minimum.
  private func mustRun(_ slot: Int) -> Int {
    var rigs = 0.0
    for (index, window) in self.grid.windows.enumerated() where window.slots.contains(slot) {
      guard let minimum = window.minimum else { continue }
      let later = (slot + 1..<max(slot + 1, window.slots.upperBound)).reduce(0.0) { sum, later in
        sum + self.grid.hours[later] * self.mostRigs(later)
      }
      rigs = max(rigs, (minimum - self.windowUsed[index] - later) / self.grid.hours[slot])
    }
    return Int(min(rigs, Double(Int32.max)).rounded(.up))
  }

  private func mostRigs(_ slot: Int) -> Double {
    var power = max(0, self.power[slot].upper)
    var rigs = 0.0
    for bank in self.grid.banks {
      let fitting = bank.draw[slot] > 0 ? (power / bank.draw[slot]).rounded(.down) : .infinity
      let count = min(Double(bank.rigs), fitting)
      rigs += count
      power -= count * bank.draw[slot]
    }
    return rigs
  }

  /// Surplus beyond the export cap has to be used where it cannot be spilled.
  private mutating func meetExportCap(_ slot: Int) {
    for bank in self.grid.banks.indices {
      let load = PlanAssembly.rigLoad(self.grid, self.running, slot)
      let draw = self.grid.banks[bank].draw[slot]
      let missing = self.power[slot].lower - load
      guard missing > 0, draw > 0 else { continue }
      let more = (missing / draw - 1e-9).rounded(.up)
      self.raise(bank, slot, to: Int(self.running[bank][slot]) + Int(min(more, 1e9)))
    }
  }

  // MARK: Jobs

  private func precedes(_ first: Int, _ second: Int) -> Bool {
    let a = self.grid.jobs[first]
    let b = self.grid.jobs[second]
    if a.critical != b.critical { return a.critical }
    return (a.slots.upperBound, first) < (b.slots.upperBound, second)
  }

  /// Gives a released job what it may have, as early as it may have it.
  private mutating func serve(_ index: Int, _ slot: Int) {
    let job = self.grid.jobs[index]
    guard slot >= job.slots.lowerBound, self.jobRigHoursLeft[index] > 1e-9 else { return }
    let busy = self.rigsAtWork(on: job.bank, slot, besides: index)
    if job.interruptible {
      let wanted = min(Double(job.rigs), self.jobRigHoursLeft[index] / self.grid.hours[slot])
      self.raise(job.bank, slot, to: Int((busy + wanted - 1e-9).rounded(.up)))
      let given = min(wanted, self.running[job.bank][slot] - busy) * self.grid.hours[slot]
      guard given > 0 else { return }
      self.jobHours[index][slot] = given
      self.jobRigHoursLeft[index] -= given
    } else {
      let block = job.block(from: slot, hours: self.grid.hours)
      guard let last = block.last?.slot else { return }
      let wanted = Int(busy.rounded(.up)) + job.rigs
      self.raise(job.bank, slot, to: wanted, until: last + 1)
      guard Int(self.running[job.bank][slot]) >= wanted else { return }
      for (later, rigHours) in block {
        self.jobHours[index][later] = rigHours
        self.committed[job.bank][later] = max(self.committed[job.bank][later], wanted)
      }
      self.jobRigHoursLeft[index] = 0
    }
  }

  /// Rigs of a bank that other jobs use in a slot; a block holds all its rigs to its end.
  private func rigsAtWork(on bank: Int, _ slot: Int, besides index: Int) -> Double {
    self.grid.jobs.indices.reduce(0) { sum, other in
      let job = self.grid.jobs[other]
      let hours = self.jobHours[other][slot]
      guard other != index, job.bank == bank, hours > 0 else { return sum }
      return sum + (job.interruptible ? hours / self.grid.hours[slot] : Double(job.rigs))
    }
  }
}
