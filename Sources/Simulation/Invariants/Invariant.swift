public import Quantities

/// What must hold on every simulated tick, numbered as in the design.
public enum Invariant: Int, Sendable, Hashable, CaseIterable {
  case importGuard = 1
  case dwell, allowance, stagger, fallback, energy, recovery

  public var name: String {
    switch self {
    case .importGuard: "import above the cap within the guard's dose"
    case .dwell: "no switch inside a dwell time"
    case .allowance: "no more rigs on than allowed"
    case .stagger: "no two closes within the stagger"
    case .fallback: "fallback within its time"
    case .energy: "recorded energy is true energy"
    case .recovery: "back on plan after faults"
    }
  }
}

/// One broken invariant. A condition that lasts is one violation, however many ticks it takes.
public struct Violation: Sendable, Hashable {
  public var invariant: Invariant
  /// World time, from the start of the run.
  public var at: MonotonicInstant
  /// True civil time.
  public var wall: UTCInstant
  public var sentence: String
  public init(invariant: Invariant, at: MonotonicInstant, wall: UTCInstant, sentence: String) {
    self.invariant = invariant
    self.at = at
    self.wall = wall
    self.sentence = sentence
  }
}

/// The violations of a run: all counted, the first ones kept.
public struct ViolationLog: Sendable, Hashable {
  /// Enough to see what is wrong; a run that breaks more is broken.
  public static let mostKept = 100

  public private(set) var kept: [Violation] = []
  private var counts = Array(repeating: 0, count: Invariant.allCases.count + 1)

  public init() {}

  public var isEmpty: Bool { self.total == 0 }
  public var total: Int { self.counts.reduce(0, +) }
  public func count(of invariant: Invariant) -> Int { self.counts[invariant.rawValue] }

  mutating func add(_ invariant: Invariant, _ tick: TickObservation, _ sentence: String) {
    self.add(Violation(invariant: invariant, at: tick.now, wall: tick.wall, sentence: sentence))
  }

  mutating func add(_ violation: Violation) {
    self.counts[violation.invariant.rawValue] += 1
    if self.kept.count < Self.mostKept { self.kept.append(violation) }
  }
}
