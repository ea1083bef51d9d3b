public import Cryptography
public import Quantities

/// What one node says of its power, signed by it.
public struct NetRecord: Sendable, Hashable {
  /// Orders what one node says: a restart begins a higher incarnation, and every record within it has the next sequence.
  public struct Version: Sendable, Hashable, Comparable {
    /// Neither number comes near it in the life of a node, and what claims to could never be succeeded.
    public static let limit: UInt64 = 1 << 62

    public var incarnation: UInt64
    public var sequence: UInt64
    public init(incarnation: UInt64, sequence: UInt64) {
      self.incarnation = incarnation
      self.sequence = sequence
    }
    public static func < (a: Self, b: Self) -> Bool {
      (a.incarnation, a.sequence) < (b.incarnation, b.sequence)
    }
  }

  public static let longestName = 64
  /// What is signed begins with this, so that no signature of the site's key over anything else passes for a record.
  private static let context = Array("rigshift/net-record/v1\n".utf8)

  public let node: NodeID
  public let version: Version
  /// Never negative.
  public let production: Milliwatts
  public let consumption: Milliwatts
  /// By the node's own clock, for people; nothing is decided by it.
  public let wall: UTCInstant
  /// What the node calls itself.
  public let name: String
  public let signature: [UInt8]

  private init(
    node: NodeID, version: Version, production: Milliwatts, consumption: Milliwatts, wall: UTCInstant,
    name: String, signature: [UInt8]
  ) {
    self.node = node
    self.version = version
    self.production = production
    self.consumption = consumption
    self.wall = wall
    self.name = name
    self.signature = signature
  }

  /// Signs a record. `name` is cut to what a record takes.
  public static func signed(
    by key: Ed25519PrivateKey, version: Version, production: Milliwatts, consumption: Milliwatts,
    wall: UTCInstant, name: String
  ) -> NetRecord {
    var cut = String(
      String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }))
    while cut.utf8.count > Self.longestName { cut.unicodeScalars.removeLast() }
    let unsigned = NetRecord(
      node: NodeID(key.publicKey), version: version, production: max(.zero, production),
      consumption: max(.zero, consumption), wall: wall, name: cut, signature: [])
    return NetRecord(
      node: unsigned.node, version: version, production: unsigned.production,
      consumption: unsigned.consumption, wall: wall, name: cut,
      signature: key.signature(over: Self.context + unsigned.content))
  }

  /// Production less consumption: what the node gives to the others.
  public var net: Int64 { self.production.value - self.consumption.value }

  public var isAuthentic: Bool {
    self.node.publicKey.isSignature(self.signature, over: Self.context + self.content)
  }

  /// Whether this record takes the place of `other`, of the same node. Of two with one version, which an honest node never
  /// makes, the same one wins everywhere.
  func supersedes(_ other: NetRecord) -> Bool {
    if self.version != other.version { return other.version < self.version }
    return other.encoded.lexicographicallyPrecedes(self.encoded)
  }

  // MARK: Encoding

  private var content: [UInt8] {
    var writer = WireWriter()
    writer.raw(self.node.bytes)
    writer.number(self.version.incarnation)
    writer.number(self.version.sequence)
    writer.number(self.production.value)
    writer.number(self.consumption.value)
    writer.number(self.wall.milliseconds)
    writer.short(self.name)
    return writer.bytes
  }

  /// The only bytes of this record.
  public var encoded: [UInt8] { self.content + self.signature }

  /// Reads a record and nothing after it. The signature is not verified.
  public init(encoded: [UInt8]) throws(WireError) {
    var reader = WireReader(encoded)
    try self.init(&reader)
    try reader.finish()
  }

  init(_ reader: inout WireReader) throws(WireError) {
    self.node = try reader.node()
    self.version = Version(incarnation: try reader.number(), sequence: try reader.number())
    guard self.version.incarnation < Version.limit, self.version.sequence < Version.limit else {
      throw WireError("a version that could have no successor")
    }
    guard let production = Milliwatts(try reader.number(Int64.self)),
      let consumption = Milliwatts(try reader.number(Int64.self)), production >= .zero, consumption >= .zero
    else { throw WireError("a power that is negative or beyond a terawatt") }
    self.production = production
    self.consumption = consumption
    self.wall = UTCInstant(milliseconds: try reader.number())
    self.name = try reader.short(limit: Self.longestName)
    self.signature = try reader.raw(Ed25519PrivateKey.signatureByteCount)
  }
}
