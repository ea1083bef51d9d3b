public import Quantities

/// The day-ahead spot prices of the Japan Electric Power Exchange, as its yearly or daily `spot_summary` file.
///
/// One row per half hour: a date, a code from 1 to 48, and prices in JPY/kWh for the system and nine areas. Code n is
/// the half hour that begins (n - 1) x 30 minutes after midnight in Japan (UTC+9, no daylight saving). UTF-8 and
/// cp932 (Shift-JIS) are both read.
public struct JEPXSpotSummary: Sendable, Hashable {
  /// JPY/kWh. A half hour without a row or with a blank price is a gap.
  public let prices: IntervalSeries

  /// Beyond this, either way, a price is a mistake in the file: the cap on imbalance prices is 200 JPY/kWh.
  public static let plausible: ClosedRange<Double> = -1000...1000

  /// Reads the prices of one area.
  ///
  /// - Parameter area: `tokyo`, `東京`, one of the other areas by either name, or `system`.
  public static func parse(
    _ bytes: [UInt8], area: String, file: String? = nil
  ) throws(FormatError) -> JEPXSpotSummary {
    guard bytes.count <= FormatLimits.tableBytes else {
      throw FormatError(
        file: file, message: "\(bytes.count) bytes, more than the \(FormatLimits.tableBytes) allowed",
        remedy: "use the summary of one fiscal year")
    }
    guard let price = JEPXHeader.priceColumn(of: area) else {
      throw FormatError(
        file: file, field: "area", message: "no area \"\(area)\"",
        remedy: "use one of \(JEPXHeader.areaNames)")
    }
    var lines = TableLines(bytes)
    guard let first = lines.next(), let header = JEPXHeader(first),
      let date = header.column(JEPXHeader.date), let code = header.column(JEPXHeader.code)
    else {
      throw FormatError(
        file: file, line: 1,
        message: "not the header of a JEPX spot summary (受渡日, 時刻コード, ...) in UTF-8 or cp932",
        remedy: "use the file spot_summary_YYYY.csv of the exchange, with its header")
    }
    guard let column = header.column(price) else {
      throw FormatError(
        file: file, line: 1, message: "no price column for \(area)", remedy: "use the exchange's whole file")
    }
    let rows = JEPXRows(dateColumn: date, codeColumn: code, priceColumn: column, file: file)
    return JEPXSpotSummary(prices: try rows.read(lines))
  }

  private init(prices: IntervalSeries) { self.prices = prices }
}

/// Reads the rows below the header.
private struct JEPXRows {
  let dateColumn: Int
  let codeColumn: Int
  let priceColumn: Int
  let file: String?

  func read(_ lines: TableLines) throws(FormatError) -> IntervalSeries {
    var intervals: [IntervalSeries.Interval] = []
    var last: (start: UTCInstant, line: Int)?
    for line in lines where !line.isBlank {
      let cells = line.cells
      guard cells.count > max(self.dateColumn, self.codeColumn, self.priceColumn) else {
        throw self.error(line, nil, "only \(cells.count) columns", "the file was cut short: fetch it again")
      }
      let start = try self.start(cells, line)
      if let last, start <= last.start {
        throw self.error(
          line, self.codeColumn,
          start == last.start
            ? "the half hour of line \(last.line) again" : "earlier than line \(last.line)",
          "keep one row per half hour, in order of time")
      }
      last = (start, line.number)
      guard let price = try self.price(cells[self.priceColumn], line) else { continue }
      guard intervals.count < FormatLimits.tableRows else {
        throw self.error(
          line, nil, "more than \(FormatLimits.tableRows) rows", "use the summary of one fiscal year")
      }
      intervals.append(IntervalSeries.Interval(slot: Slot(start: start, length: .minutes(30)), value: price))
    }
    do { return try IntervalSeries(intervals) } catch {
      // Starts rise by whole half hours and prices are finite, as checked above.
      preconditionFailure("rows were checked one by one: \(error)")
    }
  }

  /// Midnight in Japan is 15:00 UTC of the day before.
  private func start(_ cells: [ArraySlice<UInt8>], _ line: TableLines.Line) throws(FormatError) -> UTCInstant
  {
    let parts = cells[self.dateColumn].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 3, let year = DecimalText.int(parts[0]), let month = DecimalText.int(parts[1]),
      let day = DecimalText.int(parts[2]), let date = CivilDate(year: year, month: month, day: day)
    else {
      throw self.error(line, self.dateColumn, "not a date such as 2024/04/01", "correct the date")
    }
    guard let code = DecimalText.int(cells[self.codeColumn]), (1...48).contains(code) else {
      throw self.error(line, self.codeColumn, "not a half hour from 1 to 48", "correct the code")
    }
    let midnight = UTCInstant(milliseconds: date.dayNumber * 86_400_000 - 9 * 3_600_000)
    return midnight.advanced(byMilliseconds: Int64(code - 1) * 1_800_000)
  }

  private func price(_ cell: ArraySlice<UInt8>, _ line: TableLines.Line) throws(FormatError) -> Double? {
    if cell.isEmpty { return nil }
    guard let price = DecimalText.double(cell) else {
      throw self.error(line, self.priceColumn, "not a price", "correct it, or leave it blank for a gap")
    }
    guard JEPXSpotSummary.plausible.contains(price) else {
      throw self.error(
        line, self.priceColumn, "\(price) JPY/kWh is beyond 1000 either way",
        "correct it, or leave it blank for a gap")
    }
    return price
  }

  private func error(_ line: TableLines.Line, _ column: Int?, _ message: String, _ remedy: String)
    -> FormatError
  {
    FormatError(
      file: self.file, line: line.number, column: column.map { $0 + 1 }, message: message, remedy: remedy)
  }
}
