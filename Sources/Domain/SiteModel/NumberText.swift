/// Numbers for people to read.
public enum NumberText {
  /// Writes a number without a trailing `.0`, rounded to `decimals` places when given.
  public static func string(_ value: Double, decimals: Int? = nil) -> String {
    var value = value
    if let decimals, abs(value) < 1e12 {
      let scale = Self.powersOfTen[min(max(decimals, 0), Self.powersOfTen.count - 1)]
      value = (value * scale).rounded() / scale
    }
    let text = "\(value == 0 ? 0 : value)"  // never "-0"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static let powersOfTen: [Double] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
}
