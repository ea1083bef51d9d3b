import Certificates
import Cryptography
import LinuxHost
import PeerProtocol
import Ports
import Quantities
import Simulation
import SiteController
import Synchronization
import Testing

/// What the service lets in and answers, with time and memory in the test's hands.
@Suite struct PeerServiceTests {
  /// Nobody can be reached.
  struct NoNetwork: HTTPFetching {
    func fetch(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      throw .unreachable("none")
    }
  }

  /// The time, moved by the test.
  final class Clock: Sendable {
    let now = Mutex(Int64(1_750_000_000_000))
  }

  /// The store that the service opens on its own thread.
  struct Memory: @unchecked Sendable {
    // Safe to share: tests touch it between calls of the service alone, which is idle then.
    let store = SimulatedPeerStore()
  }

  // Any 32 bytes are a seed.
  private static func key(_ byte: UInt8) -> Ed25519PrivateKey {
    Ed25519PrivateKey(seed: [UInt8](repeating: byte, count: 32))!
  }
  private static func node(_ byte: UInt8) -> NodeID { NodeID(Self.key(byte).publicKey) }

  private static func service(_ memory: Memory, _ clock: Clock) -> PeerService {
    PeerService(
      .init(name: "own"),
      .init(
        executor: DedicatedThreadExecutor(name: "peers"), key: Self.key(1),
        openStore: { () throws(StoreError) in memory.store },
        openLog: { () throws(StoreError) in nil },
        openMirror: { (_) throws(StoreError) in throw .failed("no mirror here") },
        readMirror: { (_) throws(StoreError) in nil }, mirrorBytes: { _ in 0 }, client: NoNetwork(),
        clock: {
          let now = clock.now.withLock { $0 }
          return (MonotonicInstant(milliseconds: now), UTCInstant(milliseconds: now))
        }, notice: { _ in }))
  }

  private static func request(_ text: String, _ body: [UInt8] = []) throws -> HTTPRequestReader.Request {
    var reader = HTTPRequestReader(maximumBody: 1 << 20)
    reader.feed(Array("\(text) HTTP/1.1\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
    return try #require(try reader.next())
  }

  @Test func `lets in whom it has enrolled, until the enrolment ends, and invitations while they are open`()
    async throws
  {
    let (memory, clock) = (Memory(), Clock())
    let start = UTCInstant(milliseconds: clock.now.withLock { $0 })
    try memory.store.put(
      EnrolledPeer(node: Self.node(2), name: "b", address: "", enrolledAt: start, expires: start + .hours(1)))
    try memory.store.put(EnrolledPeer(node: Self.node(3), name: "c", address: "", enrolledAt: start))
    try memory.store.add(OpenInvitation(key: Self.node(4), expires: start + .hours(2)))
    func admitted() async throws -> [Bool] {
      let service = Self.service(memory, clock)
      try await service.start()
      return (1...5).map { service.gate.accepts(Self.node($0).bytes) }
    }
    #expect(try await admitted() == [false, true, true, true, false])
    clock.now.withLock { $0 += 3_600_000 }
    #expect(try await admitted() == [false, false, true, true, false])
    clock.now.withLock { $0 += 3_600_000 }
    #expect(try await admitted() == [false, false, true, false, false])
  }

  @Test func `an invitation enrols one site and does nothing else`() async throws {
    let (memory, clock) = (Memory(), Clock())
    let start = UTCInstant(milliseconds: clock.now.withLock { $0 })
    try memory.store.add(OpenInvitation(key: Self.node(4), expires: start + .hours(1)))
    let service = Self.service(memory, clock)
    try await service.start()
    let enrolment = Enrolment(
      key: Self.key(2), name: "b", address: "", invitation: Self.key(4).publicKey, inviter: Self.node(1))
    let enrol = try Self.request("POST /rigshift/v1/enrol", enrolment.encoded)
    let exchange = try Self.request("POST /rigshift/v1/exchange")
    #expect(await service.answer(exchange, from: Self.node(4).bytes).status == 403)
    #expect(
      await service.answer(try Self.request("POST /rigshift/v1/enrol", [1, 2]), from: Self.node(4).bytes)
        .status == 400)
    #expect(await service.answer(enrol, from: Self.node(5).bytes).status == 403)
    #expect(await service.answer(enrol, from: Self.node(4).bytes).status == 200)
    #expect(await service.answer(enrol, from: Self.node(4).bytes).status == 410)
    #expect(try memory.store.peers().map(\.node) == [Self.node(2)])
  }

  @Test func `a peer may ask so much and no more, and a full store cosigns nothing`() async throws {
    let (memory, clock) = (Memory(), Clock())
    let start = UTCInstant(milliseconds: clock.now.withLock { $0 })
    try memory.store.put(EnrolledPeer(node: Self.node(2), name: "b", address: "", enrolledAt: start))
    let service = Self.service(memory, clock)
    try await service.start()
    var writer = LogWriter(identity: LogIdentity(siteName: "b", key: Self.key(2)), head: nil)
    let sealed = writer.seal([EntryDraft(kind: .event, issuedAt: start, body: [])])
    let checkpoint = try #require(sealed).checkpoint
    let ask = try Self.request(
      "POST /add-checkpoint",
      Array(WitnessRequest(oldSize: 0, consistency: [], checkpoint: checkpoint).text.utf8))
    memory.store.isFull = true
    #expect(await service.answer(ask, from: Self.node(2).bytes).status == 503)
    memory.store.isFull = false
    #expect(await service.answer(ask, from: Self.node(2).bytes).status == 200)
    #expect(try memory.store.witnessed(writer.origin)?.body == checkpoint.body)
    let exchange = try Self.request("POST /rigshift/v1/exchange")
    var answers: [Int] = []
    for _ in 0..<500 { answers.append(await service.answer(exchange, from: Self.node(2).bytes).status) }
    #expect(answers.count { $0 == 200 } == 398 && answers.last == 429)
    clock.now.withLock { $0 += 1000 }
    #expect(await service.answer(exchange, from: Self.node(2).bytes).status == 200)
  }
}
