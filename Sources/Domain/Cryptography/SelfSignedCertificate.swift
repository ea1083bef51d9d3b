internal import COpenSSL

/// A certificate that a key signs for itself: nothing but a wrapping in which TLS carries the key. Its dates span all time
/// and its name is for people; whoever connects looks at the key alone.
public enum SelfSignedCertificate {
  /// DER of a SubjectPublicKeyInfo with the algorithm Ed25519 (RFC 8410), up to the key.
  private static let publicKeyPrefix: [UInt8] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  /// OpenSSL's MBSTRING_UTF8, a macro.
  private static let utf8: Int32 = 0x1000

  /// The certificate as a PEM file. `name` becomes its common name, cut to what X.509 takes.
  public static func pem(for key: Ed25519PrivateKey, name: String) -> String {
    let der = Self.der(for: key, name: String(name.unicodeScalars.prefix(16)))
    let text = Base64.text(der)
    var lines: [Substring] = []
    var rest = text[...]
    while !rest.isEmpty {
      lines.append(rest.prefix(64))
      rest = rest.dropFirst(64)
    }
    return "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
  }

  /// How others name the key when they pin it: Base64 of the SHA-256 of the key's DER.
  public static func pin(of key: Ed25519PublicKey) -> String {
    SHA256.hash(Self.publicKeyPrefix + key.bytes).base64
  }

  private static func der(for key: Ed25519PrivateKey, name: String) -> [UInt8] {
    guard let certificate = X509_new(),
      let handle = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, key.seed, key.seed.count)
    else { preconditionFailure("no memory for a certificate") }
    defer {
      X509_free(certificate)
      EVP_PKEY_free(handle)
    }
    let subject = X509_get_subject_name(certificate)
    let isMade =
      X509_set_version(certificate, 2) == 1
      && ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1
      && ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20000101000000Z") == 1
      && ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1
      && X509_set_pubkey(certificate, handle) == 1
      && X509_NAME_add_entry_by_txt(subject, "CN", Self.utf8, name.isEmpty ? "rigshift" : name, -1, -1, 0)
        == 1
      && X509_set_issuer_name(certificate, subject) == 1 && X509_sign(certificate, handle, nil) > 0
    precondition(isMade, "an Ed25519 key signs a certificate")
    let count = Int(i2d_X509(certificate, nil))
    precondition(count > 0, "a signed certificate has an encoding")
    return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
      var end = bytes.baseAddress
      initialized = Int(i2d_X509(certificate, &end))
    }
  }
}
