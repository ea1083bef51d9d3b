/// Looks through TOML text for what must not reach the C++ parser: characters outside ASCII where only strings and
/// comments may have them (toml++ 3.3 has undefined behaviour there), and dotted keys that nest without end (its
/// destructors recurse). It follows strings and comments, and leaves every other mistake to the parser.
struct TOMLGuard {
  /// More than a row of 96 quarter-hour prices has; a key cannot nest deeper than its line has dots.
  private static let dotsPerLine = 200

  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var column = 1
  private var dots = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func check(_ bytes: [UInt8]) throws(TOMLParser.SyntaxError) {
    var walk = TOMLGuard(bytes)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { walk.index = 3 }  // a byte order mark
    while let byte = walk.next() {
      switch byte {
      case UInt8(ascii: "#"): walk.skipComment()
      case UInt8(ascii: "\""), UInt8(ascii: "'"): if !walk.skipString(quote: byte) { return }
      case UInt8(ascii: "."):
        walk.dots += 1
        if walk.dots > Self.dotsPerLine { throw walk.error("more than \(Self.dotsPerLine) dots in one line") }
      case 0x80...: throw walk.error("a character outside ASCII may stand only in quotes or in a comment")
      case _: break
      }
    }
  }

  private func error(_ text: String) -> TOMLParser.SyntaxError {
    TOMLParser.SyntaxError(
      position: FilePosition(line: self.line, column: max(1, self.column - 1)), text: text)
  }

  private mutating func next() -> UInt8? {
    guard self.index < self.bytes.count else { return nil }
    let byte = self.bytes[self.index]
    self.index += 1
    if byte == UInt8(ascii: "\n") {
      self.line += 1
      self.column = 1
      self.dots = 0
    } else if byte & 0xc0 != 0x80 {  // not a further byte of one character
      self.column += 1
    }
    return byte
  }

  private func peek(_ count: Int, are byte: UInt8) -> Bool {
    self.index + count <= self.bytes.count
      && self.bytes[self.index..<(self.index + count)].allSatisfy { $0 == byte }
  }

  private mutating func skipComment() {
    while self.index < self.bytes.count, self.bytes[self.index] != UInt8(ascii: "\n") { _ = self.next() }
  }

  /// Goes behind the string whose first quote was just read; false where the parser will stop inside it.
  private mutating func skipString(quote: UInt8) -> Bool {
    let isMultiLine = self.peek(2, are: quote)
    if isMultiLine {
      _ = self.next()
      _ = self.next()
    }
    while let byte = self.next() {
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        _ = self.next()
      } else if byte == UInt8(ascii: "\n"), !isMultiLine {
        return false
      } else if byte == quote, !isMultiLine {
        return true
      } else if byte == quote, self.peek(2, are: quote) {
        // Up to two quotes of the text may stand before the three that end it.
        for _ in 0..<4 where self.peek(1, are: quote) { _ = self.next() }
        return true
      }
    }
    return false
  }
}
