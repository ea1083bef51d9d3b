@preconcurrency import Glibc

extension String {
  /// Fills up with `filler` on the right to `width` characters.
  func padded(to width: Int, with filler: Character = " ") -> String {
    self.count >= width ? self : self + String(repeating: filler, count: width - self.count)
  }

  /// Lines of at most `width` characters, broken at blanks; what follows the first is two blanks further in.
  func wrapped(to width: Int = 80) -> String {
    let margin = String(self.prefix { $0 == " " })
    var lines: [String] = []
    var line = margin
    for word in self.dropFirst(margin.count).split(separator: " ", omittingEmptySubsequences: false) {
      if line.count + word.count + 1 > width, line.count > margin.count + 2 {
        lines.append(line)
        line = margin + "  " + word
      } else {
        line += line.count == margin.count && lines.isEmpty ? String(word) : " " + word
      }
    }
    return (lines + [line]).joined(separator: "\n")
  }

  /// Fills up with blanks on the left to `width` characters.
  func leftPadded(to width: Int) -> String {
    self.count >= width ? self : String(repeating: " ", count: width - self.count) + self
  }
}

extension Double {
  /// Decimal text with a fixed number of places (0...6), rounded half away from zero; `-` for what is not a number.
  func text(places: Int) -> String {
    guard self.isFinite, self.magnitude < 1e15 else { return "-" }
    let scale = pow(10, Double(places))
    let scaled = Int64((self.magnitude * scale).rounded())
    let whole = (scaled / Int64(scale)).description
    let sign = self < 0 && scaled != 0 ? "-" : ""
    guard places > 0 else { return sign + whole }
    let fraction = (scaled % Int64(scale)).description
    return sign + whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
