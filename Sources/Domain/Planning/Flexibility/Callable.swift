import Quantities

/// Rigs of a plan that could be switched at once in some slots and stay so through them.
struct Callable {
  private let grid: ProblemGrid
  private let counts: [[Int]]
  private let jobRigs: [[Double]]

  init(_ plan: Plan, _ grid: ProblemGrid) {
    self.grid = grid
    self.counts = grid.banks.indices.map { bank in plan.slots.map { $0.counts[bank] } }
    self.jobRigs = grid.banks.indices.map { bank in
      grid.hours.indices.map { slot in
        zip(grid.jobs, plan.jobs).reduce(0) { sum, job in
          let hours = job.1.rigHoursBySlot[slot]
          guard job.0.bank == bank, hours > 0 else { return sum }
          return sum + (job.0.interruptible ? hours / grid.hours[slot] : Double(job.0.rigs))
        }
      }
    }
  }

  /// The change at the grid connection that every one of `slots` shows when as many rigs as may switch do, in kW and
  /// positive. Rig-hours that this adds to or takes from a window of the problem stay within it.
  func power(_ slots: ClosedRange<Int>, up: Bool) -> Kilowatts {
    let length = slots.reduce(0) { $0 + self.grid.hours[$1] }
    var rigsLeft = self.rigHoursLeft(slots, up: up) / length
    var change = slots.map { _ in 0.0 }
    var room = slots.map { self.room($0, up: up) }.min() ?? 0
    for bank in self.grid.banks.indices {
      let free = slots.map { self.free(bank, $0, since: slots.lowerBound, up: up) }.min() ?? 0
      let draw = slots.map { self.grid.banks[bank].draw[$0] }
      guard let most = draw.max(), most > 0 else { continue }
      let rigs = max(0, min(Double(free), rigsLeft, room / most + 1e-9)).rounded(.down)
      rigsLeft -= rigs
      room -= rigs * most
      for index in draw.indices { change[index] += rigs * draw[index] }
    }
    let seen = zip(slots, change).map { slot, change in
      let load = self.load(slot)
      let other = max(0, up ? load + change : load - change)
      return abs(self.grid.netImport(slot, rigLoad: load) - self.grid.netImport(slot, rigLoad: other))
    }
    return Kilowatts(seen.min() ?? 0)
  }

  private func load(_ slot: Int) -> Double {
    self.grid.banks.indices.reduce(0) { $0 + self.grid.banks[$1].draw[slot] * Double(self.counts[$1][slot]) }
  }

  /// Rigs of a bank that can switch at the window's start and stay so in `slot`.
  private func free(_ bank: Int, _ slot: Int, since first: Int, up: Bool) -> Int {
    let limits = self.grid.banks[bank]
    let count = self.counts[bank][slot]
    // Without a dwell time even a rig that has just switched may switch back.
    if up {
      let rests = self.grid.problem.banks[bank].minimumOff > .zero
      let stopped = rests ? self.switched(bank, from: limits.offSince[first], to: slot, up: false) : 0
      return min(limits.ceiling[slot] - count, limits.rigs - count - limits.heldOff[first] - stopped)
    }
    let dwells = self.grid.problem.banks[bank].minimumOn > .zero
    let started = dwells ? self.switched(bank, from: limits.onSince[first], to: slot, up: true) : 0
    let held = limits.heldOn[first] + started
    let needed = max(Double(limits.floor[slot]), self.jobRigs[bank][slot].rounded(.up))
    return count - max(held, Int(needed))
  }

  /// Rigs that started (stopped) in some slots.
  private func switched(_ bank: Int, from first: Int, to last: Int, up: Bool) -> Int {
    (first...last).reduce(0) { sum, slot in
      let before = slot == 0 ? self.grid.banks[bank].initial : self.counts[bank][slot - 1]
      let change = self.counts[bank][slot] - before
      return sum + max(0, up ? change : -change)
    }
  }

  /// kW that the caps leave for a change.
  private func room(_ slot: Int, up: Bool) -> Double {
    let range = self.grid.rigLoadRange(slot)
    return up ? range.upper - self.load(slot) : self.load(slot) - max(0, range.lower)
  }

  private func rigHoursLeft(_ slots: ClosedRange<Int>, up: Bool) -> Double {
    var left = Double.infinity
    for window in self.grid.windows where window.slots.overlaps(slots) {
      let hours = window.slots.reduce(0.0) { sum, slot in
        sum + self.grid.hours[slot] * Double(self.counts.reduce(0) { $0 + $1[slot] })
      }
      if up, let most = window.maximum { left = min(left, most - hours) }
      if !up, let least = window.minimum { left = min(left, hours - least) }
    }
    return max(0, left)
  }
}
