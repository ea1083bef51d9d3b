public import Quantities

/// A series as two columns, `start,price`: ISO 8601 instants with their offset, and numbers in the unit of whoever
/// uses it. A header, blank lines and lines that begin with `#` are allowed.
///
/// Each value holds until the next row's start, the last as long as the one before it (an only row one hour), so steps
/// may differ. An empty value is a gap, and so is an isolated longer step in a file of otherwise equal steps: there a
/// row is missing.
public struct PriceCSV: Sendable, Hashable {
  public let prices: IntervalSeries

  /// Beyond this, either way, a value is a mistake in the file, whatever its unit.
  public static let plausible: ClosedRange<Double> = -100_000...100_000

  public static func parse(_ bytes: [UInt8], file: String? = nil) throws(FormatError) -> PriceCSV {
    guard bytes.count <= FormatLimits.tableBytes else {
      throw FormatError(
        file: file, message: "\(bytes.count) bytes, more than the \(FormatLimits.tableBytes) allowed",
        remedy: "split the file by year")
    }
    let rows = try Self.rows(bytes, file: file)
    guard !rows.isEmpty else {
      throw FormatError(
        file: file, message: "no rows", remedy: "write rows such as 2024-09-19T00:00+09:00,12.5")
    }
    do { return PriceCSV(prices: try IntervalSeries(Self.intervals(rows))) } catch {
      // Starts rise and values are finite, as checked row by row.
      preconditionFailure("rows were checked one by one: \(error)")
    }
  }

  private init(prices: IntervalSeries) { self.prices = prices }

  private struct Row {
    let start: UTCInstant
    let value: Double?
    let line: Int
  }

  private static func rows(_ bytes: [UInt8], file: String?) throws(FormatError) -> [Row] {
    var rows: [Row] = []
    var mayBeHeader = true
    for line in TableLines(bytes) where !line.isBlank && line.bytes.first != UInt8(ascii: "#") {
      let cells = line.cells
      defer { mayBeHeader = false }
      if mayBeHeader, cells.first.map({ String(decoding: $0, as: UTF8.self).lowercased() }) == "start" {
        continue
      }
      func error(_ column: Int?, _ message: String, _ remedy: String) -> FormatError {
        FormatError(file: file, line: line.number, column: column, message: message, remedy: remedy)
      }
      guard cells.count == 2 else {
        throw error(
          nil, "\(cells.count) columns where two are expected", "write start,price with a decimal point")
      }
      let stamp = String(decoding: cells[0], as: UTF8.self)
      guard let start = ISO8601.instant(stamp) else {
        throw ISO8601.instant(stamp, offsetSeconds: 0) == nil
          ? error(1, "not an instant", "write it like 2024-09-19T00:00+09:00")
          : error(1, "a local time without offset", "add the offset, such as Z or +09:00")
      }
      if let last = rows.last, start <= last.start {
        throw error(
          1,
          start == last.start ? "the instant of line \(last.line) again" : "earlier than line \(last.line)",
          "keep one row per instant, in order of time")
      }
      guard rows.count < FormatLimits.tableRows else {
        throw error(nil, "more than \(FormatLimits.tableRows) rows", "split the file by year")
      }
      guard !cells[1].isEmpty else {
        rows.append(Row(start: start, value: nil, line: line.number))
        continue
      }
      guard let value = DecimalText.double(cells[1]) else {
        throw error(2, "not a number", "write it like 12.5, or leave it empty for a gap")
      }
      guard Self.plausible.contains(value) else {
        throw error(2, "\(value) is beyond 100,000 either way", "correct it, or leave it empty for a gap")
      }
      rows.append(Row(start: start, value: value, line: line.number))
    }
    return rows
  }

  private static func intervals(_ rows: [Row]) -> [IntervalSeries.Interval] {
    var steps = zip(rows.dropFirst(), rows).map { $0.start - $1.start }
    Self.shortenIsolated(&steps)
    steps.append(steps.last ?? .hours(1))
    return zip(rows, steps).compactMap { row, step in
      row.value.map { IntervalSeries.Interval(slot: Slot(start: row.start, length: step), value: $0) }
    }
  }

  /// Where at least three quarters of all steps are equal, a longer step with that step on both sides is cut to it.
  private static func shortenIsolated(_ steps: inout [Duration]) {
    let given = steps
    guard given.count > 2 else { return }
    let usual = given.sorted()[given.count / 2]
    guard given.count(where: { $0 == usual }) * 4 >= given.count * 3 else { return }
    for index in given.indices.dropFirst().dropLast()
    where given[index] > usual && given[index - 1] == usual && given[index + 1] == usual {
      steps[index] = usual
    }
  }
}
