/// What somebody may use: so much at once, and then so much a second.
public struct Allowance: Sendable, Hashable {
  public let burst: Double
  public let perSecond: Double
  private var left: Double
  private var filledAt: MonotonicInstant?

  /// Both numbers are positive. It is full until something is taken.
  public init(burst: Double, perSecond: Double) {
    self.burst = burst
    self.perSecond = perSecond
    self.left = burst
  }

  /// Whether `amount` is granted, which it then is.
  public mutating func take(_ amount: Int64 = 1, at now: MonotonicInstant) -> Bool {
    let passed = self.filledAt.map { Double(max(0, now.millisecondsSince($0))) / 1000 } ?? 0
    self.left = min(self.burst, self.left + passed * self.perSecond)
    self.filledAt = now
    guard amount >= 0, Double(amount) <= self.left else { return false }
    self.left -= Double(amount)
    return true
  }
}
