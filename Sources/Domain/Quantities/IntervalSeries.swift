/// Values that hold over stretches of civil time, in order and without overlap; what lies between two stretches is a
/// gap. The unit is the owner's: a price, a power, an intensity.
public struct IntervalSeries: Sendable, Hashable {
  public struct Interval: Sendable, Hashable {
    public let slot: Slot
    public let value: Double
    public init(slot: Slot, value: Double) {
      self.slot = slot
      self.value = value
    }
  }

  public enum Problem: Error, Hashable, Sendable {
    /// The interval at `index` begins before the one before it ends.
    case overlap(index: Int)
    /// The value at `index` is NaN or infinite.
    case notFinite(index: Int)
  }

  public let intervals: [Interval]

  /// Checks order and values; the index in an error counts from 0 in the order given.
  public init(_ intervals: [Interval]) throws(Problem) {
    for (index, interval) in intervals.enumerated() {
      if !interval.value.isFinite { throw .notFinite(index: index) }
      if index > 0, interval.slot.start < intervals[index - 1].slot.end { throw .overlap(index: index) }
    }
    self.intervals = intervals
  }

  public static let empty = IntervalSeries(checked: [])
  private init(checked: [Interval]) { self.intervals = checked }

  public var isEmpty: Bool { self.intervals.isEmpty }

  /// The time-weighted mean over `slot`, or nil when any part of it is a gap.
  public func mean(over slot: Slot) -> Double? {
    let (mean, covered) = self.weightedMean(over: slot)
    return covered == slot.end.millisecondsSince(slot.start) ? mean : nil
  }

  /// The time-weighted mean over the covered part of `slot` with the share covered (0 to 1); nil when none is.
  public func partialMean(over slot: Slot) -> (mean: Double, coverage: Double)? {
    let (mean, covered) = self.weightedMean(over: slot)
    guard covered > 0 else { return nil }
    let coverage = Double(covered) / Double(slot.end.millisecondsSince(slot.start))
    return (covered == slot.end.millisecondsSince(slot.start) ? mean : mean / coverage, coverage)
  }

  /// The value in force at `instant`, nil in a gap.
  public func value(at instant: UTCInstant) -> Double? {
    let index = self.firstIndex(endingAfter: instant)
    guard index < self.intervals.count, self.intervals[index].slot.contains(instant) else { return nil }
    return self.intervals[index].value
  }

  /// The parts of `slot` without a value, in order.
  public func gaps(in slot: Slot) -> [Slot] {
    var gaps: [Slot] = []
    var from = slot.start
    var index = self.firstIndex(endingAfter: slot.start)
    while index < self.intervals.count, self.intervals[index].slot.start < slot.end {
      let interval = self.intervals[index].slot
      if let gap = Slot(start: from, end: interval.start) { gaps.append(gap) }
      from = interval.end
      index += 1
    }
    if let gap = Slot(start: from, end: slot.end) { gaps.append(gap) }
    return gaps
  }

  /// The sum of values weighted by the share of `slot` each holds. Shares, not lengths, so that a value standing alone
  /// comes back exactly.
  private func weightedMean(over slot: Slot) -> (mean: Double, coveredMilliseconds: Int64) {
    let length = Double(slot.end.millisecondsSince(slot.start))
    var mean = 0.0
    var covered: Int64 = 0
    var index = self.firstIndex(endingAfter: slot.start)
    while index < self.intervals.count, self.intervals[index].slot.start < slot.end {
      let interval = self.intervals[index]
      let overlap = min(interval.slot.end, slot.end).millisecondsSince(max(interval.slot.start, slot.start))
      mean += interval.value * (Double(overlap) / length)
      covered += overlap
      index += 1
    }
    return (mean, covered)
  }

  private func firstIndex(endingAfter instant: UTCInstant) -> Int {
    var low = 0
    var high = self.intervals.count
    while low < high {
      let middle = (low + high) / 2
      if self.intervals[middle].slot.end <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
