public import Cryptography

/// Who a node is: its Ed25519 public key. Nodes are ordered by the bytes of their keys.
public struct NodeID: Sendable, Comparable {
  public static let byteCount = Ed25519PublicKey.byteCount

  // Four words in place of an array: nodes are looked up all the time.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  public init(_ key: Ed25519PublicKey) {
    let bytes = key.bytes
    func word(_ place: Int) -> UInt64 {
      bytes[(place * 8)..<(place * 8 + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }
    self.words = (word(0), word(1), word(2), word(3))
  }

  /// Nil unless there are 32 bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard let key = Ed25519PublicKey(bytes: Array(bytes)) else { return nil }
    self.init(key)
  }

  public var bytes: [UInt8] {
    [self.words.0, self.words.1, self.words.2, self.words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
  }

  public var publicKey: Ed25519PublicKey {
    guard let key = Ed25519PublicKey(bytes: self.bytes) else { preconditionFailure("a node has 32 bytes") }
    return key
  }

  /// The whole key as people compare it: 64 hexadecimal digits.
  public var text: String { Hexadecimal.text(self.bytes) }
  /// How a TLS client names the key it expects.
  public var pin: String { SelfSignedCertificate.pin(of: self.publicKey) }
  /// The first eight digits, to tell nodes apart in a log.
  public var hint: String { String(self.text.prefix(8)) }

  public static func < (a: Self, b: Self) -> Bool { a.words < b.words }
  public static func == (a: Self, b: Self) -> Bool { a.words == b.words }
}

extension NodeID: Hashable {
  public func hash(into hasher: inout Hasher) {
    hasher.combine(self.words.0)
    hasher.combine(self.words.3)
  }
}

extension NodeID: CustomStringConvertible {
  public var description: String { self.hint }
}
