import Planning
import Quantities

/// What an override of a bank makes of a plan: the count it leads to in each slot is the person's, not the planner's.
///
/// The controller keeps dwell times whoever asks, so the count nears the one asked for as rigs become free to switch.
enum FixedCounts {
  /// A slot that the override's end cuts counts whole: the site plans anew when it ends.
  static func windows(
    of rigs: Int, until end: UTCInstant, bank: ProblemBank, slots: [Slot], ramp: Int?
  ) -> [FixedCount] {
    guard let first = slots.first else { return [] }
    let wanted = min(max(0, rigs), bank.rigs)
    var count = bank.runningFor.count
    var fixed: [FixedCount] = []
    for slot in slots where slot.start < end {
      let elapsed = Duration.milliseconds(slot.start.millisecondsSince(first.start))
      let heldOn = bank.runningFor.count { $0 + elapsed < bank.minimumOn }
      let heldOff = bank.stoppedFor.count { $0 + elapsed < bank.minimumOff }
      let free = min(max(wanted, heldOn), bank.rigs - heldOff)
      count = ramp.map { min(max(free, count - $0), count + $0) } ?? free
      if let last = fixed.last, last.rigs == count,
        let longer = Slot(start: last.window.start, end: slot.end)
      {
        fixed[fixed.count - 1].window = longer
      } else {
        fixed.append(FixedCount(window: slot, rigs: count))
      }
    }
    return fixed
  }

  /// Rig-hour limits that leave room for what a person asked for.
  static func admitted(by limits: [RigHourLimit], banks: [ProblemBank]) -> [RigHourLimit] {
    let fixed = banks.flatMap(\.fixed)
    guard !fixed.isEmpty else { return limits }
    return limits.map { limit in
      var limit = limit
      let rigHours = fixed.reduce(0) { sum, fixed in
        sum + Double(fixed.rigs) * (fixed.window.intersection(limit.window)?.hours ?? 0)
      }
      limit.maximum = limit.maximum.map { max($0, rigHours) }
      return limit
    }
  }
}
