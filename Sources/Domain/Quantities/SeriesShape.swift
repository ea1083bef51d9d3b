/// How a service writes a series that this program does not know by name: what the site file says of its answers.
public struct SeriesShape: Sendable, Hashable {
  public enum Format: Sendable, Hashable {
    /// `rows` is the path to the list of rows, such as `/data/prices`; empty for an answer that is the list.
    case json(rows: String)
    case csv(Table)
  }

  public struct Table: Sendable, Hashable {
    /// An ASCII character.
    public var separator: UInt8
    public var hasDecimalComma: Bool
    public init(separator: UInt8, hasDecimalComma: Bool) {
      self.separator = separator
      self.hasDecimalComma = hasDecimalComma
    }
  }

  public enum TimeFormat: String, Sendable, Hashable, CaseIterable {
    /// With its offset from UTC.
    case iso8601
    case unixSeconds = "unix_s"
    case unixMilliseconds = "unix_ms"
  }

  /// How long a row's value holds.
  public enum Length: Sendable, Hashable {
    /// Until the time in this field or column.
    case field(String)
    case fixed(Duration)
  }

  public var format: Format
  /// Paths within a row of JSON, names of columns of a table.
  public var start: String
  public var value: String
  public var length: Length
  public var time: TimeFormat
  /// As `SeriesUnit` reads it.
  public var unit: String
  /// What a value is multiplied by to be in `unit`.
  public var scale: Double

  public init(
    format: Format, start: String, value: String, length: Length, time: TimeFormat = .iso8601, unit: String,
    scale: Double = 1
  ) {
    self.format = format
    self.start = start
    self.value = value
    self.length = length
    self.time = time
    self.unit = unit
    self.scale = scale
  }
}
