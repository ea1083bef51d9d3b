internal import COpenSSL

/// What is kept of a password: a salt and what scrypt (RFC 7914) makes of both, written as
/// `scrypt$N$r$p$SALT$KEY` with salt and key in hexadecimal. Making or checking one takes 16 MiB for some tens of
/// milliseconds, which is what guessing costs too.
public struct PasswordHash: Sendable, Hashable {
  private static let cost = Scrypt(n: 1 << 14, r: 8, p: 1)
  private static let saltByteCount = 16
  private static let keyByteCount = 32

  private let salt: [UInt8]
  private let key: [UInt8]

  /// Nil when there is no memory for it.
  public init?(of password: String) {
    let salt = secureRandomBytes(Self.saltByteCount)
    guard let key = Self.cost.key(of: password, salt: salt, byteCount: Self.keyByteCount) else { return nil }
    self.salt = salt
    self.key = key
  }

  /// Nil unless it is of the form that `text` has, made at the same cost.
  public init?(text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt", parts[1] == "\(Self.cost.n)", parts[2] == "\(Self.cost.r)",
      parts[3] == "\(Self.cost.p)", let salt = Hexadecimal.bytes(parts[4]),
      let key = Hexadecimal.bytes(parts[5]),
      salt.count == Self.saltByteCount, key.count == Self.keyByteCount
    else { return nil }
    self.salt = salt
    self.key = key
  }

  public var text: String {
    "scrypt$\(Self.cost.n)$\(Self.cost.r)$\(Self.cost.p)$\(Hexadecimal.text(self.salt))$\(Hexadecimal.text(self.key))"
  }

  public func matches(_ password: String) -> Bool {
    Self.cost.key(of: password, salt: self.salt, byteCount: Self.keyByteCount)
      .map { isEqualInConstantTime($0, self.key) } ?? false
  }
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
public func isEqualInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}
