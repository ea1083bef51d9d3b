internal import COpenSSL

/// Content sealed with a passphrase, piece by piece: each piece is encrypted and authenticated (AES-256-GCM) under a key
/// that scrypt makes of the passphrase and a salt, so that guessing is slow. Pieces are numbered and the last one is
/// marked; one that is missing, moved, doubled or altered does not open.
public struct SealedPieces: Sendable {
  public static let saltByteCount = 16
  /// What a sealed piece is longer than its content.
  public static let overhead = 16
  /// 32 MiB and about a tenth of a second for each guess.
  private static let cost = Scrypt(n: 1 << 15, r: 8, p: 1)

  private let key: [UInt8]

  /// Takes about a tenth of a second. `salt` has `saltByteCount` bytes and is never used twice.
  public init(passphrase: String, salt: [UInt8]) {
    precondition(salt.count == Self.saltByteCount, "a salt of 16 bytes")
    guard let key = Self.cost.key(of: passphrase, salt: salt, byteCount: 32) else {
      preconditionFailure("no memory for scrypt")
    }
    self.key = key
  }

  /// Eleven bytes of number and one that marks the end: no nonce comes twice under one key.
  private static func nonce(_ number: UInt32, isLast: Bool) -> [UInt8] {
    [UInt8](repeating: 0, count: 7)
      + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) }
      + [isLast ? 1 : 0]
  }

  /// The sealed form of piece `number`, counted from 0.
  public func seal(_ content: [UInt8], number: UInt32, isLast: Bool) -> [UInt8] {
    let context = Self.context()
    defer { EVP_CIPHER_CTX_free(context) }
    let nonce = Self.nonce(number, isLast: isLast)
    precondition(
      EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, self.key, nonce) == 1, "AES-256-GCM begins")
    let sealed = [UInt8](unsafeUninitializedCapacity: content.count + Self.overhead) { bytes, initialized in
      var count: Int32 = 0
      var rest: Int32 = 0
      precondition(
        EVP_EncryptUpdate(context, bytes.baseAddress, &count, content, Int32(content.count)) == 1
          && EVP_EncryptFinal_ex(context, bytes.baseAddress.map { $0 + Int(count) }, &rest) == 1
          && EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.overhead), bytes.baseAddress.map { $0 + content.count }
          ) == 1,
        "AES-256-GCM takes any piece")
      initialized = content.count + Self.overhead
    }
    return sealed
  }

  /// The content of a sealed piece; nil when passphrase, number, mark or a bit of it is not right.
  public func open(_ sealed: [UInt8], number: UInt32, isLast: Bool) -> [UInt8]? {
    guard sealed.count >= Self.overhead else { return nil }
    let count = sealed.count - Self.overhead
    var tag = Array(sealed[count...])
    let context = Self.context()
    defer { EVP_CIPHER_CTX_free(context) }
    let nonce = Self.nonce(number, isLast: isLast)
    guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, self.key, nonce) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.overhead), &tag) == 1
    else { return nil }
    var isGood = false
    let content = [UInt8](unsafeUninitializedCapacity: count + Self.overhead) { bytes, initialized in
      var written: Int32 = 0
      var rest: Int32 = 0
      isGood =
        EVP_DecryptUpdate(context, bytes.baseAddress, &written, sealed, Int32(count)) == 1
        && EVP_DecryptFinal_ex(context, bytes.baseAddress.map { $0 + Int(written) }, &rest) == 1
      initialized = count
    }
    return isGood ? content : nil
  }

  private static func context() -> OpaquePointer {
    guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("no memory for a cipher") }
    return context
  }
}
