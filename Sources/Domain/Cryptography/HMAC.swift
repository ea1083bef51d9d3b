internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104): who knows the key wrote the message.
public enum HMAC {
  /// The code of `message`, 32 bytes. The key may have any length; one of no bytes proves nothing.
  public static func sha256(_ message: [UInt8], key: [UInt8]) -> Digest {
    Digest { target in
      let address = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
      var count = 0
      // An empty array has no address, and without one OpenSSL takes no key at all.
      let held = key.isEmpty ? [0] : key
      let isDone =
        EVP_Q_mac(
          nil, "HMAC", nil, "SHA256", nil, held, key.count, message, message.count, address, target.count,
          &count) != nil
      precondition(isDone && count == target.count, "HMAC with SHA-256 takes any bytes")
    }
  }
}
