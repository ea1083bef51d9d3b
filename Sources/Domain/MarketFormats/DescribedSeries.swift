import JSONText
public import Quantities

/// A series in JSON or CSV that is read as the site file describes it.
public struct DescribedSeries: Sendable, Hashable {
  /// In the site's currency per kWh, or g/kWh, as the described unit says.
  public let values: IntervalSeries

  /// - Parameter currency: The site's, which prices must be in.
  public static func parse(
    _ bytes: [UInt8], shape: SeriesShape, currency: String, file: String? = nil
  ) throws(FormatError) -> DescribedSeries {
    let carbon = SeriesUnit(shape.unit).flatMap { $0.kind == .carbon ? $0.scale : nil }
    let scale: Double
    if let carbon {
      scale = carbon
    } else {
      scale = try FeedSeries.scale(of: shape.unit, currency: currency, file: file)
    }
    let reader = DescribedRow(
      shape: shape, scale: scale * shape.scale,
      plausible: carbon == nil ? FeedSeries.plausiblePrice : FeedSeries.plausibleCarbon, file: file)
    let intervals =
      switch shape.format {
      case .json(let rows): try Self.json(bytes, rows, reader)
      case .csv(let table): try DescribedTable(table: table, shape: shape).intervals(of: bytes, reader)
      }
    return DescribedSeries(values: try FeedSeries.series(intervals, file: file))
  }

  private static func json(
    _ bytes: [UInt8], _ path: String, _ reader: DescribedRow
  ) throws(FormatError) -> [IntervalSeries.Interval] {
    let root = try FeedSeries.json(bytes, file: reader.file)
    let name = path.isEmpty ? "the answer" : path
    let rows = try FeedSeries.list(JSONPath.value(path, in: root), name, file: reader.file)
    var intervals: [IntervalSeries.Interval] = []
    for (index, row) in rows.enumerated() {
      let interval = try reader.interval(field: "\(name)[\(index)]") {
        JSONPath.value($0, in: row).map(Self.cell)
      }
      if let interval { intervals.append(interval) }
    }
    return intervals
  }

  private static func cell(_ value: JSONValue) -> DescribedRow.Cell {
    switch value {
    case .null: .gap
    case .string(let text): .text(text)
    case .integer, .bigInteger, .number: value.double.map { .number($0) } ?? .other
    case .bool, .array, .object: .other
    }
  }
}
