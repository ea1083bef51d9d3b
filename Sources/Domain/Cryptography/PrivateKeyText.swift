/// An Ed25519 private key as a PEM file (RFC 8410), which `openssl pkey` reads too.
extension Ed25519PrivateKey {
  private static let header = "-----BEGIN PRIVATE KEY-----"
  private static let footer = "-----END PRIVATE KEY-----"
  /// The DER of a PKCS #8 key with the algorithm Ed25519, up to the seed.
  private static let prefix: [UInt8] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]

  /// The secret as a file holds it.
  public var pem: String { "\(Self.header)\n\(Base64.text(Self.prefix + self.seed))\n\(Self.footer)\n" }

  /// Nil when the text is not such a file.
  public init?(pem: String) {
    let lines = pem.split(whereSeparator: \.isNewline)
    guard lines.count == 3, lines[0] == Self.header, lines[2] == Self.footer,
      let der = Base64.bytes(lines[1]),
      der.starts(with: Self.prefix)
    else { return nil }
    self.init(seed: Array(der.dropFirst(Self.prefix.count)))
  }
}
