public import Quantities

/// A job as GridFlex draws them: energy at constant power over a duration, to be started within a deferral.
public struct StreamJob: Sendable, Hashable {
  public enum Priority: CaseIterable, Sendable, Hashable {
    case critical, high, medium, low

    /// Whole hours by which a job of this priority may be put off.
    var deferral: ClosedRange<Int> {
      switch self {
      case .critical: 0...0
      case .high: 1...4
      case .medium: 4...12
      case .low: 12...24
      }
    }
  }

  private struct Kind {
    /// kWh.
    let energy: ClosedRange<Double>
    let hours: ClosedRange<Double>
    let priorities: [Priority]
  }

  /// Every sixth job is one of: training of language models and of images, inference in batches and in real time, data
  /// processing, fine-tuning.
  private static let kinds = [
    Kind(energy: 100...500, hours: 4...24, priorities: [.medium, .high]),
    Kind(energy: 50...200, hours: 2...12, priorities: Priority.allCases),
    Kind(energy: 10...50, hours: 0.5...4, priorities: Priority.allCases),
    Kind(energy: 1...10, hours: 0.1...0.5, priorities: [.critical]),
    Kind(energy: 20...100, hours: 1...6, priorities: Priority.allCases),
    Kind(energy: 50...150, hours: 2...8, priorities: Priority.allCases),
  ]
  /// Of critical and high ones this share has a deadline, this many hours after it came.
  private static let deadlineShare = 0.3
  private static let deadlineHours = 2...12

  /// Whole hours since the market began.
  public var arrival: Int
  public var priority: Priority
  /// kWh.
  public var energy: Double
  public var hours: Double
  public var deferral: Int
  /// Hours since the market began.
  public var deadline: Double?

  public init(arrival: Int, random: inout SplitMix64) {
    let kind = Self.kinds[random.below(Self.kinds.count)]
    self.arrival = arrival
    self.priority = kind.priorities[random.below(kind.priorities.count)]
    self.energy = random.uniform(kind.energy.lowerBound, kind.energy.upperBound)
    self.hours = random.uniform(kind.hours.lowerBound, kind.hours.upperBound)
    let range = self.priority.deferral
    self.deferral = range.lowerBound + random.below(range.count)
    let hasDeadline = random.chance(Self.deadlineShare)
    let reach = Self.deadlineHours.lowerBound + random.below(Self.deadlineHours.count)
    switch self.priority {
    case .critical, .high: self.deadline = hasDeadline ? Double(arrival + reach) : nil
    case .medium, .low: self.deadline = nil
    }
  }

  /// True unless it has a deadline that it misses even when it starts at once.
  public var isFeasible: Bool { self.deadline.map { Double(self.arrival) + self.hours <= $0 } ?? true }

  public func meetsDeadline(from start: Double) -> Bool {
    self.deadline.map { start + self.hours <= $0 + 1e-9 } ?? true
  }

  /// The hours by which GridFlex's orchestrator puts it off: by what the present hour is like, whatever comes later.
  public func ruleDelay(in market: JobMarket) -> Int {
    guard self.priority != .critical else { return 0 }
    let carbon = market.carbon[self.arrival]
    let price = market.price[self.arrival]
    if carbon <= 150, price <= 0.12 { return 0 }
    return min(carbon > 150 ? 6 : 4, self.deferral)
  }
}
