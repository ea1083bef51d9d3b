public import Cryptography

/// What a witness adds to a checkpoint: that it saw this one at a time, consistent with all it saw before (C2SP
/// tlog-cosignature, `cosignature/v1`).
public struct Cosignature: Sendable, Hashable {
  /// Seconds since 1970, never negative.
  public let time: Int64
  let signature: [UInt8]

  /// Reads eight bytes of time and the signature.
  init?(bytes: [UInt8]) {
    guard bytes.count == 8 + Ed25519PrivateKey.signatureByteCount else { return nil }
    let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let seconds = Int64(exactly: time) else { return nil }
    self.time = seconds
    self.signature = Array(bytes.dropFirst(8))
  }

  /// What is signed for the checkpoint `body`.
  func message(for body: String) -> [UInt8] { Self.message(time: self.time, body: body) }

  private static func message(time: Int64, body: String) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(body)".utf8)
  }

  /// The signature line of witness `name` for a checkpoint. `name` must be able to stand in a note and `time` must not
  /// be negative.
  public static func make(
    for note: SignedNote, name: String, key: Ed25519PrivateKey, time: Int64
  ) -> SignedNote.Signature {
    guard time >= 0, let noteKey = NoteKey(name: name, algorithm: .cosignature, publicKey: key.publicKey)
    else {
      preconditionFailure("'\(name)' cannot stand in a note")
    }
    let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * Int64($0))) }
    let signature = key.signature(over: Self.message(time: time, body: note.body))
    return SignedNote.Signature(name: name, bytes: noteKey.identifier + stamp + signature)
  }
}
