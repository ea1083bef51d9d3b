/// The lines of a CSV file as bytes, without their ends (LF or CRLF), numbered from 1. A UTF-8 byte order mark is left
/// out. Bytes, because a JEPX file may be in cp932, where no byte of a two-byte character is a comma, a quote or a
/// line end.
struct TableLines: Sequence, IteratorProtocol {
  struct Line {
    let number: Int
    let bytes: ArraySlice<UInt8>

    var isBlank: Bool { self.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    /// The cells between commas, without blanks and quotes around them.
    var cells: [ArraySlice<UInt8>] {
      self.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Self.bare)
    }

    private static func bare(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      let trimmed = Self.trimmed(cell)
      let quote = UInt8(ascii: "\"")
      guard trimmed.count >= 2, trimmed.first == quote, trimmed.last == quote else { return trimmed }
      return Self.trimmed(trimmed.dropFirst().dropLast())
    }

    private static func trimmed(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
      guard let first = cell.firstIndex(where: { !isBlank($0) }),
        let last = cell.lastIndex(where: { !isBlank($0) })
      else { return cell.prefix(0) }
      return cell[first...last]
    }
  }

  private let bytes: [UInt8]
  private var index: Int
  private var number = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    self.index = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
  }

  mutating func next() -> Line? {
    guard self.index < self.bytes.count else { return nil }
    self.number += 1
    let end = self.bytes[self.index...].firstIndex(of: 0x0a) ?? self.bytes.count
    var line = self.bytes[self.index..<end]
    if line.last == 0x0d { line.removeLast() }
    self.index = end + 1
    return Line(number: self.number, bytes: line)
  }
}
