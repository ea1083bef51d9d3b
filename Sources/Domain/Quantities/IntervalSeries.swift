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
    let (sum, covered) = self.weightedSum(over: slot)
    let length = slot.end.millisecondsSince(slot.start)
    return covered == length ? sum / Double(length) : nil
  }

  /// The time-weighted mean over the covered part of `slot` with the share covered (0 to 1); nil when none is.
  public func partialMean(over slot: Slot) -> (mean: Double, coverage: Double)? {
    let (sum, covered) = self.weightedSum(over: slot)
    guard covered > 0 else { return nil }
    return (sum / Double(covered), Double(covered) / Double(slot.end.millisecondsSince(slot.start)))
  }

  /// The value in force at `instant`, nil in a gap.
  public func value(at instant: UTCInstant) -> Double? {
    let index = self.firstIndex(endingAfter: instant)
    guard index < self.intervals.count, self.intervals[index].slot.contains(instant) else { return nil }
    return self.intervals[index].value
  }

  private func weightedSum(over slot: Slot) -> (sum: Double, coveredMilliseconds: Int64) {
    var sum = 0.0
    var covered: Int64 = 0
    var index = self.firstIndex(endingAfter: slot.start)
    while index < self.intervals.count, self.intervals[index].slot.start < slot.end {
      let interval = self.intervals[index]
      let overlap = min(interval.slot.end, slot.end).millisecondsSince(max(interval.slot.start, slot.start))
      sum += interval.value * Double(overlap)
      covered += overlap
      index += 1
    }
    return (sum, covered)
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
