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
