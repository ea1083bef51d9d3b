/// Starts of one bank in the local day.
///
/// A clock that goes back does not give the day's starts again: the count belongs to the latest day seen.
package struct StartWindow: Sendable {
  /// Nil is unlimited.
  package let limit: Int?
  package private(set) var count: Int
  /// Days since 1970-01-01 of the day `count` belongs to.
  package private(set) var day: Int64

  package init(limit: Int?, count: Int = 0, day: Int64 = .min) {
    self.limit = limit
    self.count = max(0, count)
    self.day = day
  }

  package var isFull: Bool { self.limit.map { self.count >= $0 } ?? false }

  package mutating func enter(day: Int64) {
    guard day > self.day else { return }
    self.day = day
    self.count = 0
  }

  package mutating func started() { self.count += 1 }

  /// The last start did not happen.
  package mutating func cancelled() { self.count = max(0, self.count - 1) }
}
