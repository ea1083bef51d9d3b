import Quantities

/// How much more the site may import before it meets the cap.
struct Room: Sendable {
  /// Share by which the remembered peak falls towards the present import with each reading: a dip of one
  /// second between two clouds is no room.
  private static let peakDecay = 0.1

  /// kW.
  let cap: Double
  /// Import in kW at the last reading, and its recent peak; nil before the first.
  private(set) var power: Double?
  private var peak = 0.0

  init(cap: Kilowatts) { self.cap = cap.value }

  mutating func take(_ power: Double) {
    self.peak = self.power == nil ? power : max(power, self.peak - (self.peak - power) * Self.peakDecay)
    self.power = power
  }

  /// kW free for one more start, `unseen` kW being commanded but not yet in the import; nil without a
  /// reading.
  func free(unseen: Double) -> Double? { self.power == nil ? nil : self.cap - self.peak - unseen }

  mutating func forget() { self.power = nil }
}

/// When shed rigs may come back: once the least room seen over the whole hold holds them.
struct Reclose: Sendable {
  private var fitsSince: MonotonicInstant?
  private var least = 0.0

  /// Takes the `free` kW under the cap less the margin. Returns the kW that may come back once `needed` has
  /// fitted for `hold` milliseconds, and starts over.
  mutating func observe(free: Double, needed: Double, hold: Int64, at now: MonotonicInstant) -> Double? {
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

  mutating func reset() { self.fitsSince = nil }
}
