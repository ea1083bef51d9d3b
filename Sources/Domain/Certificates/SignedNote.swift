public import Cryptography

/// Why a text is no signed note.
public struct NoteError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// A text with signatures under it (C2SP signed-note).
public struct SignedNote: Sendable, Hashable {
  public struct Signature: Sendable, Hashable {
    public var name: String
    /// Four bytes of key identifier and what the algorithm made.
    public var bytes: [UInt8]
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
    /// The signature's line, with its end.
    public var line: String { "\u{2014} \(self.name) \(Base64.text(self.bytes))\n" }
  }

  /// Far more than a checkpoint with every witness of a network.
  public static let maximumBytes = 1 << 20
  public static let maximumSignatures = 100

  /// Ends with a line break.
  public let body: String
  public private(set) var signatures: [Signature]

  /// `body` must end with a line break.
  public init(body: String, signatures: [Signature] = []) {
    precondition(body.utf8.last == 0x0a, "the body of a note ends with a line break")
    self.body = body
    self.signatures = signatures
  }

  /// Reads a note as it is written. Signatures are not verified.
  public init(_ text: String) throws(NoteError) {
    guard text.utf8.count <= Self.maximumBytes else {
      throw NoteError("longer than \(Self.maximumBytes) bytes")
    }
    guard !text.unicodeScalars.contains(where: { $0 != "\n" && $0.value < 0x20 }) else {
      throw NoteError("contains control characters")
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.last == "" else { throw NoteError("does not end with a line break") }
    guard let blank = lines.dropLast().lastIndex(of: ""), blank > 0, blank < lines.count - 2 else {
      throw NoteError("has no signatures after a blank line")
    }
    guard lines.count - 2 - blank <= Self.maximumSignatures else {
      throw NoteError("has more than \(Self.maximumSignatures) signatures")
    }
    self.body = lines[..<blank].map { $0 + "\n" }.joined()
    self.signatures = []
    for line in lines[(blank + 1)..<(lines.count - 1)] { self.signatures.append(try Self.signature(line)) }
  }

  static func signature(_ line: Substring) throws(NoteError) -> Signature {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "\u{2014}", NoteKey.isName(String(words[1])),
      let bytes = Base64.bytes(words[2]), bytes.count > 4
    else { throw NoteError("'\(line)' is no signature line") }
    return Signature(name: String(words[1]), bytes: bytes)
  }

  public var text: String { self.body + "\n" + self.signatures.map(\.line).joined() }

  public mutating func add(_ signature: Signature) { self.signatures.append(signature) }

  /// Signs the body with `key` under `name`, which must be able to stand in a note.
  public mutating func sign(name: String, key: Ed25519PrivateKey) {
    guard let noteKey = NoteKey(name: name, algorithm: .ed25519, publicKey: key.publicKey) else {
      preconditionFailure("'\(name)' cannot stand in a note")
    }
    let signature = key.signature(over: Array(self.body.utf8))
    self.add(Signature(name: name, bytes: noteKey.identifier + signature))
  }

  /// What the signatures say to somebody who trusts `key`.
  public enum Verdict: Sendable, Hashable {
    /// Signed by the key; for a cosignature, with the seconds since 1970 at which the witness saw it.
    case signed(time: Int64?)
    case unsigned
    /// A signature claims to be by the key and is not.
    case forged
  }

  public func verdict(_ key: NoteKey) -> Verdict {
    var verdict = Verdict.unsigned
    for signature in self.signatures
    where signature.name == key.name && signature.bytes.starts(with: key.identifier) {
      guard let found = self.verified(Array(signature.bytes.dropFirst(4)), by: key) else { return .forged }
      verdict = found
    }
    return verdict
  }

  private func verified(_ signature: [UInt8], by key: NoteKey) -> Verdict? {
    switch key.algorithm {
    case .ed25519:
      return key.publicKey.isSignature(signature, over: Array(self.body.utf8)) ? .signed(time: nil) : nil
    case .cosignature:
      guard let cosignature = Cosignature(bytes: signature),
        key.publicKey.isSignature(cosignature.signature, over: cosignature.message(for: self.body))
      else { return nil }
      return .signed(time: cosignature.time)
    }
  }
}
