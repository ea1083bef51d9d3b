import JSONText
public import Quantities

/// Day-ahead prices as Energy-Charts gives them: a list of stamps and a list of prices. The step is that of the stamps,
/// an hour or a quarter of one; null is a gap.
public struct EnergyChartsPrices: Sendable, Hashable {
  /// In the site's currency per kWh.
  public let prices: IntervalSeries

  public static func parse(
    _ bytes: [UInt8], currency: String, file: String? = nil
  ) throws(FormatError) -> EnergyChartsPrices {
    let root = try FeedSeries.json(bytes, file: file)
    try FeedSeries.checkRefusal(root, remedy: "correct the zone", file: file)
    let stamps = try FeedSeries.list(root["unix_seconds"], "unix_seconds", file: file)
    let values = try FeedSeries.list(root["price"], "price", file: file)
    guard stamps.count == values.count else {
      throw FormatError(
        file: file, field: "price", message: "\(values.count) prices for \(stamps.count) stamps",
        remedy: "ask the service again; the answer is damaged")
    }
    let scale = try FeedSeries.scale(of: root["unit"]?.string ?? "", currency: currency, file: file)
    var starts: [UTCInstant] = []
    for (index, stamp) in stamps.enumerated() {
      guard let start = FeedSeries.instant(unixSeconds: stamp), starts.last.map({ $0 < start }) ?? true else {
        throw FormatError(
          file: file, field: "unix_seconds[\(index)]", message: "not a time after the one before",
          remedy: "ask the service again; the answer is damaged")
      }
      starts.append(start)
    }
    var intervals: [IntervalSeries.Interval] = []
    for (index, value) in values.enumerated() where !value.isNull {
      let field = "price[\(index)]"
      let slot = try FeedSeries.slot(
        starts[index], starts[index] + FeedSeries.step(at: index, of: starts), field: field, file: file)
      intervals.append(
        .init(
          slot: slot,
          value: try FeedSeries.value(
            value, times: scale, in: FeedSeries.plausiblePrice, field: field, file: file)))
    }
    return EnergyChartsPrices(prices: try FeedSeries.series(intervals, file: file))
  }
}
