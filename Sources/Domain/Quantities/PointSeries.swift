/// Values that hold at instants of civil time, in order, with straight lines between them. The unit is the owner's: a
/// temperature, a wind speed.
public struct PointSeries: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public let at: UTCInstant
    public let value: Double
    public init(at: UTCInstant, value: Double) {
      self.at = at
      self.value = value
    }
  }

  public enum Problem: Error, Hashable, Sendable {
    /// The point at `index` is not after the one before it.
    case order(index: Int)
    /// The value at `index` is NaN or infinite.
    case notFinite(index: Int)
  }

  /// How far a value may be carried where there is no point: over the widest gap between two points, and beyond the
  /// first and the last one.
  public struct Reach: Sendable, Hashable {
    public var between: Duration
    public var beyond: Duration
    public init(between: Duration, beyond: Duration) {
      self.between = between
      self.beyond = beyond
    }
  }

  public let points: [Point]

  /// Checks order and values; the index in an error counts from 0 in the order given.
  public init(_ points: [Point]) throws(Problem) {
    for (index, point) in points.enumerated() {
      if !point.value.isFinite { throw .notFinite(index: index) }
      if index > 0, point.at <= points[index - 1].at { throw .order(index: index) }
    }
    self.points = points
  }

  public static let empty = PointSeries(checked: [])
  private init(checked: [Point]) { self.points = checked }

  public var isEmpty: Bool { self.points.isEmpty }

  /// The time-weighted mean over `slot` of the straight lines between points (the area under them, exactly), or nil
  /// where `reach` does not cover all of it. Before the first and after the last point that point's value holds.
  public func mean(over slot: Slot, reach: Reach) -> Double? {
    guard let first = self.points.first, let last = self.points.last else { return nil }
    if slot.start < first.at, first.at - slot.start > reach.beyond { return nil }
    if slot.end > last.at, slot.end - last.at > reach.beyond { return nil }
    let length = Double(slot.end.millisecondsSince(slot.start))
    var mean = 0.0
    if let before = Slot(start: slot.start, end: min(slot.end, first.at)) {
      mean += first.value * (Double(before.end.millisecondsSince(before.start)) / length)
    }
    // The first segment that ends after the slot's start.
    var index = max(1, self.firstIndex(after: slot.start))
    while index < self.points.count, self.points[index - 1].at < slot.end {
      let (a, b) = (self.points[index - 1], self.points[index])
      if b.at - a.at > reach.between { return nil }
      if let part = Slot(start: max(a.at, slot.start), end: min(b.at, slot.end)) {
        let middle = (Self.line(a, b, at: part.start) + Self.line(a, b, at: part.end)) / 2
        mean += middle * (Double(part.end.millisecondsSince(part.start)) / length)
      }
      index += 1
    }
    if let after = Slot(start: max(slot.start, last.at), end: slot.end) {
      mean += last.value * (Double(after.end.millisecondsSince(after.start)) / length)
    }
    return mean
  }

  private static func line(_ a: Point, _ b: Point, at instant: UTCInstant) -> Double {
    let share = Double(instant.millisecondsSince(a.at)) / Double(b.at.millisecondsSince(a.at))
    return a.value * (1 - share) + b.value * share
  }

  private func firstIndex(after instant: UTCInstant) -> Int {
    var low = 0
    var high = self.points.count
    while low < high {
      let middle = (low + high) / 2
      if self.points[middle].at <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
