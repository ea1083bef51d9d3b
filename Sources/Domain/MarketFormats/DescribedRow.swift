import Quantities

/// Turns the cells of one row into a stretch of time with its value, as the site file describes them.
struct DescribedRow {
  enum Cell {
    case gap
    case text(String)
    case number(Double)
    case other
  }

  let shape: SeriesShape
  /// Takes a value to the unit of the series.
  let scale: Double
  let plausible: ClosedRange<Double>
  let file: String?

  private static let again = "ask the service again; the answer is damaged"

  /// Nil for a row without a value.
  func interval(
    field: String, line: Int? = nil, cell: (String) -> Cell?
  ) throws(FormatError) -> IntervalSeries.Interval? {
    func error(_ name: String, _ message: String, _ remedy: String) -> FormatError {
      FormatError(
        file: self.file, line: line, field: field.isEmpty ? name : "\(field).\(name)", message: message,
        remedy: remedy)
    }
    func instant(_ name: String) throws(FormatError) -> UTCInstant {
      guard let instant = self.instant(cell(name)) else {
        throw error(name, "not a time in the format \"\(self.shape.time.rawValue)\"", Self.again)
      }
      return instant
    }
    let start = try instant(self.shape.start)
    let end =
      switch self.shape.length {
      case .field(let name): try instant(name)
      case .fixed(let length): start + length
      }
    guard let slot = Slot(start: start, end: end), slot.length >= .minutes(1) else {
      throw error(self.shape.start, "not a stretch of time", Self.again)
    }
    let number: Double?
    switch cell(self.shape.value) {
    case .gap: return nil
    case .text(let text): number = DecimalText.double(ArraySlice(text.utf8))
    case .number(let given): number = given
    case .other, nil: number = nil
    }
    guard let number, number.isFinite else { throw error(self.shape.value, "not a number", Self.again) }
    guard self.plausible.contains(number * self.scale) else {
      throw error(
        self.shape.value, "\(number) cannot be true", "check the unit, or ask the service again later")
    }
    return .init(slot: slot, value: number * self.scale)
  }

  private func instant(_ cell: Cell?) -> UTCInstant? {
    let number: Double?
    switch (cell, self.shape.time) {
    case (.text(let text), .iso8601): return ISO8601.instant(text)
    case (.text(let text), .unixSeconds), (.text(let text), .unixMilliseconds):
      number = DecimalText.double(ArraySlice(text.utf8))
    case (.number(let given), .unixSeconds), (.number(let given), .unixMilliseconds): number = given
    case (.number, .iso8601), (.gap, _), (.other, _), (nil, _): return nil
    }
    guard let number, number.isFinite else { return nil }
    let milliseconds = self.shape.time == .unixSeconds ? number * 1000 : number
    // The years 1900 to 2200.
    guard (-2_208_988_800_000...7_289_654_400_000).contains(milliseconds) else { return nil }
    return Int64(exactly: milliseconds.rounded()).map { UTCInstant(milliseconds: $0) }
  }
}
