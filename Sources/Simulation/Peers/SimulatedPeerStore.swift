public import Certificates
public import PeerProtocol
public import Ports

/// The memory of peers without a medium; can be made to fail.
public final class SimulatedPeerStore: PeerStore {
  /// Every write throws while it is set.
  public var isFull = false
  private var enrolled: [EnrolledPeer] = []
  private var open: [OpenInvitation] = []
  private var incarnation: UInt64 = 0
  private var kept: [NetRecord] = []
  private var seen: [String: SignedNote] = [:]
  private var cosigned: [Int64: SignedNote] = [:]
  private var found: [KeptFork] = []

  public init() {}

  private func write(_ change: () -> Void) throws(StoreError) {
    guard !self.isFull else { throw .full }
    change()
  }

  public func peers() throws(StoreError) -> [EnrolledPeer] { self.enrolled.sorted { $0.name < $1.name } }

  public func put(_ peer: EnrolledPeer) throws(StoreError) {
    guard !self.enrolled.contains(where: { $0.name == peer.name && $0.node != peer.node }) else {
      throw .refused("another peer has the name \(peer.name)")
    }
    try self.write {
      self.enrolled.removeAll { $0.node == peer.node }
      self.enrolled.append(peer)
    }
  }

  public func enrol(_ peer: EnrolledPeer, by invitation: NodeID) throws(StoreError) -> Bool {
    guard self.open.contains(where: { $0.key == invitation }) else { return false }
    try self.put(peer)
    self.open.removeAll { $0.key == invitation }
    return true
  }

  public func remove(_ node: NodeID) throws(StoreError) {
    try self.write { self.enrolled.removeAll { $0.node == node } }
  }

  public func invitations() throws(StoreError) -> [OpenInvitation] { self.open.sorted { $0.key < $1.key } }
  public func add(_ invitation: OpenInvitation) throws(StoreError) {
    try self.write { self.open.append(invitation) }
  }

  public func nextIncarnation() throws(StoreError) -> UInt64 {
    try self.write { self.incarnation += 1 }
    return self.incarnation
  }

  public func keep(_ records: [NetRecord]) throws(StoreError) {
    try self.write { self.kept = records.sorted { $0.node < $1.node } }
  }
  public func records() throws(StoreError) -> [NetRecord] { self.kept }

  public func witnessed(_ origin: String) throws(StoreError) -> SignedNote? { self.seen[origin] }
  public func keepWitnessed(_ note: SignedNote, origin: String) throws(StoreError) {
    try self.write { self.seen[origin] = note }
  }

  public func keepCosigned(_ note: SignedNote, size: Int64) throws(StoreError) {
    try self.write { self.cosigned[size] = note }
  }
  public func newestCosigned() throws(StoreError) -> SignedNote? {
    self.cosigned.max { $0.key < $1.key }?.value
  }

  public func keep(_ fork: KeptFork) throws(StoreError) {
    try self.write {
      if !self.found.contains(where: { $0.evidence == fork.evidence }) { self.found.append(fork) }
    }
  }
  public func forks() throws(StoreError) -> [KeptFork] { self.found }
}
