internal import COpenSSL

/// A running SHA-256, of anything that comes in pieces. `finish` makes it ready for the next message, so one value
/// hashes a whole log without an allocation. OpenSSL's own failures here are those of a machine without memory, which
/// end the process.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a hash") }
    self.context = context
    self.begin()
  }

  deinit { EVP_MD_CTX_free(self.context) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(
      EVP_DigestUpdate(self.context, bytes.baseAddress, bytes.count) == 1, "SHA-256 takes any bytes")
  }

  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.update($0) } }

  public mutating func update(_ byte: UInt8) {
    withUnsafeBytes(of: byte) { self.update($0) }
  }

  public mutating func update(_ digest: Digest) { digest.withUnsafeBytes { self.update($0) } }

  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { self.update(UnsafeRawBufferPointer($0)) }
  }

  /// The hash of everything since the start or the last `finish`.
  public mutating func finish() -> Digest {
    let digest = Digest { target in
      let address = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
      precondition(EVP_DigestFinal_ex(self.context, address, nil) == 1, "SHA-256 always ends")
    }
    self.begin()
    return digest
  }

  private borrowing func begin() {
    precondition(EVP_DigestInit_ex2(self.context, Algorithm.sha256.handle, nil) == 1, "SHA-256 always begins")
  }

  public static func hash(_ bytes: [UInt8]) -> Digest {
    var sha = SHA256()
    sha.update(bytes)
    return sha.finish()
  }

  public static func hash(_ text: String) -> Digest {
    var sha = SHA256()
    sha.update(text)
    return sha.finish()
  }
}

/// OpenSSL's implementation of a hash, looked up once: a look-up for each message costs as much as a short message.
private struct Algorithm: @unchecked Sendable {
  // Safe to share: OpenSSL documents a fetched EVP_MD as immutable, and it is never freed.
  let handle: OpaquePointer

  static let sha256: Algorithm = {
    guard let handle = EVP_MD_fetch(nil, "SHA2-256", nil) else { preconditionFailure("OpenSSL has SHA-256") }
    return Algorithm(handle: handle)
  }()
}
