/// The spelling Python 3 gives a `float`: the shortest digits that read back to the same number, as a plain decimal
/// with a fraction while the decimal exponent is in -4..<16, otherwise with an exponent of at least two digits.
enum PythonFloat {
  /// `value` must be finite.
  static func text(_ value: Double) -> String {
    let (digits, exponent) = Self.shortest(value.magnitude)
    let sign = value.sign == .minus ? "-" : ""
    guard (-4..<16).contains(exponent) else {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let size = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
      return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(size)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    let whole = exponent + 1
    if digits.count <= whole {
      return sign + digits + String(repeating: "0", count: whole - digits.count) + ".0"
    }
    return "\(sign)\(digits.prefix(whole)).\(digits.dropFirst(whole))"
  }

  /// The digits without leading or trailing zeros and the decimal exponent of the first one. Swift's own description
  /// has the shortest digits too and differs in spelling alone.
  private static func shortest(_ magnitude: Double) -> (digits: String, exponent: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var scale = 0
    let text = Array(magnitude.description.utf8)
    for (index, byte) in text.enumerated() {
      if byte == UInt8(ascii: "e") {
        // What follows is a sign and digits, by the description's own grammar.
        scale = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
        break
      }
      if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
    }
    var exponent = (point ?? digits.count) - 1 + scale
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    if leading == digits.count { return ("0", 0) }
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return (String(decoding: digits, as: UTF8.self), exponent)
  }
}
