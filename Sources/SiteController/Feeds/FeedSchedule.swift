public import Quantities

/// When a feed is asked next: every so often, later and later after failures, never more often a day than its budget
/// allows. A little chance keeps sites that started together apart.
public struct FeedSchedule: Sendable {
  /// What the last answer means for the next call.
  public enum Outcome: Sendable, Hashable {
    case answered
    /// It may work again by itself.
    case failed
    /// Asked to come back later; nil when it was not said when.
    case limited(Duration?)
    /// Only a person can help; asked seldom until then.
    case needsPerson
  }

  /// What was asked before this run of the program.
  public struct Spent: Sendable, Hashable {
    public var calls: Int
    /// How long ago the day of the budget began.
    public var since: Duration
    /// How long the service still asks for patience.
    public var patience: Duration

    public init(calls: Int, since: Duration, patience: Duration = .zero) {
      self.calls = calls
      self.since = since
      self.patience = patience
    }
  }

  private static let firstPause = Duration.minutes(1)
  private static let longestPause = Duration.hours(1)
  private static let personPause = Duration.hours(1)
  /// A service that asks for more patience is mistaken or broken.
  private static let longestPatience = Duration.hours(24)
  private static let day = Duration.hours(24)

  public let every: Duration
  public let callsPerDay: Int
  public private(set) var next: MonotonicInstant
  /// Calls in a row without a good answer.
  public private(set) var failures = 0
  /// Calls in the present day of the budget.
  public private(set) var calls = 0
  /// When the present day of the budget began.
  public private(set) var dayStart: MonotonicInstant
  /// Until when the service asked for patience; nil when it did not.
  public private(set) var patientUntil: MonotonicInstant?
  private var chance: SplitMix64

  /// - Parameters:
  ///   - age: Of the answer that is at hand; nil for none, which asks at once.
  ///   - spent: Of the budget before this run; nil for nothing.
  public init(
    every: Duration, callsPerDay: Int, age: Duration?, spent: Spent? = nil, seed: UInt64,
    at now: MonotonicInstant
  ) {
    self.every = every
    self.callsPerDay = callsPerDay
    self.dayStart = now
    self.chance = SplitMix64(seed: seed)
    self.next = now + (age.map { max(.zero, every - max(.zero, $0)) } ?? .zero)
    guard let spent else { return }
    if spent.since < Self.day {
      self.calls = max(0, spent.calls)
      self.dayStart = now - max(.zero, spent.since)
    }
    if spent.patience > .zero {
      let until = now + min(spent.patience, Self.longestPatience)
      self.patientUntil = until
      self.next = max(self.next, until)
    }
  }

  /// Whether to ask now; counts the call when it is.
  public mutating func begin(at now: MonotonicInstant) -> Bool {
    guard self.next <= now else { return false }
    if now - self.dayStart >= Self.day {
      self.dayStart = now
      self.calls = 0
    }
    guard self.count() else {
      self.next = self.dayStart + Self.day
      return false
    }
    // Until its outcome is known, so that no call begins twice.
    self.next = now + Self.longestPause
    return true
  }

  /// Counts a call, also the second one of an answer in two parts; false when the budget has none left.
  public mutating func count() -> Bool {
    guard self.calls < self.callsPerDay else { return false }
    self.calls += 1
    return true
  }

  public mutating func end(_ outcome: Outcome, at now: MonotonicInstant) {
    self.patientUntil = nil
    switch outcome {
    case .answered:
      self.failures = 0
      self.next = now + self.every + self.every * self.chance.uniform(0, 0.05)
    case .failed:
      self.failures += 1
      self.next = now + self.pause()
    case .limited(let patience):
      self.failures += 1
      self.next = now + max(self.pause(), min(patience ?? .zero, Self.longestPatience))
      self.patientUntil = patience.map { now + min($0, Self.longestPatience) }
    case .needsPerson:
      self.failures += 1
      self.next = now + Self.personPause
    }
  }

  /// Doubles with every failure; half of it is left to chance.
  private mutating func pause() -> Duration {
    let doubled = Self.firstPause * (1 << min(max(0, self.failures - 1), 10))
    return min(doubled, Self.longestPause) * self.chance.uniform(0.5, 1)
  }
}
