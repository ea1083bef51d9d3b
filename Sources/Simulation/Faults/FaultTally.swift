/// How often each kind of fault came and how often it really struck.
public struct FaultTally: Sendable, Hashable {
  public struct Count: Sendable, Hashable {
    /// Episodes that began.
    public var episodes = 0
    /// Episodes that changed at least one reading, command, commit, answer or process.
    public var strikes = 0
    /// Readings, commands, commits, answers or processes changed.
    public var effects = 0
    var hasStruck = false
  }

  private var counts: [Count] = Array(repeating: Count(), count: FaultKind.allCases.count)

  public subscript(kind: FaultKind) -> Count { self.counts[kind.rawValue] }

  /// Kinds that never struck.
  public var silent: [FaultKind] { FaultKind.allCases.filter { self[$0].strikes == 0 } }

  mutating func begin(_ kind: FaultKind) {
    self.counts[kind.rawValue].episodes += 1
    self.counts[kind.rawValue].hasStruck = false
  }

  mutating func strike(_ kind: FaultKind) {
    self.counts[kind.rawValue].effects += 1
    if !self.counts[kind.rawValue].hasStruck {
      self.counts[kind.rawValue].hasStruck = true
      self.counts[kind.rawValue].strikes += 1
    }
  }
}
