public import Cryptography
import Quantities

/// What nodes send each other about net output (`docs/peer-protocol.md`).
public enum NetMessage: Sendable, Hashable {
  /// A record, with the sender's estimate of its age.
  public struct Told: Sendable, Hashable {
    public var record: NetRecord
    /// Whole milliseconds, never negative; nil when the sender cannot tell, for it remembers the record from before a
    /// restart. Nor can it where 49 days are over.
    public var age: Duration?
    public init(record: NetRecord, age: Duration?) {
      self.record = record
      self.age = age
    }
  }

  public struct Known: Sendable, Hashable {
    public var node: NodeID
    public var version: NetRecord.Version
    public init(node: NodeID, version: NetRecord.Version) {
      self.node = node
      self.version = version
    }
  }

  /// Records the receiver seems to lack.
  case records([Told])
  /// The hash of everything the sender has: equal hashes, nothing to exchange.
  case summary(Digest)
  /// All versions the sender has, by node in rising order. `wantsReply`: the receiver has others, and is to tell which.
  case vector([Known], wantsReply: Bool)

  public static let protocolVersion: UInt8 = 1
  /// A vector or records of every node a board may have: 1024 records of at most 205 bytes.
  public static let maximumBytes = 256 << 10
  public static let mostRecords = 1024
  public static let mostKnown = 4096

  public var encoded: [UInt8] {
    var writer = WireWriter()
    writer.byte(Self.protocolVersion)
    switch self {
    case .records(let told):
      writer.byte(1)
      writer.number(UInt16(truncatingIfNeeded: told.count))
      for told in told {
        writer.number(UInt32(clamping: told.age?.wholeMilliseconds ?? .max))
        writer.raw(told.record.encoded)
      }
    case .summary(let digest):
      writer.byte(2)
      writer.raw(digest.bytes)
    case .vector(let known, let wantsReply):
      writer.byte(wantsReply ? 4 : 3)
      writer.number(UInt16(truncatingIfNeeded: known.count))
      for known in known {
        writer.raw(known.node.bytes)
        writer.number(known.version.incarnation)
        writer.number(known.version.sequence)
      }
    }
    return writer.bytes
  }

  /// Reads a message; signatures are not verified.
  public init(encoded: [UInt8]) throws(WireError) {
    guard encoded.count <= Self.maximumBytes else { throw WireError("more than \(Self.maximumBytes) bytes") }
    var reader = WireReader(encoded)
    let version = try reader.byte()
    guard version == Self.protocolVersion else { throw WireError("version \(version) of the protocol") }
    switch try reader.byte() {
    case 1:
      let count = Int(try reader.number(UInt16.self))
      guard count <= Self.mostRecords else { throw WireError("\(count) records") }
      var told: [Told] = []
      for _ in 0..<count {
        let age = try reader.number(UInt32.self)
        told.append(
          Told(record: try NetRecord(&reader), age: age == .max ? nil : .milliseconds(Int64(age))))
      }
      self = .records(told)
    case 2:
      guard let digest = Digest(bytes: try reader.raw(Digest.byteCount)) else { throw WireError("no hash") }
      self = .summary(digest)
    case 3: self = .vector(try Self.known(&reader), wantsReply: false)
    case 4: self = .vector(try Self.known(&reader), wantsReply: true)
    case let kind: throw WireError("kind \(kind) of message")
    }
    try reader.finish()
  }

  private static func known(_ reader: inout WireReader) throws(WireError) -> [Known] {
    let count = Int(try reader.number(UInt16.self))
    guard count <= Self.mostKnown else { throw WireError("a vector of \(count) nodes") }
    var known: [Known] = []
    for _ in 0..<count {
      let node = try reader.node()
      if let last = known.last, !(last.node < node) { throw WireError("a vector out of order") }
      let version = NetRecord.Version(incarnation: try reader.number(), sequence: try reader.number())
      known.append(Known(node: node, version: version))
    }
    return known
  }
}
