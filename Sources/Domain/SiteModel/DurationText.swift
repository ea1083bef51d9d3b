import Quantities

/// Durations as a person writes them: `90 s`, `15 min`, `1 h 30 min`, `7 d`.
public enum DurationText {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// Parses one or more whole or decimal numbers, each with its unit (`d`, `h`, `min`, `s`, `ms`), largest unit first.
  /// Nil for anything else, for negative lengths and for ten years and more.
  public static func duration(_ text: some StringProtocol) -> Duration? {
    var rest = Substring(text)
    var total: Int64 = 0
    var smallest = Int64.max
    rest = rest.drop(while: Self.isBlank)
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count).drop(while: Self.isBlank)
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(name.count).drop(while: Self.isBlank)
      guard let value = Double(number), let unit = Self.units.first(where: { $0.name == name }),
        unit.milliseconds < smallest
      else { return nil }
      let milliseconds = (value * Double(unit.milliseconds)).rounded()
      guard milliseconds < 315_360_000_000 else { return nil }
      total += Int64(milliseconds)
      smallest = unit.milliseconds
    }
    return .milliseconds(total)
  }

  /// Writes a length from hours down to milliseconds, leaving out what is zero: `36 h`, `1 h 30 min`, `0 s`. Whole
  /// days are written in days.
  public static func string(_ duration: Duration) -> String {
    var rest = duration.wholeMilliseconds.magnitude
    var parts: [String] = []
    for unit in Self.units where unit.name != "d" || rest.isMultiple(of: UInt64(unit.milliseconds)) {
      let (count, remainder) = rest.quotientAndRemainder(dividingBy: UInt64(unit.milliseconds))
      if count > 0 { parts.append("\(count) \(unit.name)") }
      rest = remainder
    }
    let text = parts.isEmpty ? "0 s" : parts.joined(separator: " ")
    return duration < .zero ? "-" + text : text
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " }
}
