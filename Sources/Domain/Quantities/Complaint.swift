/// Something that may happen any number of times and is said only so often, with its number.
public struct Complaint: Sendable {
  private let spacing: Duration
  private var count = 0
  private var saidAt: MonotonicInstant?

  /// `spacing` is the least time between two that are said.
  public init(every spacing: Duration) { self.spacing = spacing }

  /// How often it happened since it was said last; nil when it is not to be said now.
  public mutating func said(at now: MonotonicInstant) -> Int? {
    self.count = min(self.count + 1, 1_000_000_000)
    if let saidAt, now - saidAt < self.spacing { return nil }
    defer { self.count = 0 }
    self.saidAt = now
    return self.count
  }
}
