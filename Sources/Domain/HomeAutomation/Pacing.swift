import Quantities

/// Pauses between attempts to connect: doubling, and of random length so that a hundred sites do not come back to a
/// restarted broker in the same second.
struct BackOff: Sendable {
  private static let longest = Duration.seconds(120)
  /// A connection that lived so long was a good one.
  private static let goodAfter = Duration.seconds(60)

  private var failures = 0
  private var random: SplitMix64

  init(seed: UInt64) { self.random = SplitMix64(seed: seed) }

  mutating func failed() { self.failures += 1 }

  /// A connection that ends at once, such as one that two sites of the same name take from each other, counts as a failure.
  mutating func ended(after length: Duration) {
    self.failures = length >= Self.goodAfter ? 0 : self.failures + 1
  }

  /// From half of a power of two in seconds to all of it.
  mutating func pause() -> Duration {
    let most = min(Self.longest, .seconds(1 << min(max(0, self.failures), 7)))
    return .milliseconds(Int64(Double(most.wholeMilliseconds) * self.random.uniform(0.5, 1)))
  }
}

/// So many at once, and so many a second in the long run.
struct Allowance: Sendable {
  private let most: Double
  private let perSecond: Double
  private var left: Double
  private var filledAt: MonotonicInstant?

  init(most: Double, perSecond: Double) {
    self.most = most
    self.perSecond = perSecond
    self.left = most
  }

  mutating func refill(at now: MonotonicInstant) {
    let seconds = self.filledAt.map { Double(max(0, now.millisecondsSince($0))) / 1000 } ?? 0
    self.left = min(self.most, self.left + seconds * self.perSecond)
    self.filledAt = now
  }

  /// False when nothing is left.
  mutating func take() -> Bool {
    guard self.left >= 1 else { return false }
    self.left -= 1
    return true
  }
}

/// Something that may happen any number of times and is said once in ten minutes, with its number.
struct Complaint: Sendable {
  private static let spacing = Duration.minutes(10)

  private var count = 0
  private var saidAt: MonotonicInstant?

  /// How often it happened since it was said last; nil when it is not to be said now.
  mutating func said(at now: MonotonicInstant) -> Int? {
    self.count = min(self.count + 1, 1_000_000_000)
    if let saidAt, now - saidAt < Self.spacing { return nil }
    defer { self.count = 0 }
    self.saidAt = now
    return self.count
  }
}
