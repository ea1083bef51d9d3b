import JSONText
public import Quantities

/// Day-ahead prices as aWATTar gives them: a list of stretches in Unix milliseconds, each with its unit.
public struct AwattarPrices: Sendable, Hashable {
  /// In the site's currency per kWh.
  public let prices: IntervalSeries

  public static func parse(
    _ bytes: [UInt8], currency: String, file: String? = nil
  ) throws(FormatError) -> AwattarPrices {
    let root = try FeedSeries.json(bytes, file: file)
    let rows = try FeedSeries.list(root["data"], "data", file: file)
    var intervals: [IntervalSeries.Interval] = []
    for (index, row) in rows.enumerated() {
      let field = "data[\(index)]"
      let slot = try FeedSeries.slot(
        row["start_timestamp"].flatMap(Self.instant), row["end_timestamp"].flatMap(Self.instant),
        field: field,
        file: file)
      let scale = try FeedSeries.scale(of: row["unit"]?.string ?? "", currency: currency, file: file)
      intervals.append(
        .init(
          slot: slot,
          value: try FeedSeries.value(
            row["marketprice"], times: scale, in: FeedSeries.plausiblePrice, field: "\(field).marketprice",
            file: file)))
    }
    return AwattarPrices(prices: try FeedSeries.series(intervals, file: file))
  }

  private static func instant(_ value: JSONValue) -> UTCInstant? {
    guard let milliseconds = value.int, (-2_208_988_800_000...7_289_654_400_000).contains(milliseconds) else {
      return nil
    }
    return UTCInstant(milliseconds: Int64(milliseconds))
  }
}
