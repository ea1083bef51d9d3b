/// The standard Base64 encoding with padding (RFC 4648, section 4).
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  /// The value of every byte; 0xff for those outside the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xff, count: 256)
    for (value, byte) in Self.alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  public static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = UInt32(bytes[start]) << 16
      if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[start + 2]) }
      for place in 0..<4 {
        text.append(
          place <= count ? Self.alphabet[Int(group >> (18 - 6 * UInt32(place)) & 63)] : Self.padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Strict: nil for blanks, missing padding, foreign characters, or unused bits that are not zero, so that bytes have
  /// one text only.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    for start in stride(from: 0, to: digits.count, by: 4) {
      let isLast = start + 4 == digits.count
      var padded = 0
      if isLast, digits[start + 3] == Self.padding { padded = digits[start + 2] == Self.padding ? 2 : 1 }
      var group: UInt32 = 0
      for place in 0..<(4 - padded) {
        let value = Self.values[Int(digits[start + place])]
        guard value != 0xff else { return nil }
        group |= UInt32(value) << (18 - 6 * UInt32(place))
      }
      guard padded == 0 || group & (padded == 1 ? 0xff : 0xffff) == 0 else { return nil }
      for place in 0..<(3 - padded) {
        bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(place))))
      }
    }
    return bytes
  }
}
