/// A SHA-256 hash: 32 bytes.
public struct Digest: Sendable, Hashable {
  public static let byteCount = 32

  // Four words in place of an array: a log holds millions of these.
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// Nil unless there are exactly 32 bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init { target in
      for (index, byte) in bytes.enumerated() { target[index] = byte }
    }
  }

  /// Nil unless `hexadecimal` is 64 lower-case digits.
  public init?(hexadecimal: some StringProtocol) {
    guard let bytes = Hexadecimal.bytes(hexadecimal) else { return nil }
    self.init(bytes: bytes)
  }

  /// Nil unless `base64` is the standard encoding of 32 bytes.
  public init?(base64: some StringProtocol) {
    guard let bytes = Base64.bytes(base64) else { return nil }
    self.init(bytes: bytes)
  }

  /// `fill` is given all 32 bytes to write, zero before.
  init(_ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.words = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &self.words) { fill($0) }
  }

  public func withUnsafeBytes<Value>(_ read: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: self.words) { read($0) }
  }

  public var bytes: [UInt8] { self.withUnsafeBytes { Array($0) } }
  /// 64 lower-case digits.
  public var hexadecimal: String { self.withUnsafeBytes { Hexadecimal.text($0) } }
  public var base64: String { Base64.text(self.bytes) }

  public static func == (a: Self, b: Self) -> Bool { a.words == b.words }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(self.words.0)
    hasher.combine(self.words.1)
  }
}

extension Digest: CustomStringConvertible {
  public var description: String { self.hexadecimal }
}
