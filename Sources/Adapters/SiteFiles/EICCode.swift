/// The codes Europe's network operators give to zones: 16 characters, the last of which is made of the others.
enum EICCode {
  static func isValid(_ text: String) -> Bool {
    let values = text.utf8.compactMap { byte -> Int? in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 55
      case UInt8(ascii: "-"): 36
      case _: nil
      }
    }
    guard values.count == 16, text.utf8.count == 16 else { return false }
    // ENTSO-E, "The Energy Identification Coding Scheme (EIC) Reference Manual": weights 16 down to 2, modulo 37.
    let sum = values.dropLast().enumerated().reduce(0) { $0 + $1.element * (16 - $1.offset) }
    return values[15] == 36 - (sum + 36) % 37
  }
}
