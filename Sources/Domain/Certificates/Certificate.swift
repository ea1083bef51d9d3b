public import Cryptography

/// One link of the chain, as a database row holds it. Hashes are 64 hexadecimal digits; whether they are right is for
/// `CertificateChain` to say.
public struct Certificate: Sendable, Hashable {
  /// Counts from 1.
  public var sequence: Int64
  /// ISO 8601. A copy of what `data` says, for people who read rows.
  public var issuedAt: String
  public var previousHash: String
  public var payloadHash: String
  public var certificateHash: String
  /// Canonical JSON.
  public var data: [UInt8]

  public init(
    sequence: Int64, issuedAt: String, previousHash: String, payloadHash: String, certificateHash: String,
    data: [UInt8]
  ) {
    self.sequence = sequence
    self.issuedAt = issuedAt
    self.previousHash = previousHash
    self.payloadHash = payloadHash
    self.certificateHash = certificateHash
    self.data = data
  }
}

/// The hash chain of GridShift, byte for byte: every certificate names the hash of the one before it.
public enum CertificateChain {
  public static let firstSequence: Int64 = 1
  /// What the first certificate names as its predecessor.
  public static let firstPrevious = String(repeating: "0", count: 64)

  /// What is wrong with a certificate at its place in the chain, in the order in which it is looked for.
  public enum Fault: Sendable, Hashable {
    /// The data are not those that were hashed.
    case payload
    /// The certificate's own hash is not that of its number, its predecessor and its payload.
    case hash
    /// It names another predecessor.
    case link
  }

  public static func certificateHash(sequence: Int64, previousHash: String, payloadHash: String) -> Digest {
    SHA256.hash("\(sequence):\(previousHash):\(payloadHash)")
  }

  /// The next link after `previousHash`.
  public static func link(
    sequence: Int64, previousHash: String, issuedAt: String, data: [UInt8]
  ) -> Certificate {
    let payloadHash = SHA256.hash(data).hexadecimal
    let hash = Self.certificateHash(sequence: sequence, previousHash: previousHash, payloadHash: payloadHash)
    return Certificate(
      sequence: sequence, issuedAt: issuedAt, previousHash: previousHash, payloadHash: payloadHash,
      certificateHash: hash.hexadecimal, data: data)
  }

  /// Nil when the certificate follows from `previousHash`.
  public static func fault(in certificate: Certificate, after previousHash: String) -> Fault? {
    var sha = SHA256()
    return Self.fault(in: certificate, after: previousHash, &sha)
  }

  /// `sha` must be at the start of a message.
  static func fault(in certificate: Certificate, after previousHash: String, _ sha: inout SHA256) -> Fault? {
    sha.update(certificate.data)
    if sha.finish().hexadecimal != certificate.payloadHash { return .payload }
    sha.update("\(certificate.sequence):\(previousHash):\(certificate.payloadHash)")
    let hash = sha.finish()
    if hash.hexadecimal != certificate.certificateHash { return .hash }
    return certificate.previousHash == previousHash ? nil : .link
  }

  /// The first broken sequence number of a whole chain and what is wrong there, nil when it holds. The end of a chain
  /// proves nothing: that needs a checkpoint.
  public static func firstFault(in chain: some Sequence<Certificate>) -> (sequence: Int64, fault: Fault)? {
    var previous = Self.firstPrevious
    for certificate in chain {
      if let fault = Self.fault(in: certificate, after: previous) { return (certificate.sequence, fault) }
      previous = certificate.certificateHash
    }
    return nil
  }
}
