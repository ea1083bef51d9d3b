import Quantities

extension AuditRun {
  /// Rigs that switched at the same instant; a fraction where the problem allows fractions.
  private struct Group {
    /// Nil is long enough ago to be free.
    var since: UTCInstant?
    var rigs: Double
    let isFromBefore: Bool
  }

  /// Follows the rigs of each bank: stops take those on the longest, starts those off the longest.
  mutating func checkDwell() {
    for (index, bank) in self.problem.banks.enumerated() {
      let start = self.problem.slots[0].slot.start
      var on = bank.runningFor.sorted(by: >).map { Group(since: start - $0, rigs: 1, isFromBefore: true) }
      var off = bank.stoppedFor.sorted(by: >).map { Group(since: start - $0, rigs: 1, isFromBefore: true) }
      let free = bank.rigs - bank.runningFor.count - bank.stoppedFor.count
      off.insert(Group(since: nil, rigs: Double(free), isFromBefore: true), at: 0)
      var early = 0.0
      for slot in self.plan.slots.indices {
        let running = on.reduce(0) { $0 + $1.rigs }
        let change = self.plan.slots[slot].running[index] - running
        let now = self.plan.slots[slot].slot.start
        if change > 0 {
          self.start(change, of: bank, at: now, slot, from: &off)
          on.append(Group(since: now, rigs: change, isFromBefore: false))
        } else if change < 0 {
          early += self.stop(-change, of: bank, at: now, slot, from: &on)
          off.append(Group(since: now, rigs: -change, isFromBefore: false))
        }
      }
      if self.exceeds(early, self.admitted(.minimumOn, name: bank.name)) {
        self.report(.minimumOn, "rigs of \(bank.name) stop \(early) rig-hours early")
      }
    }
  }

  private mutating func start(
    _ count: Double, of bank: ProblemBank, at now: UTCInstant, _ slot: Int, from off: inout [Group]
  ) {
    for (group, rigs) in Self.take(count, from: &off) where rigs > 1e-6 {
      guard let since = group.since, now - since < bank.minimumOff else { continue }
      self.report(
        .minimumOff, slot: slot, "\(rigs) rigs of \(bank.name) start after \((now - since).hours) h off")
    }
  }

  /// Rig-hours of minimum on time that rigs from before the horizon lose. Others must not lose any.
  private mutating func stop(
    _ count: Double, of bank: ProblemBank, at now: UTCInstant, _ slot: Int, from on: inout [Group]
  ) -> Double {
    var early = 0.0
    for (group, rigs) in Self.take(count, from: &on) where rigs > 1e-6 {
      guard let since = group.since, now - since < bank.minimumOn else { continue }
      if group.isFromBefore {
        // Dwell counts in whole slots: a slot counts when it begins within the dwell.
        for planned in self.plan.slots[slot...] where planned.slot.start - since < bank.minimumOn {
          early += rigs * planned.slot.hours
        }
      } else {
        self.report(
          .minimumOn, slot: slot, "\(rigs) rigs of \(bank.name) stop after \((now - since).hours) h on")
      }
    }
    return early
  }

  /// Takes rigs from the front of a queue.
  private static func take(_ count: Double, from queue: inout [Group]) -> [(Group, Double)] {
    var left = count
    var taken: [(Group, Double)] = []
    while left > 0, let first = queue.first {
      let rigs = min(left, first.rigs)
      taken.append((first, rigs))
      left -= rigs
      if rigs == first.rigs { queue.removeFirst() } else { queue[0].rigs -= rigs }
    }
    return taken
  }
}
