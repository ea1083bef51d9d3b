import Certificates
import Cryptography

extension LogIdentity {
  /// Whose log the tests' engines write.
  static var test: LogIdentity {
    // Thirty-two bytes are a seed.
    LogIdentity(siteName: "test", key: Ed25519PrivateKey(seed: Array(0..<32))!)
  }
}
