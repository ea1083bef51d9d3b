import PeerProtocol
import Certificates
import Cryptography
import Quantities

/// Hands bytes to everything that reads what comes from the network, and holds the readers to their word: what is accepted
/// is written again as it came.
public enum WireDecoders {
  private static let node = NodeID(bytes: [UInt8](repeating: 7, count: 32))

  public static func decode(_ bytes: [UInt8]) {
    if let record = try? NetRecord(encoded: bytes) {
      precondition(record.encoded == bytes, "a record has one encoding")
      _ = record.isAuthentic
    }
    if let message = try? NetMessage(encoded: bytes) {
      precondition(message.encoded == bytes, "a message has one encoding")
    }
    if let messages = try? Framing.split(bytes) {
      precondition(Framing.join(messages) == bytes, "a frame has one encoding")
    }
    if let batch = try? EntryBatch(encoded: bytes), let node = Self.node {
      _ = try? LogMirror.extend(nil, by: batch, publicKey: node.publicKey)
    }
    if let node = Self.node {
      _ = try? Enrolment(encoded: bytes, invitation: node.publicKey, inviter: node)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let invitation = try? Invitation(text) {
      precondition(invitation.text == text, "an invitation has one text")
    }
    _ = Witness.decide(text, keys: { _ in [] }, seen: { _ in nil })
    _ = try? SignedNote(text)
    Self.readRequests(bytes)
    Self.exchange(bytes)
    Self.gridNode(bytes)
  }

  /// The same bytes in one piece and one by one give the same requests.
  private static func readRequests(_ bytes: [UInt8]) {
    var whole = HTTPRequestReader(maximumBody: 1 << 16)
    var slow = whole
    whole.feed(bytes)
    var first: [HTTPRequestReader.Request] = []
    while let request = try? whole.next(), first.count < 100 { first.append(request) }
    var second: [HTTPRequestReader.Request] = []
    for byte in bytes.prefix(4096) {
      slow.feed([byte])
      while let request = try? slow.next(), second.count < 100 { second.append(request) }
    }
    precondition(
      bytes.count > 4096 || second.count >= first.count, "how bytes come in pieces changes nothing")
  }

  private static func exchange(_ bytes: [UInt8]) {
    // Any 32 bytes are a seed.
    let key = Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: 32))!
    guard let peer = Self.node else { return }
    var exchange = NetExchange(key: key, settings: .init(name: "fuzz"), incarnation: 1) { _ in true }
    let now = MonotonicInstant(milliseconds: 1_000)
    exchange.setPeers([peer], at: now)
    _ = exchange.receive(bytes, from: peer, at: now)
    _ = exchange.receive(bytes, from: peer, at: now)
    precondition(exchange.board.count <= exchange.board.limits.nodes, "a board does not outgrow its limit")
  }

  private static func gridNode(_ bytes: [UInt8]) {
    var node = GridNode(.init(id: "1", name: "fuzz", address: "127.0.0.1:1"), seed: 1)
    let now: GridNode.Moment = (MonotonicInstant(milliseconds: 1_000), UTCInstant(seconds: 1))
    _ = try? node.receive(bytes, at: now)
    _ = node.tick(at: now)
    _ = node.stateLine
  }
}
