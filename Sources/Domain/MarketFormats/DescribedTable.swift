import Quantities

/// The rows of a CSV answer, whose columns are found by their names.
struct DescribedTable {
  let table: SeriesShape.Table
  let shape: SeriesShape

  func intervals(
    of bytes: [UInt8], _ reader: DescribedRow
  ) throws(FormatError) -> [IntervalSeries.Interval] {
    guard bytes.count <= FormatLimits.feedBytes else {
      throw FormatError(
        file: reader.file, message: "larger than the \(FormatLimits.feedBytes) bytes allowed",
        remedy: "ask the service for a shorter period")
    }
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") {
      throw FormatError(
        file: reader.file, message: "a page instead of data",
        remedy: "check the address; the service may be in trouble")
    }
    var columns: [String: Int]?
    var intervals: [IntervalSeries.Interval] = []
    for line in TableLines(bytes) where !line.isBlank && line.bytes.first != UInt8(ascii: "#") {
      guard let cells = QuotedCells.split(line.bytes, separator: self.table.separator) else {
        throw FormatError(
          file: reader.file, line: line.number, message: "a quote that does not end",
          remedy: "ask the service again; the answer is damaged")
      }
      guard let columns else {
        columns = try self.columns(cells, line.number, reader)
        continue
      }
      guard intervals.count < FormatLimits.feedRows else {
        throw FormatError(
          file: reader.file, line: line.number,
          message: "more than the \(FormatLimits.feedRows) rows allowed",
          remedy: "ask the service for a shorter period")
      }
      let interval = try reader.interval(field: "", line: line.number) { name in
        columns[name].flatMap { $0 < cells.count ? self.cell(cells[$0], of: name) : nil }
      }
      if let interval { intervals.append(interval) }
    }
    return intervals
  }

  private func columns(
    _ cells: [String], _ line: Int, _ reader: DescribedRow
  ) throws(FormatError) -> [String: Int] {
    var wanted = [self.shape.start, self.shape.value]
    if case .field(let name) = self.shape.length { wanted.append(name) }
    var columns: [String: Int] = [:]
    for name in wanted {
      guard let index = cells.firstIndex(of: name) else {
        throw FormatError(
          file: reader.file, line: line, message: "no column \"\(FeedSeries.printable(name))\" in the header",
          remedy: "check the column's name and the separator; this may be another answer")
      }
      columns[name] = index
    }
    return columns
  }

  private func cell(_ text: String, of name: String) -> DescribedRow.Cell {
    if text.isEmpty { return .gap }
    guard name == self.shape.value, self.table.hasDecimalComma else { return .text(text) }
    // A point would be one of thousands, or a sign that the comma is not what it was said to be.
    return text.contains(".") ? .other : .text(text.replacing(",", with: "."))
  }
}

/// The cells of one line. A cell may stand in quotes, with quotes in it doubled.
enum QuotedCells {
  /// Nil where a quote does not end in its line.
  static func split(_ line: ArraySlice<UInt8>, separator: UInt8) -> [String]? {
    let quote = UInt8(ascii: "\"")
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    func isBlank(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != separator }
    func text() -> String {
      let trimmed = wasQuoted ? cell[...] : cell.drop(while: isBlank)
      let end =
        wasQuoted ? trimmed.endIndex : trimmed.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? trimmed.startIndex
      return String(decoding: trimmed[..<end], as: UTF8.self)
    }
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      index += 1
      if isQuoted {
        if byte != quote {
          cell.append(byte)
        } else if index < line.endIndex, line[index] == quote {
          cell.append(quote)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == separator {
        cells.append(text())
        cell = []
        wasQuoted = false
      } else if byte == quote, !wasQuoted, cell.allSatisfy(isBlank) {
        cell = []
        isQuoted = true
        wasQuoted = true
      } else if !(wasQuoted && isBlank(byte)) {
        cell.append(byte)
      }
    }
    guard !isQuoted else { return nil }
    cells.append(text())
    return cells
  }
}
