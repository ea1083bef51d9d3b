import Certificates
import Cryptography
import PeerProtocol
import Quantities
import Testing
import WireDecoders

/// Every decoder that faces the wire, on samples with bytes changed, cut, doubled and put together: none may trap, and what
/// one accepts it must write again the same. `make fuzz` does it for longer, with coverage to guide it.
@Suite struct FuzzTests {
  static let samples: [[UInt8]] = {
    let log = SampleLog(4)
    let record = RecordTests.record(1, 2, 3, production: 7, consumption: 8, name: "Süd")
    let other = RecordTests.record(2, 1, 1)
    let known = [record, other].map { NetMessage.Known(node: $0.node, version: $0.version) }
      .sorted { $0.node < $1.node }
    let told = [NetMessage.Told(record: record, age: .seconds(3)), .init(record: other, age: nil)]
    let invitation = Invitation(
      inviter: record.node, name: "A", address: "a.example:7443", expires: UTCInstant(seconds: 1),
      key: RecordTests.key(3))
    let enrolment = Enrolment(
      key: RecordTests.key(2), name: "B", address: "", invitation: RecordTests.key(3).publicKey,
      inviter: record.node)
    let request =
      "POST /add-checkpoint?x=1&y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n"
    let grid =
      #"{"to":"a:1","envType":"Ask","msgType":"UpdateNet","msg":{"nets":{"1":-2.5,"b":3}},"id":"i","timestamp":1.5,"returnId":2,"reqId":"r","masterReqId":"m"}"#
    return [
      record.encoded, NetMessage.records(told).encoded, NetMessage.vector(known, wantsReply: true).encoded,
      NetMessage.summary(SHA256.hash("x")).encoded, Framing.join([record.encoded, []]),
      log.batch(2...4).encoded, Array(log.request(from: 2, to: 4).text.utf8), Array(invitation.text.utf8),
      enrolment.encoded, Array(request.utf8), Array(grid.utf8),
    ]
  }()

  @Test(arguments: 0..<20)
  func `no bytes trap a decoder`(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<400 {
      var bytes = Self.samples[generator.below(Self.samples.count)]
      for _ in 0...generator.below(4) { Self.mutate(&bytes, &generator) }
      WireDecoders.decode(bytes)
    }
    for sample in Self.samples { WireDecoders.decode(sample) }
  }

  private static func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
    guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: generator.next())) }
    let place = generator.below(bytes.count)
    switch generator.below(6) {
    case 0: bytes[place] ^= 1 << UInt8(generator.below(8))
    case 1: bytes[place] = [0, 0xff, 0x7f, 0x80, 0x0a, 0x0d][generator.below(6)]
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + generator.below(9)))
    case 4: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
    case _:
      let other = Self.samples[generator.below(Self.samples.count)]
      bytes.replaceSubrange(place..., with: other.suffix(generator.below(other.count) + 1))
    }
  }
}
