import JSONText

/// How long the last ticks of control took: those of five minutes at one a second.
struct TickTimes {
  private static let most = 300

  private var microseconds: [Int64] = []
  private var next = 0

  mutating func add(_ length: Duration) {
    let (seconds, attoseconds) = length.components
    let microseconds = min(max(0, seconds), 1000) * 1_000_000 + attoseconds / 1_000_000_000_000
    if self.microseconds.count < Self.most {
      self.microseconds.append(microseconds)
    } else {
      self.microseconds[self.next] = microseconds
    }
    self.next = (self.next + 1) % Self.most
  }

  /// Median, 99th percentile and longest in milliseconds; null before the first.
  var json: JSONValue {
    guard !self.microseconds.isEmpty else { return nil }
    let sorted = self.microseconds.sorted()
    func share(_ percent: Int) -> JSONValue {
      .number(Double(sorted[(sorted.count - 1) * percent / 100]) / 1000)
    }
    return ["p50": share(50), "p99": share(99), "max": share(100)]
  }
}
