internal import COpenSSL

/// The public half of an Ed25519 key pair (RFC 8032).
public struct Ed25519PublicKey: Sendable, Hashable {
  public static let byteCount = 32
  public let bytes: [UInt8]

  /// Nil unless there are 32 bytes. Whether they are a point of the curve shows when a signature is verified.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// False for a signature of another length, by another key or over another message.
  public func isSignature(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    guard signature.count == Ed25519PrivateKey.signatureByteCount,
      let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, self.bytes, self.bytes.count)
    else { return false }
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a signature") }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// An Ed25519 key pair. Signatures are deterministic: one key and one message give one signature.
public struct Ed25519PrivateKey: Sendable {
  public static let seedByteCount = 32
  public static let signatureByteCount = 64

  /// The secret. Never logged, never in a database.
  public let seed: [UInt8]
  public let publicKey: Ed25519PublicKey
  private let handle: KeyHandle

  /// Nil unless `seed` has 32 bytes.
  public init?(seed: [UInt8]) {
    guard seed.count == Self.seedByteCount, let handle = KeyHandle(seed: seed),
      let publicKey = Ed25519PublicKey(bytes: handle.publicBytes)
    else { return nil }
    self.seed = seed
    self.handle = handle
    self.publicKey = publicKey
  }

  /// A new key from the system's randomness.
  public static func generate() -> Ed25519PrivateKey {
    // Any 32 bytes are a seed.
    Ed25519PrivateKey(seed: secureRandomBytes(Self.seedByteCount))!
  }

  /// The 64 bytes of the signature.
  public func signature(over message: [UInt8]) -> [UInt8] { self.handle.sign(message) }
}

/// OpenSSL's form of a private key, freed with its last user.
private final class KeyHandle: @unchecked Sendable {
  // Safe to share: an EVP_PKEY is not changed after it is made, and signing only reads it.
  private let key: OpaquePointer

  init?(seed: [UInt8]) {
    guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else { return nil }
    self.key = key
  }

  deinit { EVP_PKEY_free(self.key) }

  var publicBytes: [UInt8] {
    var count = Ed25519PublicKey.byteCount
    return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
      precondition(
        EVP_PKEY_get_raw_public_key(self.key, bytes.baseAddress, &count) == 1,
        "a private key has a public half")
      initialized = count
    }
  }

  func sign(_ message: [UInt8]) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a signature") }
    defer { EVP_MD_CTX_free(context) }
    precondition(EVP_DigestSignInit(context, nil, nil, nil, self.key) == 1, "an Ed25519 key signs")
    var count = Ed25519PrivateKey.signatureByteCount
    return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
      precondition(
        EVP_DigestSign(context, bytes.baseAddress, &count, message, message.count) == 1,
        "an Ed25519 key signs any message")
      initialized = count
    }
  }
}
