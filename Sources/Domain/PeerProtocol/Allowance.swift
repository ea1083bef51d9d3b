public import Quantities

/// What one peer may use: so much at once, and then so much a second.
public struct Allowance: Sendable, Hashable {
  public let burst: Int64
  public let perSecond: Int64
  private var left: Int64
  private var filledAt: MonotonicInstant

  /// Both numbers are positive and below 2^40.
  public init(burst: Int64, perSecond: Int64, at now: MonotonicInstant) {
    self.burst = burst
    self.perSecond = perSecond
    self.left = burst
    self.filledAt = now
  }

  /// Whether `amount` is granted, which it then is.
  public mutating func take(_ amount: Int64, at now: MonotonicInstant) -> Bool {
    // A longer pause fills any allowance; bounded so that the product fits.
    let elapsed = min(max(0, now.millisecondsSince(self.filledAt)), 1_000_000)
    let gained = elapsed * self.perSecond / 1000
    if gained > 0 {
      self.left = min(self.burst, self.left + gained)
      self.filledAt = now
    }
    guard amount >= 0, amount <= self.left else { return false }
    self.left -= amount
    return true
  }
}
