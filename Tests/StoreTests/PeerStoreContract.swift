import Certificates
import Cryptography
import Ports
import PeerProtocol
import Quantities
import Testing

/// What every memory of peers must do. `reopen` gives the store as it is after a restart.
enum PeerStoreContract {
  private static func node(_ byte: UInt8) -> NodeID {
    // Any 32 bytes are a node.
    NodeID(bytes: [UInt8](repeating: byte, count: 32))!
  }

  private static let at = UTCInstant(seconds: 1_750_000_000)

  private static func peer(_ byte: UInt8, _ name: String, expires: UTCInstant? = nil) -> EnrolledPeer {
    EnrolledPeer(node: node(byte), name: name, address: "\(name):1", enrolledAt: at, expires: expires)
  }

  static func enrolsOnceForEachInvitation(_ store: any PeerStore, reopen: () throws -> any PeerStore)
    throws
  {
    try store.add(OpenInvitation(key: Self.node(9), expires: Self.at, enrolledUntil: Self.at + .hours(1)))
    #expect(try store.invitations().map(\.key) == [Self.node(9)])
    let peer = Self.peer(1, "a", expires: Self.at + .hours(1))
    #expect(try store.enrol(peer, by: Self.node(8)) == false)
    #expect(try store.peers().isEmpty)
    #expect(try store.enrol(peer, by: Self.node(9)))
    #expect(try store.enrol(Self.peer(2, "b"), by: Self.node(9)) == false)
    let again = try reopen()
    #expect(try again.peers() == [peer])
    #expect(try again.invitations().isEmpty)
  }

  static func keepsNamesApart(_ store: any PeerStore, reopen: () throws -> any PeerStore) throws {
    try store.put(Self.peer(1, "a"))
    #expect(throws: StoreError.self) { try store.put(Self.peer(2, "a")) }
    var moved = Self.peer(1, "a")
    moved.address = "elsewhere:2"
    try store.put(moved)
    try store.put(Self.peer(2, "b"))
    #expect(try reopen().peers() == [moved, Self.peer(2, "b")])
    try store.remove(Self.node(1))
    #expect(try reopen().peers() == [Self.peer(2, "b")])
  }

  static func remembers(_ store: any PeerStore, reopen: () throws -> any PeerStore) throws {
    let first = try store.nextIncarnation()
    // Any 32 bytes are a seed.
    let key = Ed25519PrivateKey(seed: [UInt8](repeating: 3, count: 32))!
    let record = NetRecord.signed(
      by: key, version: .init(incarnation: first, sequence: 1), production: .zero, consumption: .zero,
      wall: Self.at, name: "a")
    try store.keep([record])
    func note(_ size: Int64, _ root: String) -> SignedNote {
      var note = SignedNote(body: LogCheckpoint(origin: "o", size: size, root: SHA256.hash(root)).body)
      note.sign(name: "o", key: key)
      return note
    }
    try store.keepWitnessed(note(1, "x"), origin: "o")
    try store.keepWitnessed(note(2, "y"), origin: "o")
    try store.keepCosigned(note(5, "z"), size: 5)
    try store.keepCosigned(note(4, "z"), size: 4)
    let fork = KeptFork(
      node: Self.node(1), foundAt: Self.at,
      evidence: ForkEvidence(cosigned: note(2, "y"), offered: note(2, "n")),
      isProof: true)
    try store.keep(fork)
    try store.keep(fork)
    let again = try reopen()
    #expect(try again.records() == [record])
    #expect(try again.witnessed("o") == note(2, "y"))
    #expect(try again.witnessed("p") == nil)
    #expect(try again.newestCosigned() == note(5, "z"))
    #expect(try again.forks() == [fork])
    #expect(try again.nextIncarnation() > first)
  }
}
