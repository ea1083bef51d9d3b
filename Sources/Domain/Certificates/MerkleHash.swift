public import Cryptography

/// The hashes of an RFC 6962 Merkle tree: leaves and inner nodes are hashed with different prefixes, so that neither
/// can pass for the other.
public enum MerkleHash {
  /// The root of a tree without leaves.
  public static let empty = SHA256.hash([])

  public static func leaf(_ data: [UInt8]) -> Digest {
    var sha = SHA256()
    return Self.leaf(data, &sha)
  }

  public static func node(_ left: Digest, _ right: Digest) -> Digest {
    var sha = SHA256()
    return Self.node(left, right, &sha)
  }

  /// `sha` must be at the start of a message.
  static func leaf(_ data: [UInt8], _ sha: inout SHA256) -> Digest {
    sha.update(0x00)
    sha.update(data)
    return sha.finish()
  }

  static func node(_ left: Digest, _ right: Digest, _ sha: inout SHA256) -> Digest {
    sha.update(0x01)
    sha.update(left)
    sha.update(right)
    return sha.finish()
  }
}
