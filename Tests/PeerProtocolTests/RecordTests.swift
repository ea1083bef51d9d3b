import Cryptography
import PeerProtocol
import Quantities
import Testing

@Suite struct RecordTests {
  static func key(_ byte: UInt8) -> Ed25519PrivateKey {
    // Any 32 bytes are a seed.
    Ed25519PrivateKey(seed: [UInt8](repeating: byte, count: 32))!
  }

  static func record(
    _ byte: UInt8 = 1, _ incarnation: UInt64 = 1, _ sequence: UInt64 = 1, production: Int64 = 0,
    consumption: Int64 = 0, name: String = "A"
  ) -> NetRecord {
    NetRecord.signed(
      by: Self.key(byte), version: .init(incarnation: incarnation, sequence: sequence),
      production: Milliwatts(production)!, consumption: Milliwatts(consumption)!,
      wall: UTCInstant(milliseconds: 1_750_000_000_000), name: name)
  }

  /// Anybody who implements the protocol arrives at these bytes: docs/peer-protocol.md explains them.
  @Test func `a record has one encoding`() throws {
    let record = Self.record(1, 2, 3, production: 1_500_000, consumption: 250_000, name: "Süd")
    let bytes = record.encoded
    #expect(Hexadecimal.text(bytes.prefix(32)) == Self.key(1).publicKey.bytes.hexadecimal)
    #expect(
      Hexadecimal.text(bytes[32..<80])
        == "0000000000000002" + "0000000000000003" + "000000000016e360" + "000000000003d090"
        + "000001977420dc00" + "04" + "53c3bc64" + Hexadecimal.text(bytes[77..<80]))
    #expect(bytes.count == 32 + 40 + 1 + 4 + 64)
    #expect(try NetRecord(encoded: bytes) == record)
    #expect(record.isAuthentic)
  }

  @Test func `any changed bit breaks the signature or the form`() throws {
    let record = Self.record(1, 2, 3, production: 5, consumption: 6, name: "A")
    for index in record.encoded.indices {
      for bit in 0..<8 {
        var bytes = record.encoded
        bytes[index] ^= 1 << UInt8(bit)
        do {
          let changed = try NetRecord(encoded: bytes)
          #expect(!changed.isAuthentic, "byte \(index) bit \(bit)")
        } catch {}
      }
    }
    for count in record.encoded.indices {
      #expect(throws: WireError.self) { try NetRecord(encoded: Array(record.encoded[..<count])) }
    }
    #expect(throws: WireError.self) { try NetRecord(encoded: record.encoded + [0]) }
  }

  @Test func `refuses powers and versions that nobody has`() {
    func changed(_ offset: Int, _ value: UInt64) -> [UInt8] {
      var bytes = Self.record().encoded
      for place in 0..<8 {
        bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64(place)))
      }
      return bytes
    }
    let negative = UInt64(bitPattern: -1)
    for (offset, value) in [
      (32, UInt64.max), (32, 1 << 62), (40, 1 << 62), (48, negative), (56, negative),
      (48, 1_000_000_000_000_001),
    ] {
      #expect(throws: WireError.self) { try NetRecord(encoded: changed(offset, value)) }
    }
  }

  @Test func `power is exact to the milliwatt, and nonsense is none`() {
    #expect(Milliwatts(Kilowatts(2.9))?.value == 2_900_000)
    #expect(Milliwatts(Kilowatts(0.000_000_6))?.value == 1)
    for value in [1e30, -1e30, 1_000_000_000.1] { #expect(Milliwatts(Kilowatts(value)) == nil) }
    #expect(Milliwatts(Int64.max) == nil && Milliwatts(Int64.min) == nil)
  }

  @Test func `a name is cut to what a record carries`() throws {
    let record = Self.record(name: String(repeating: "é", count: 60) + "\n")
    #expect(record.name == String(repeating: "é", count: 32))
    #expect(try NetRecord(encoded: record.encoded) == record)
  }

  // MARK: The board

  private static let now = MonotonicInstant(milliseconds: 1_000_000)

  private static func board(_ records: [NetRecord]) -> [NetRecord] {
    var board = NetBoard()
    for record in records {
      _ = board.merge(record, age: .zero, from: nil, at: Self.now) { $0.isAuthentic }
    }
    return board.sorted.map(\.record)
  }

  @Test(arguments: 0..<50)
  func `any order and repetition of records leaves the same board`(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    // Several lives, several records each, and two of one version.
    let records = (0..<12).map { _ in
      Self.record(
        UInt8(1 + generator.below(4)), UInt64(1 + generator.below(2)), UInt64(1 + generator.below(3)),
        production: Int64(generator.below(1000)))
    }
    let once = Self.board(records)
    #expect(Self.board(records.shuffled(using: &generator)) == once)
    #expect(Self.board(records + records.shuffled(using: &generator)) == once)
    let (left, right) = (Self.board(Array(records.prefix(6))), Self.board(Array(records.suffix(6))))
    #expect(Self.board(left + right) == once && Self.board(right + left) == once)
  }

  @Test func `an old record, a forged one and a repeated one change nothing`() throws {
    var board = NetBoard()
    func merge(_ record: NetRecord, at now: MonotonicInstant = Self.now) -> NetBoard.Verdict {
      board.merge(record, age: .zero, from: nil, at: now) { $0.isAuthentic }
    }
    let newest = Self.record(1, 2, 5, production: 7)
    #expect(merge(newest) == .taken)
    #expect(merge(Self.record(1, 2, 4, production: 9)) == .known)
    #expect(merge(Self.record(1, 1, 99, production: 9)) == .known)
    var bytes = Self.record(1, 3, 1, production: 9).encoded
    bytes[55] ^= 1
    #expect(try merge(NetRecord(encoded: bytes)) == .forged)
    // Told again an hour later it is an hour old, whatever the teller says.
    #expect(merge(newest, at: Self.now + .hours(1)) == .known)
    let entry = try #require(board[newest.node])
    #expect(board.age(of: entry, at: Self.now + .hours(1)) == .hours(1))
    #expect(board.sum(at: Self.now + .hours(1)).nodes == 0)
    #expect(board.sum(at: Self.now + .hours(1)).stale == [newest.node])
  }

  @Test func `two records of one version are noticed, and one of them wins everywhere`() throws {
    let (a, b) = (Self.record(1, 1, 1, production: 1), Self.record(1, 1, 1, production: 2))
    #expect(Self.board([a, b]) == Self.board([b, a]))
    var board = NetBoard()
    for record in [a, b] { _ = board.merge(record, age: .zero, from: nil, at: Self.now) { $0.isAuthentic } }
    #expect(try #require(board[a.node]).contradictsItself)
  }

  @Test func `a board does not grow beyond its limit, and keeps a place for peers`() {
    var board = NetBoard(limits: .init(nodes: 3))
    for byte in UInt8(1)...10 {
      _ = board.merge(Self.record(byte), age: .zero, from: nil, at: Self.now) { $0.isAuthentic }
    }
    #expect(board.count == 3 && board.refused == 7)
    let late = Self.now + .hours(1)
    let verdict = board.merge(Self.record(20), age: .zero, from: nil, isPeer: true, at: late) {
      $0.isAuthentic
    }
    #expect(verdict == .taken)
    #expect(board.count == 3)
  }

  // MARK: Messages

  @Test func `every message survives its encoding`() throws {
    let records = (UInt8(1)...5).map { NetMessage.Told(record: Self.record($0), age: .milliseconds(123)) }
    let known = records.map { NetMessage.Known(node: $0.record.node, version: $0.record.version) }
      .sorted { $0.node < $1.node }
    for message in [
      NetMessage.records(records), .records([]), .summary(SHA256.hash("x")), .vector(known, wantsReply: true),
      .vector([], wantsReply: false),
    ] {
      #expect(try NetMessage(encoded: message.encoded) == message)
      for count in message.encoded.indices {
        #expect(throws: WireError.self) { try NetMessage(encoded: Array(message.encoded[..<count])) }
      }
    }
    #expect(throws: WireError.self) {
      try NetMessage(encoded: NetMessage.vector(known.reversed(), wantsReply: true).encoded)
    }
  }

  @Test func `strangers are not listened to`() {
    var exchange = NetExchange(key: Self.key(1), settings: .init(name: "A"), incarnation: 1)
    let told = NetMessage.records([.init(record: Self.record(2), age: .zero)]).encoded
    let effects = exchange.receive(told, from: NodeID(Self.key(2).publicKey), at: Self.now)
    #expect(effects.isEmpty)
    #expect(exchange.board.count == 0)
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String { Hexadecimal.text(self) }
}
