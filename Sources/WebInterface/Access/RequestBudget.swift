public import Quantities

/// How many requests are answered: a store of them that fills up again with time, for all callers together.
public struct RequestBudget: Sendable {
  private static let perSecond = 200.0
  private static let most = 400.0

  private var left = RequestBudget.most
  private var last: MonotonicInstant?

  public init() {}

  /// Takes one; false when there is none left.
  public mutating func take(at now: MonotonicInstant) -> Bool {
    let passed = self.last.map { max(0, Double((now - $0).wholeMilliseconds) / 1000) } ?? 0
    self.last = now
    self.left = min(Self.most, self.left + passed * Self.perSecond)
    guard self.left >= 1 else { return false }
    self.left -= 1
    return true
  }
}
