import Cryptography
public import JSONText
public import Quantities

/// Gives drafts their place at the end of a log: numbers them, hashes them into chain and tree, and signs the result.
/// A value: whoever keeps an older copy can go back to it, which is what happens when a store refuses what was sealed.
public struct LogWriter: Sendable {
  private let identity: LogIdentity
  /// Nil for a log without entries.
  public private(set) var head: LogHead?
  /// The first entry of a log that has none.
  private var genesis: EntryDraft?

  /// `head` must be the end of the log that is kept, and signed by the identity's key.
  public init(identity: LogIdentity, head: LogHead?) {
    self.identity = identity
    self.head = head
  }

  /// A log without entries begins with `genesis`, whatever comes next.
  public mutating func begin(with genesis: EntryDraft) { self.genesis = genesis }

  /// The name of the log.
  public var origin: String { self.head?.origin ?? self.identity.origin }

  /// The key by which others verify the log.
  public var noteKey: NoteKey {
    // An origin has no blanks and no plus sign, by its making.
    NoteKey(name: self.origin, algorithm: .ed25519, publicKey: self.identity.key.publicKey)!
  }

  /// Appends `drafts`, in order, to the log. Slots that no draft covers get an entry that says so. Returns nil when there
  /// are no drafts.
  public mutating func seal(_ drafts: [EntryDraft]) -> LogAppend? {
    guard !drafts.isEmpty else { return nil }
    var entries: [LogEntry] = []
    var nodes: [TreeNode] = []
    if self.head == nil, let genesis { self.append(genesis, &entries, &nodes) }
    for draft in drafts {
      if let gap = self.gap(before: draft) { self.append(gap, &entries, &nodes) }
      self.append(draft, &entries, &nodes)
    }
    guard let head = self.head else { return nil }
    return LogAppend(
      entries: entries, nodes: nodes, checkpoint: Self.checkpoint(head, self.identity.key), head: head)
  }

  private static func checkpoint(_ head: LogHead, _ key: Ed25519PrivateKey) -> SignedNote {
    let checkpoint = LogCheckpoint(origin: head.origin, size: head.size, root: head.frontier.root)
    var note = SignedNote(body: checkpoint.body)
    note.sign(name: head.origin, key: key)
    return note
  }

  /// An entry for the time between the last slot of the log and the one of `draft`, nil when there is none.
  private func gap(before draft: EntryDraft) -> EntryDraft? {
    guard let settled = self.head?.settledUntil, let slot = draft.slot,
      let missing = Slot(start: settled, end: slot.start)
    else { return nil }
    return EntryDraft(
      kind: .interval, issuedAt: draft.issuedAt,
      body: [.init("quality", "unmetered"), .init("reason", "not recorded")] + Self.members(of: missing),
      slot: missing)
  }

  /// How an `interval` entry states its time.
  public static func members(of slot: Slot) -> [JSONValue.Member] {
    [
      .init("slot_start", .string(ISO8601.string(slot.start))),
      .init("slot_end", .string(ISO8601.string(slot.end))),
    ]
  }

  private mutating func append(_ draft: EntryDraft, _ entries: inout [LogEntry], _ nodes: inout [TreeNode]) {
    let sequence = (self.head?.size ?? 0) + 1
    let issuedAt = ISO8601.string(draft.issuedAt)
    let data = JSONValue.object(self.members(of: draft, sequence: sequence, issuedAt: issuedAt))
      .canonicalBytes
    let certificate = CertificateChain.link(
      sequence: sequence, previousHash: self.head?.lastHash ?? CertificateChain.firstPrevious,
      issuedAt: issuedAt, data: data)
    let statesPlan = draft.kind == .schedule
    entries.append(
      LogEntry(
        certificate: certificate, kind: draft.kind, slot: draft.slot, planID: statesPlan ? draft.planID : nil)
    )
    var frontier = self.head?.frontier ?? TreeFrontier()
    nodes += frontier.append(leaf: MerkleHash.leaf(data))
    var plans = self.head?.plans ?? []
    if statesPlan, let id = draft.planID { plans.append(LogHead.PlanPlace(planID: id, sequence: sequence)) }
    if plans.count > LogHead.mostPlans { plans.removeFirst() }
    self.head = LogHead(
      origin: self.origin, publicKey: self.identity.key.publicKey, frontier: frontier,
      lastHash: certificate.certificateHash, lastIssued: draft.issuedAt,
      settledUntil: draft.slot?.end ?? self.head?.settledUntil, plans: plans)
  }

  private func members(of draft: EntryDraft, sequence: Int64, issuedAt: String) -> [JSONValue.Member] {
    var members = draft.body
    members.append(.init("kind", .string(draft.kind.rawValue)))
    members.append(.init("seq", .integer(sequence)))
    members.append(.init("issued_at", .string(issuedAt)))
    if let last = self.head?.lastIssued, draft.issuedAt < last {
      members.append(.init("clock_back_ms", .integer(last.millisecondsSince(draft.issuedAt))))
    }
    if let id = draft.planID {
      members.append(.init("plan_id", .integer(id)))
      if draft.kind != .schedule, let place = self.head?.plans.last(where: { $0.planID == id }) {
        members.append(.init("plan_seq", .integer(place.sequence)))
      }
    }
    return members
  }
}
