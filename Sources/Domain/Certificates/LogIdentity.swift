public import Cryptography

/// Who writes a log: the key that signs it, and the name a new log gets.
public struct LogIdentity: Sendable {
  public let key: Ed25519PrivateKey
  public let origin: String

  /// `siteName` in small ASCII letters, digits and dashes becomes part of the origin, with the start of the key's hash,
  /// so that two sites of one name have two origins.
  public init(siteName: String, key: Ed25519PrivateKey) {
    let slug = String(
      siteName.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(40))
    let hint = SHA256.hash(key.publicKey.bytes).hexadecimal.prefix(8)
    self.key = key
    self.origin = "rigshift/\(slug)/\(hint)"
  }
}
