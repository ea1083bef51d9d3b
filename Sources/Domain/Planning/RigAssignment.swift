public import Quantities

/// One rig of a bank as the assignment sees it.
public struct AssignableRig: Sendable, Hashable {
  public var isOn: Bool
  /// When it last switched; nil is long enough ago for any dwell.
  public var since: UTCInstant?
  /// Switches in its life, for wear levelling.
  public var switches: Int
  /// Locked-out rigs are left as they are and count for nothing.
  public var isLockedOut: Bool

  public init(isOn: Bool, since: UTCInstant?, switches: Int = 0, isLockedOut: Bool = false) {
    self.isOn = isOn
    self.since = since
    self.switches = switches
    self.isLockedOut = isLockedOut
  }
}

/// From counts to rigs: which ones start and stop so that a bank runs the planned number.
///
/// Stops take the rigs on the longest, starts those off the longest; among equals, those with the fewest switches. For
/// counts that keep constraint 5 of the planning page there are always enough rigs past their dwell.
public enum RigAssignment {
  /// Rigs to switch, as indices into the bank.
  public struct Change: Sendable, Hashable {
    public var starts: [Int] = []
    public var stops: [Int] = []
    /// Those of `stops` that are still within their minimum on time: a plan with admitted early stops asks for them.
    public var earlyStops: [Int] = []
    /// Starts that no rig is free for.
    public var missing = 0
    public init() {}
  }

  /// The switches that bring a bank to `count` rigs running at `now`. Never starts a rig within its minimum off time.
  public static func change(
    _ rigs: [AssignableRig], to count: Int, at now: UTCInstant, minimumOn: Duration, minimumOff: Duration
  ) -> Change {
    var change = Change()
    let running = rigs.indices.filter { rigs[$0].isOn && !rigs[$0].isLockedOut }
    if running.count > count {
      change.stops = Array(Self.ordered(running, rigs).prefix(running.count - max(0, count)))
      change.earlyStops = change.stops.filter { Self.dwells(rigs[$0], minimumOn, now) }
    } else if running.count < count {
      let free = rigs.indices.filter { index in
        !rigs[index].isOn && !rigs[index].isLockedOut && !Self.dwells(rigs[index], minimumOff, now)
      }
      change.starts = Array(Self.ordered(free, rigs).prefix(count - running.count))
      change.missing = count - running.count - change.starts.count
    }
    return change
  }

  /// Follows a bank through a plan: which rigs run in each slot. Nil when some slot asks for a rig that is not free,
  /// or stops one early.
  public static func schedule(
    _ rigs: [AssignableRig], counts: [Int], slots: [Slot], minimumOn: Duration, minimumOff: Duration
  ) -> [[Bool]]? {
    var rigs = rigs
    var schedule: [[Bool]] = []
    for (count, slot) in zip(counts, slots) {
      let change = Self.change(rigs, to: count, at: slot.start, minimumOn: minimumOn, minimumOff: minimumOff)
      if change.missing > 0 || !change.earlyStops.isEmpty { return nil }
      for index in change.starts + change.stops {
        rigs[index].isOn.toggle()
        rigs[index].since = slot.start
        rigs[index].switches += 1
      }
      schedule.append(rigs.map(\.isOn))
    }
    return schedule
  }

  private static func dwells(_ rig: AssignableRig, _ dwell: Duration, _ now: UTCInstant) -> Bool {
    guard let since = rig.since else { return false }
    return now - since < dwell
  }

  private static func ordered(_ indices: [Int], _ rigs: [AssignableRig]) -> [Int] {
    indices.sorted { a, b in
      let first = rigs[a].since?.milliseconds ?? .min
      let second = rigs[b].since?.milliseconds ?? .min
      return (first, rigs[a].switches, a) < (second, rigs[b].switches, b)
    }
  }
}
