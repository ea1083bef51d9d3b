public import Certificates
public import Cryptography
public import PeerProtocol
public import Quantities

/// Another site that a person has enrolled.
public struct EnrolledPeer: Sendable, Hashable {
  public var node: NodeID
  /// Unique among the peers; what commands call it.
  public var name: String
  /// `host:port`; empty when it cannot be reached from here.
  public var address: String
  public var enrolledAt: UTCInstant
  /// From then on it is a stranger.
  public var expires: UTCInstant?
  public init(
    node: NodeID, name: String, address: String, enrolledAt: UTCInstant, expires: UTCInstant? = nil
  ) {
    self.node = node
    self.name = name
    self.address = address
    self.enrolledAt = enrolledAt
    self.expires = expires
  }
}

/// An invitation that has not been used.
public struct OpenInvitation: Sendable, Hashable {
  /// The public half of the invitation's key.
  public var key: NodeID
  public var expires: UTCInstant
  /// When the enrolment it leads to ends.
  public var enrolledUntil: UTCInstant?
  public init(key: NodeID, expires: UTCInstant, enrolledUntil: UTCInstant? = nil) {
    self.key = key
    self.expires = expires
    self.enrolledUntil = enrolledUntil
  }
}

/// What a log of another site has shown that cannot both be true, or that it could not prove.
public struct KeptFork: Sendable, Hashable {
  public var node: NodeID
  public var foundAt: UTCInstant
  public var evidence: ForkEvidence
  /// Whether the notes alone prove it; otherwise the log failed to show that one continues the other.
  public var isProof: Bool
  public init(node: NodeID, foundAt: UTCInstant, evidence: ForkEvidence, isProof: Bool) {
    self.node = node
    self.foundAt = foundAt
    self.evidence = evidence
    self.isProof = isProof
  }
}

/// What a site remembers of its peers.
///
/// Contract: what a method writes would survive a power cut when it returns. A command in another process may write between
/// any two calls. Lists come in a fixed order.
public protocol PeerStore: AnyObject {
  func peers() throws(StoreError) -> [EnrolledPeer]
  /// Adds a peer, or replaces the one of this key; throws `refused` when another has its name.
  func put(_ peer: EnrolledPeer) throws(StoreError)
  /// The same for a peer that came by an invitation, which is used up with it; false when the invitation is not open.
  func enrol(_ peer: EnrolledPeer, by invitation: NodeID) throws(StoreError) -> Bool
  func remove(_ node: NodeID) throws(StoreError)
  func invitations() throws(StoreError) -> [OpenInvitation]
  func add(_ invitation: OpenInvitation) throws(StoreError)
  /// A number above every one returned before.
  func nextIncarnation() throws(StoreError) -> UInt64
  /// Replaces the net records that are kept.
  func keep(_ records: [NetRecord]) throws(StoreError)
  func records() throws(StoreError) -> [NetRecord]
  /// The checkpoint of a log that was cosigned last.
  func witnessed(_ origin: String) throws(StoreError) -> SignedNote?
  func keepWitnessed(_ note: SignedNote, origin: String) throws(StoreError)
  /// The site's own checkpoint with all cosignatures that came for its size.
  func keepCosigned(_ note: SignedNote, size: Int64) throws(StoreError)
  func newestCosigned() throws(StoreError) -> SignedNote?
  func keep(_ fork: KeptFork) throws(StoreError)
  func forks() throws(StoreError) -> [KeptFork]
}

/// Reads a log that somebody else may be writing: one state of it.
public protocol LogReader: AnyObject {
  func size() throws(StoreError) -> Int64
  /// The hash of a complete subtree.
  func hash(at place: TreeNode.Place) throws(StoreError) -> Digest
  /// The note of the checkpoint over the first `size` entries, nil without one.
  func note(at size: Int64) throws(StoreError) -> String?
  func newestNote() throws(StoreError) -> String?
  /// Hands over the entries from number `from` on, each with the note over the log up to it if there is one, until `read`
  /// returns false.
  func forEach(from: Int64, _ read: (Certificate, _ note: String?) -> Bool) throws(StoreError)
}
