package import Quantities

/// How much more the site may import before it meets the cap.
///
/// The highest of the last five to ten readings counts: a dip between two clouds is no room, nor is one
/// made-up value, and one that was too high is forgotten soon.
package struct Room: Sendable {
  private static let bucketSize = 5

  /// kW.
  package var cap: Double
  /// Import in kW at the last reading; nil before the first.
  package private(set) var power: Double?
  private var highest = -Double.infinity
  private var highestBefore = -Double.infinity
  private var count = 0

  package init(cap: Kilowatts) { self.cap = cap.value }

  package mutating func take(_ power: Double) {
    self.power = power
    if self.count == Self.bucketSize {
      self.highestBefore = self.highest
      self.highest = power
      self.count = 1
    } else {
      self.highest = max(self.highest, power)
      self.count += 1
    }
  }

  /// kW free for one more start, `unseen` kW being commanded but not yet in the import; nil without a
  /// reading.
  package func free(unseen: Double) -> Double? {
    self.power == nil ? nil : self.cap - max(self.highest, self.highestBefore) - unseen
  }

  package mutating func forget() { self = Room(cap: Kilowatts(self.cap)) }
}

/// When shed rigs may come back: once the least room seen over the whole hold holds them.
package struct Reclose: Sendable {
  private var fitsSince: MonotonicInstant?
  private var least = 0.0

  package init() {}

  /// Takes the `free` kW under the cap less the margin. Returns the kW that may come back once `needed` has
  /// fitted for `hold` milliseconds, and starts over.
  package mutating func observe(free: Double, needed: Double, hold: Int64, at now: MonotonicInstant)
    -> Double?
  {
    guard free >= needed else {
      self.fitsSince = nil
      return nil
    }
    guard let since = self.fitsSince else {
      self.fitsSince = now
      self.least = free
      return nil
    }
    self.least = min(self.least, free)
    guard now.millisecondsSince(since) >= hold else { return nil }
    self.fitsSince = nil
    return self.least
  }

  package mutating func reset() { self.fitsSince = nil }
}
