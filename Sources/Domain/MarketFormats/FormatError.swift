/// Why a file or response from outside cannot be used: where, what is wrong, what to do.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as its reader was told to call it.
  public var file: String?
  /// Line of the text, from 1.
  public var line: Int?
  /// Column of the text, from 1: of a CSV file the column of the table, of JSON the character.
  public var column: Int?
  /// The value in the words of the format, such as `hourly.temperature_2m[17]`.
  public var field: String?
  public var message: String
  public var remedy: String

  public init(
    file: String? = nil, line: Int? = nil, column: Int? = nil, field: String? = nil, message: String,
    remedy: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.field = field
    self.message = message
    self.remedy = remedy
  }

  /// One line: `file:line:column: field: what is wrong; what to do`, leaving out what is not known.
  public var description: String {
    let numbers = [self.line, self.column].compactMap { $0.map(String.init) }
    let place = ([self.file].compactMap { $0 } + numbers).joined(separator: ":")
    let parts = [place, self.field ?? ""].filter { !$0.isEmpty }
    return (parts + ["\(self.message); \(self.remedy)"]).joined(separator: ": ")
  }
}
