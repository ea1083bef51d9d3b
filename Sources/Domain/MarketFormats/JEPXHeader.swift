/// The header of a JEPX spot summary: which column holds what, in UTF-8 or cp932. Columns are found by their text, for
/// their number and order changed over the years.
struct JEPXHeader {
  /// A word of the header in both encodings.
  struct Word {
    let utf8: [UInt8]
    let cp932: [UInt8]
    init(_ text: String, cp932: [UInt8]) {
      self.utf8 = Array(text.utf8)
      self.cp932 = cp932
    }
  }

  enum Encoding: Sendable {
    case utf8
    case cp932
  }

  struct Area {
    let english: String
    let japanese: String
    let cp932: [UInt8]
  }

  static let date = Word("受渡日", cp932: [0x8e, 0xf3, 0x93, 0x6e, 0x93, 0xfa])
  static let code = Word("時刻コード", cp932: [0x8e, 0x9e, 0x8d, 0x8f, 0x83, 0x52, 0x81, 0x5b, 0x83, 0x68])
  static let system = Word(
    "システムプライス",
    cp932: [0x83, 0x56, 0x83, 0x58, 0x83, 0x65, 0x83, 0x80, 0x83, 0x76, 0x83, 0x89, 0x83, 0x43, 0x83, 0x58])
  static let areaPrice = Word(
    "エリアプライス",
    cp932: [0x83, 0x47, 0x83, 0x8a, 0x83, 0x41, 0x83, 0x76, 0x83, 0x89, 0x83, 0x43, 0x83, 0x58])

  static let areas: [Area] = [
    Area(english: "hokkaido", japanese: "北海道", cp932: [0x96, 0x6b, 0x8a, 0x43, 0x93, 0xb9]),
    Area(english: "tohoku", japanese: "東北", cp932: [0x93, 0x8c, 0x96, 0x6b]),
    Area(english: "tokyo", japanese: "東京", cp932: [0x93, 0x8c, 0x8b, 0x9e]),
    Area(english: "chubu", japanese: "中部", cp932: [0x92, 0x86, 0x95, 0x94]),
    Area(english: "hokuriku", japanese: "北陸", cp932: [0x96, 0x6b, 0x97, 0xa4]),
    Area(english: "kansai", japanese: "関西", cp932: [0x8a, 0xd6, 0x90, 0xbc]),
    Area(english: "chugoku", japanese: "中国", cp932: [0x92, 0x86, 0x8d, 0x91]),
    Area(english: "shikoku", japanese: "四国", cp932: [0x8e, 0x6c, 0x8d, 0x91]),
    Area(english: "kyushu", japanese: "九州", cp932: [0x8b, 0xe3, 0x8f, 0x42]),
  ]

  /// The price columns this program knows by their names, for a message.
  static var areaNames: String { (self.areas.map(\.english) + ["system"]).joined(separator: ", ") }

  /// How the text of the price column begins for `area`, an English name, a Japanese one, or `system`; nil for none
  /// of those.
  static func priceColumn(of area: String) -> Word? {
    let wanted = area.lowercased()
    if wanted == "system" || area == "システム" { return self.system }
    return self.areas.first { $0.english == wanted || $0.japanese == area }.map { match in
      Word("エリアプライス" + match.japanese, cp932: self.areaPrice.cp932 + match.cp932)
    }
  }

  let encoding: Encoding
  private let cells: [ArraySlice<UInt8>]

  /// Nil when `line` has no column for the date and the half hour in either encoding.
  init?(_ line: TableLines.Line) {
    let cells = line.cells
    guard
      let encoding = [Encoding.utf8, .cp932].first(where: { encoding in
        [Self.date, Self.code].allSatisfy { Self.column($0, of: cells, in: encoding) != nil }
      })
    else { return nil }
    self.encoding = encoding
    self.cells = cells
  }

  var columnCount: Int { self.cells.count }

  /// The first column, from 0, whose text begins with `word`.
  func column(_ word: Word) -> Int? { Self.column(word, of: self.cells, in: self.encoding) }

  private static func column(_ word: Word, of cells: [ArraySlice<UInt8>], in encoding: Encoding) -> Int? {
    switch encoding {
    case .utf8: cells.firstIndex { $0.starts(with: word.utf8) }
    case .cp932: cells.firstIndex { $0.starts(with: word.cp932) }
    }
  }
}
