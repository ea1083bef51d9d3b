public import Cryptography
public import Quantities

/// The end of a log: all that the next entry depends on.
public struct LogHead: Sendable, Hashable {
  /// A plan and the sequence number of the `schedule` entry that states it.
  public struct PlanPlace: Sendable, Hashable {
    public var planID: Int64
    public var sequence: Int64
    public init(planID: Int64, sequence: Int64) {
      self.planID = planID
      self.sequence = sequence
    }
  }

  /// An interval names the plan of its slot; more plans than this are not made within one.
  public static let mostPlans = 128

  /// Names the log, for ever.
  public var origin: String
  public var publicKey: Ed25519PublicKey
  public var frontier: TreeFrontier
  /// Hash of the last certificate.
  public var lastHash: String
  public var lastIssued: UTCInstant
  /// End of the last slot that has an entry.
  public var settledUntil: UTCInstant?
  /// The newest plans, oldest first, at most `mostPlans`.
  public var plans: [PlanPlace]

  public init(
    origin: String, publicKey: Ed25519PublicKey, frontier: TreeFrontier, lastHash: String,
    lastIssued: UTCInstant, settledUntil: UTCInstant?, plans: [PlanPlace]
  ) {
    self.origin = origin
    self.publicKey = publicKey
    self.frontier = frontier
    self.lastHash = lastHash
    self.lastIssued = lastIssued
    self.settledUntil = settledUntil
    self.plans = plans
  }

  /// Number of entries, and the sequence number of the last.
  public var size: Int64 { self.frontier.size }
}

/// What one transaction adds to a log.
public struct LogAppend: Sendable, Hashable {
  /// At least one, in order.
  public var entries: [LogEntry]
  /// Inner nodes of the tree that the entries complete.
  public var nodes: [TreeNode]
  /// Signed by the site over the log with these entries.
  public var checkpoint: SignedNote
  /// The log with these entries.
  public var head: LogHead

  public init(entries: [LogEntry], nodes: [TreeNode], checkpoint: SignedNote, head: LogHead) {
    self.entries = entries
    self.nodes = nodes
    self.checkpoint = checkpoint
    self.head = head
  }
}
