public import Cryptography
public import Quantities

/// One line that lets one site enrol with another, once and for a stated time. It carries a key made for it alone: whoever
/// has the line can open one connection, and nothing else of the site's keys is in it.
public struct Invitation: Sendable {
  static let prefix = "rigshift-peer1:"
  public static let longest = 600
  private static let longestAddress = 255

  /// Who invites.
  public let inviter: NodeID
  public let name: String
  /// Where it listens: `host:port`.
  public let address: String
  public let expires: UTCInstant
  /// The key of the one connection. Secret until it is used.
  public let key: Ed25519PrivateKey

  public init(
    inviter: NodeID, name: String, address: String, expires: UTCInstant, key: Ed25519PrivateKey = .generate()
  ) {
    self.inviter = inviter
    self.name = name
    self.address = address
    self.expires = expires
    self.key = key
  }

  public var text: String {
    var writer = WireWriter()
    writer.raw(self.inviter.bytes)
    writer.raw(self.key.seed)
    writer.number(self.expires.milliseconds)
    writer.short(self.name)
    writer.short(self.address)
    let check = SHA256.hash(Array(Self.prefix.utf8) + writer.bytes).bytes.prefix(4)
    return Self.prefix + Base64.text(writer.bytes + check)
  }

  /// Reads a line; whether it is still valid is for the inviter to say.
  public init(_ text: String) throws(WireError) {
    guard text.utf8.count <= Self.longest, text.hasPrefix(Self.prefix) else {
      throw WireError("it does not begin with \(Self.prefix)")
    }
    guard let bytes = Base64.bytes(text.dropFirst(Self.prefix.count)), bytes.count > 4 else {
      throw WireError("it is cut off or has characters that do not belong to it")
    }
    let content = Array(bytes.dropLast(4))
    guard SHA256.hash(Array(Self.prefix.utf8) + content).bytes.prefix(4) == bytes.suffix(4) else {
      throw WireError("it is not as it was copied: its check does not fit")
    }
    var reader = WireReader(content)
    self.inviter = try reader.node()
    guard let key = Ed25519PrivateKey(seed: try reader.raw(Ed25519PrivateKey.seedByteCount)) else {
      throw WireError("it holds no key")
    }
    self.key = key
    self.expires = UTCInstant(milliseconds: try reader.number())
    self.name = try reader.short(limit: NetRecord.longestName)
    self.address = try reader.short(limit: Self.longestAddress)
    try reader.finish()
  }
}

/// What an invited site says over the invitation's connection: who it is, proved by its own key over the invitation.
public struct Enrolment: Sendable, Hashable {
  private static let context = Array("rigshift/enrolment/v1\n".utf8)
  public static let maximumBytes = 1024

  public let node: NodeID
  public let name: String
  /// Where it listens itself; empty when nobody can reach it.
  public let address: String
  private let signature: [UInt8]

  /// `invitation` is the public half of the invitation's key.
  public init(
    key: Ed25519PrivateKey, name: String, address: String, invitation: Ed25519PublicKey, inviter: NodeID
  ) {
    self.node = NodeID(key.publicKey)
    self.name = name
    self.address = address
    self.signature = key.signature(
      over: Self.signed(self.node, name, address, invitation: invitation, inviter: inviter))
  }

  private static func signed(
    _ node: NodeID, _ name: String, _ address: String, invitation: Ed25519PublicKey, inviter: NodeID
  ) -> [UInt8] {
    var writer = WireWriter()
    writer.raw(Self.context)
    writer.raw(inviter.bytes)
    writer.raw(invitation.bytes)
    writer.raw(node.bytes)
    writer.short(name)
    writer.short(address)
    return writer.bytes
  }

  public var encoded: [UInt8] {
    var writer = WireWriter()
    writer.byte(NetMessage.protocolVersion)
    writer.raw(self.node.bytes)
    writer.short(self.name)
    writer.short(self.address)
    writer.raw(self.signature)
    return writer.bytes
  }

  /// Reads and verifies.
  public init(encoded: [UInt8], invitation: Ed25519PublicKey, inviter: NodeID) throws(WireError) {
    var reader = WireReader(encoded)
    guard try reader.byte() == NetMessage.protocolVersion else { throw WireError("another version") }
    self.node = try reader.node()
    self.name = try reader.short(limit: NetRecord.longestName)
    self.address = try reader.short(limit: 255)
    self.signature = try reader.raw(Ed25519PrivateKey.signatureByteCount)
    try reader.finish()
    let signed = Self.signed(self.node, self.name, self.address, invitation: invitation, inviter: inviter)
    guard self.node.publicKey.isSignature(self.signature, over: signed) else {
      throw WireError("not signed by the key it names")
    }
  }
}
