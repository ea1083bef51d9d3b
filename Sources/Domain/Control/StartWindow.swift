import Quantities

/// Starts of one bank in the local day.
///
/// A clock that goes back does not give the day's starts again: the count belongs to the latest day seen.
struct StartWindow: Sendable {
  /// Nil is unlimited.
  let limit: Int?
  private(set) var count: Int
  /// Days since 1970-01-01 of the day `count` belongs to.
  private(set) var day: Int64

  init(limit: Int?, count: Int = 0, day: Int64 = .min) {
    self.limit = limit
    self.count = max(0, count)
    self.day = day
  }

  var isFull: Bool { self.limit.map { self.count >= $0 } ?? false }

  mutating func enter(day: Int64) {
    guard day > self.day else { return }
    self.day = day
    self.count = 0
  }

  mutating func started() { self.count += 1 }

  /// The last start did not happen.
  mutating func cancelled() { self.count = max(0, self.count - 1) }
}
