import Ports
import SQLiteStore
import Simulation
import Testing

@Suite struct PeerStoreTests {
  typealias Contract = @Sendable (any PeerStore, () throws -> any PeerStore) throws -> Void
  static let facts: [Contract] = [
    PeerStoreContract.enrolsOnceForEachInvitation, PeerStoreContract.keepsNamesApart,
    PeerStoreContract.remembers,
  ]

  @Test(arguments: facts.indices) func `the database keeps the contract`(_ fact: Int) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/peers.sqlite"
    try Self.facts[fact](try SQLitePeerStore(path: path), { try SQLitePeerStore(path: path) })
  }

  @Test(arguments: facts.indices) func `the simulated store keeps the contract`(_ fact: Int) throws {
    let store = SimulatedPeerStore()
    try Self.facts[fact](store, { store })
  }

  @Test func `a record's database is not taken for the memory of peers`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/site.sqlite"
    _ = try SQLiteStore(path: path)
    #expect(throws: StoreError.self) { try SQLitePeerStore(path: path) }
  }
}
