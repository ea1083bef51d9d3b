public import Quantities

/// The newest record of every node heard of. Merging is commutative, associative and idempotent, so any order, repetition
/// or loop leaves the same records.
public struct NetBoard: Sendable {
  public struct Limits: Sendable, Hashable {
    /// Nodes on the board. A node more is not taken, and counted; peers of this site always have a place.
    public var nodes = 1024
    /// A record that is older is listed apart and not summed.
    public var staleness = Duration.seconds(30)
    public init(nodes: Int = 1024, staleness: Duration = .seconds(30)) {
      self.nodes = nodes
      self.staleness = staleness
    }
  }

  /// A record with what this node knows of it.
  public struct Entry: Sendable, Hashable {
    public internal(set) var record: NetRecord
    /// When the record was made, as near as this node can tell by its own clock; nil for one that somebody remembers from
    /// before a restart.
    public internal(set) var madeAt: MonotonicInstant?
    /// Who brought it; nil for the node's own record and those from before a restart.
    public internal(set) var route: NodeID?
    /// The node has signed two records of one version.
    public internal(set) var contradictsItself = false
  }

  public enum Verdict: Sendable, Hashable {
    case taken
    /// Already known, or older than what is known.
    case known
    /// Not signed by its node.
    case forged
    /// There is no place for another node.
    case full
  }

  public var limits: Limits
  private(set) var entries: [NodeID: Entry] = [:]
  /// Records of nodes for which there was no place.
  public private(set) var refused = 0

  public init(limits: Limits = Limits()) { self.limits = limits }

  public var count: Int { self.entries.count }
  public subscript(node: NodeID) -> Entry? { self.entries[node] }
  /// All entries in the order of their nodes.
  public var sorted: [Entry] { self.entries.values.sorted { $0.record.node < $1.record.node } }

  /// Takes a record if it is newer than what is known of its node. `age` is what whoever brought it says of its age;
  /// `isPeer`: the record's node is one of this site's own peers. `verify` is asked of nothing that would not be taken.
  public mutating func merge(
    _ record: NetRecord, age: Duration?, from route: NodeID?, isPeer: Bool = false, at now: MonotonicInstant,
    verify: (NetRecord) -> Bool
  ) -> Verdict {
    let madeAt = age.map { now - max(.zero, $0) }
    guard let entry = self.entries[record.node] else {
      guard verify(record) else { return .forged }
      guard self.entries.count < self.limits.nodes || (isPeer && self.makePlace(at: now)) else {
        self.refused &+= 1
        return .full
      }
      self.entries[record.node] = Entry(record: record, madeAt: madeAt, route: route)
      return .taken
    }
    if record == entry.record {
      // The age of what is known only grows: nobody can keep a silent node young by telling of it again.
      if entry.madeAt == nil, madeAt != nil {
        self.entries[record.node]?.madeAt = madeAt
        self.entries[record.node]?.route = route
      }
      return .known
    }
    let contradicts = record.version == entry.record.version
    guard contradicts || record.supersedes(entry.record) else { return .known }
    guard verify(record) else { return .forged }
    if contradicts { self.entries[record.node]?.contradictsItself = true }
    guard record.supersedes(entry.record) else { return .known }
    self.entries[record.node]?.record = record
    self.entries[record.node]?.madeAt = madeAt
    self.entries[record.node]?.route = route
    return .taken
  }

  /// Puts back what was known before a restart, marked as old.
  public mutating func restore(_ record: NetRecord) {
    guard self.entries[record.node] == nil, self.entries.count < self.limits.nodes else { return }
    self.entries[record.node] = Entry(record: record)
  }

  public mutating func forget(_ node: NodeID) { self.entries[node] = nil }

  /// Drops the stalest entry; false when all are fresh.
  private mutating func makePlace(at now: MonotonicInstant) -> Bool {
    let stale = self.entries.values.filter { !self.isFresh($0, at: now) }
    let oldest = stale.min {
      ($0.madeAt?.milliseconds ?? .min, $0.record.node) < ($1.madeAt?.milliseconds ?? .min, $1.record.node)
    }
    guard let oldest else { return false }
    self.forget(oldest.record.node)
    return true
  }

  // MARK: What it says

  public func age(of entry: Entry, at now: MonotonicInstant) -> Duration? {
    entry.madeAt.map { max(.zero, now - $0) }
  }

  public func isFresh(_ entry: Entry, at now: MonotonicInstant) -> Bool {
    self.age(of: entry, at: now).map { $0 <= self.limits.staleness } ?? false
  }

  /// The grid at a moment: what the fresh nodes give and take together, in milliwatts, and who is not counted.
  public struct Sum: Sendable, Hashable {
    public var production: Int64 = 0
    public var consumption: Int64 = 0
    public var nodes = 0
    public var stale: [NodeID] = []
    public var net: Int64 { self.production &- self.consumption }
  }

  public func sum(at now: MonotonicInstant) -> Sum {
    var sum = Sum()
    for entry in self.entries.values {
      if self.isFresh(entry, at: now) {
        // At most 1024 times a terawatt, unless somebody asks for a larger board.
        sum.production = sum.production.addingReportingOverflow(entry.record.production.value).partialValue
        sum.consumption = sum.consumption.addingReportingOverflow(entry.record.consumption.value).partialValue
        sum.nodes += 1
      } else {
        sum.stale.append(entry.record.node)
      }
    }
    sum.stale.sort()
    return sum
  }
}
