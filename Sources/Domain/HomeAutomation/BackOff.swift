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
