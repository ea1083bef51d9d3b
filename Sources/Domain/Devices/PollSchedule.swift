public import Quantities

/// Whose turn it is on a bus. The site meter goes before all others whenever it is due; a unit that does not answer is
/// asked less and less often, so that waiting for it does not slow the others.
public struct PollSchedule: Sendable {
  private struct Entry: Sendable {
    var isUrgent: Bool
    /// Milliseconds.
    var period: Int64
    var longestPause: Int64
    var dueAt: MonotonicInstant
    var failures = 0
  }

  /// A silent unit is asked at least this often, in milliseconds. The site meter is worth the wait.
  private static let longestPause: Int64 = 30_000
  private static let longestUrgentPause: Int64 = 4_000

  private var entries: [Entry] = []

  public init() {}

  /// Adds a device, due at once. Devices count from 0 in the order they are added.
  public mutating func add(isUrgent: Bool, period: Duration, at now: MonotonicInstant) {
    let (seconds, attoseconds) = period.components
    let bounded = min(86_400, max(0, seconds)) * 1000 + attoseconds / 1_000_000_000_000_000
    self.entries.append(
      Entry(
        isUrgent: isUrgent, period: max(10, bounded),
        longestPause: isUrgent ? Self.longestUrgentPause : Self.longestPause, dueAt: now))
  }

  /// The device to poll now; nil when none is due.
  public func next(at now: MonotonicInstant) -> Int? {
    self.entries.indices.filter { self.entries[$0].dueAt <= now }
      .min { a, b in
        let (a, b) = (self.entries[a], self.entries[b])
        return a.isUrgent != b.isUrgent ? a.isUrgent : a.dueAt < b.dueAt
      }
  }

  /// Milliseconds until a device is due; nil without devices.
  public func pause(at now: MonotonicInstant) -> Int64? {
    self.entries.map { max(0, $0.dueAt.millisecondsSince(now)) }.min()
  }

  /// Takes what became of a poll that ended at `now`; returns how many have failed in a row.
  @discardableResult
  public mutating func finished(_ device: Int, succeeded: Bool, at now: MonotonicInstant) -> Int {
    guard self.entries.indices.contains(device) else { return 0 }
    var entry = self.entries[device]
    if succeeded {
      entry.failures = 0
      // On the grid of its period, unless it has fallen behind: then the missed turns are not made up for.
      let planned = entry.dueAt.advanced(byMilliseconds: entry.period)
      entry.dueAt = planned > now ? planned : now.advanced(byMilliseconds: entry.period)
    } else {
      entry.failures = min(20, entry.failures + 1)
      let pause = min(max(entry.period, entry.longestPause), entry.period << Int64(entry.failures - 1))
      entry.dueAt = now.advanced(byMilliseconds: pause)
    }
    self.entries[device] = entry
    return entry.failures
  }
}
