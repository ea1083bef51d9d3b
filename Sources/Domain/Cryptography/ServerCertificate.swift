internal import COpenSSL

/// A certificate by which browsers know a server that no authority vouches for: a P-256 key, as every browser takes it, signed
/// by itself, with the names and addresses under which the server is reached (RFC 5280, 4.2.1.6).
public struct ServerCertificate: Sendable {
  /// As long as browsers took one at most, and so long before its end a new one is made.
  private static let life = 825 * 86_400
  private static let reserve = 30 * 86_400
  /// A clock that is slow is no reason to refuse it.
  private static let backdated = 86_400

  public let certificatePEM: String
  /// Secret.
  public let keyPEM: String

  /// Makes a key and its certificate; nil without memory, or when a name is none.
  /// - Parameters:
  ///   - names: Host names and numeric addresses, at least one.
  ///   - now: Seconds since 1970.
  public init?(for names: [String], now: Int) {
    guard let first = names.first, names.allSatisfy(Self.isName) else { return nil }
    let list = names.map { Self.isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }.joined(separator: ",")
    var certificate: UnsafeMutablePointer<CChar>?
    var key: UnsafeMutablePointer<CChar>?
    let isMade = copenssl_server_certificate(
      String(first.prefix(60)), list, now - Self.backdated, now + Self.life, &certificate, &key)
    defer {
      CRYPTO_free(certificate, nil, 0)
      CRYPTO_free(key, nil, 0)
    }
    guard isMade == 1, let certificate, let key else { return nil }
    self.certificatePEM = String(cString: certificate)
    self.keyPEM = String(cString: key)
  }

  /// Whether a certificate in PEM is for all of `names` and will be for a while.
  public static func isGood(_ pem: String, for names: [String], now: Int) -> Bool {
    guard let certificate = copenssl_certificate(pem) else { return false }
    defer { X509_free(certificate) }
    var seconds = 0
    return copenssl_seconds_left(certificate, now, &seconds) == 1 && seconds > Self.reserve
      && names.allSatisfy { copenssl_is_for(certificate, $0) == 1 }
  }

  /// SHA-256 of a certificate as browsers show it, `AB:CD:...`, and how many seconds it is still good for; nil when `pem` is
  /// no certificate.
  public static func facts(of pem: String, now: Int) -> (fingerprint: String, secondsLeft: Int)? {
    guard let certificate = copenssl_certificate(pem) else { return nil }
    defer { X509_free(certificate) }
    var seconds = 0
    var digest = [UInt8](repeating: 0, count: Digest.byteCount)
    guard copenssl_seconds_left(certificate, now, &seconds) == 1,
      X509_digest(certificate, EVP_sha256(), &digest, nil) == 1
    else { return nil }
    let pairs = digest.map { Hexadecimal.text([$0]).uppercased() }
    return (pairs.joined(separator: ":"), seconds)
  }

  /// A host name or a numeric address, and nothing that could be more in OpenSSL's list of names.
  public static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 253
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
          true
        case _: false
        }
      } && (!text.contains(":") || Self.isAddress(text))
  }

  static func isAddress(_ text: String) -> Bool {
    let octets = a2i_IPADDRESS(text)
    ASN1_OCTET_STRING_free(octets)
    return octets != nil
  }
}
