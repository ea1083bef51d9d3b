public import Cryptography

/// Whose signature on a note counts, and how it is made (C2SP signed-note, "vkey").
public struct NoteKey: Sendable, Hashable {
  public enum Algorithm: UInt8, Sendable, Hashable {
    /// Ed25519 over the note's text.
    case ed25519 = 0x01
    /// Ed25519 over the text with the time the witness saw it (C2SP tlog-cosignature).
    case cosignature = 0x04
  }

  /// Not empty, without blanks and `+`.
  public let name: String
  public let algorithm: Algorithm
  public let publicKey: Ed25519PublicKey
  /// The first four bytes of the hash of name, algorithm and key: a hint at which key made a signature.
  public let identifier: [UInt8]

  /// Nil when the name cannot stand in a note.
  public init?(name: String, algorithm: Algorithm, publicKey: Ed25519PublicKey) {
    guard Self.isName(name) else { return nil }
    self.name = name
    self.algorithm = algorithm
    self.publicKey = publicKey
    let hash = SHA256.hash(Array(name.utf8) + [0x0a, algorithm.rawValue] + publicKey.bytes)
    self.identifier = Array(hash.bytes.prefix(4))
  }

  /// Reads `name+hash+key`. Nil when it is not of this form, its hash does not fit, or its algorithm is not one of ours.
  public init?(_ text: String) {
    // The key's own Base64 may contain '+'.
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let hint = Hexadecimal.bytes(parts[1]), let key = Base64.bytes(parts[2]),
      let first = key.first, let algorithm = Algorithm(rawValue: first),
      let publicKey = Ed25519PublicKey(bytes: Array(key.dropFirst())),
      let read = NoteKey(name: String(parts[0]), algorithm: algorithm, publicKey: publicKey),
      read.identifier == hint
    else { return nil }
    self = read
  }

  /// The form that is handed to those who verify.
  public var text: String {
    let key = Base64.text([self.algorithm.rawValue] + self.publicKey.bytes)
    return "\(self.name)+\(Hexadecimal.text(self.identifier))+\(key)"
  }

  static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.unicodeScalars.contains { $0 == "+" || $0.properties.isWhitespace }
  }
}
