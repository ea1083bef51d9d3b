internal import COpenSSL

/// A key from what a person remembers, slow to make so that guessing is slow (scrypt, RFC 7914).
struct Scrypt {
  let n: UInt64
  let r: UInt64
  let p: UInt64

  /// Nil when there is no memory for it, which is 128 times n times r bytes.
  func key(of password: String, salt: [UInt8], byteCount: Int) -> [UInt8]? {
    let secret = Array(password.utf8CString)
    var key = [UInt8](repeating: 0, count: byteCount)
    // Twice the memory of its table is more than everything besides.
    let status = EVP_PBE_scrypt(
      secret, secret.count - 1, salt, salt.count, self.n, self.r, self.p, 256 * self.n * self.r, &key,
      key.count)
    return status == 1 ? key : nil
  }
}
