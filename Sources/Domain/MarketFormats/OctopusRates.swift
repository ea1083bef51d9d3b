import JSONText
public import Quantities

/// Unit rates of an Octopus tariff, newest first and in pence, as GBP/kWh in order of time.
public struct OctopusRates: Sendable, Hashable {
  public let prices: IntervalSeries

  /// - Parameter until: Where a rate ends that has no end of its own.
  public static func parse(
    _ bytes: [UInt8], includesVAT: Bool = true, until: UTCInstant, file: String? = nil
  ) throws(FormatError) -> OctopusRates {
    let root = try FeedSeries.json(bytes, file: file)
    try FeedSeries.checkRefusal(root, remedy: "correct the product and the region", file: file)
    let rows = try FeedSeries.list(root["results"], "results", file: file)
    var intervals: [IntervalSeries.Interval] = []
    for (index, row) in rows.enumerated() {
      let field = "results[\(index)]"
      // Others pay on receipt of a bill, at a rate of their own.
      if let method = row["payment_method"]?.string, method != "DIRECT_DEBIT" { continue }
      let start = row["valid_from"]?.string.flatMap { ISO8601.instant($0) }
      let isOpen = row["valid_to"]?.isNull ?? false
      if isOpen, let start, start >= until { continue }
      let end = isOpen ? until : row["valid_to"]?.string.flatMap { ISO8601.instant($0) }
      let slot = try FeedSeries.slot(start, end, field: field, file: file)
      let name = includesVAT ? "value_inc_vat" : "value_exc_vat"
      intervals.append(
        .init(
          slot: slot,
          value: try FeedSeries.value(
            row[name], times: 0.01, in: FeedSeries.plausiblePrice, field: "\(field).\(name)", file: file)))
    }
    return OctopusRates(prices: try FeedSeries.series(intervals, file: file))
  }
}
