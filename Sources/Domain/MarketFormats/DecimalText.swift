/// Numbers as tables write them: plain ASCII decimals, nothing a locale or a programming language adds.
enum DecimalText {
  /// Reads `[+-]digits[.digits][e[+-]digits]`. Nil for anything else, also for NaN, infinity and hexadecimal.
  static func double(_ bytes: ArraySlice<UInt8>) -> Double? {
    var digits = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
        break
      default: return nil
      }
    }
    guard digits > 0, bytes.count <= 40, let value = Double(String(decoding: bytes, as: UTF8.self)),
      value.isFinite
    else { return nil }
    return value
  }

  /// Reads one to nine digits.
  static func int(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard (1...9).contains(bytes.count) else { return nil }
    var number = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
}
