/// A place in a text file, both counted from 1; the column counts characters.
public struct FilePosition: Hashable, Comparable, Sendable {
  public var line: Int
  public var column: Int
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
  public static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// One value of a TOML document and where it stands.
struct TOMLNode {
  enum Value {
    case table(TOMLTable)
    case array([TOMLNode])
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    /// A date or a time, which no key of a site file takes.
    case temporal
  }

  var position: FilePosition
  var value: Value

  /// What a person calls this kind of value.
  var kind: String {
    switch self.value {
    case .table: "a table"
    case .array: "an array"
    case .string: "a string"
    case .integer: "a whole number"
    case .number: "a number with decimals"
    case .boolean: "true or false"
    case .temporal: "a date or time without quotes"
    }
  }
}

/// A table with its entries in file order; no key occurs twice.
struct TOMLTable {
  struct Entry {
    var key: String
    var keyPosition: FilePosition
    var node: TOMLNode
  }

  var entries: [Entry]

  subscript(key: String) -> Entry? { self.entries.first { $0.key == key } }
}
