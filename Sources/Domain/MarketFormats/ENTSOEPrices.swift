public import Quantities

/// Day-ahead prices as the transparency platform of Europe's network operators gives them: a document of type A44 with
/// time series, periods and numbered points.
///
/// A zone may have several auctions; the first in the platform's own order counts. Where that one is given in several
/// resolutions for the same time, the finest counts.
public struct ENTSOEPrices: Sendable, Hashable {
  /// In the site's currency per kWh.
  public let prices: IntervalSeries

  /// A fortnight of three auctions takes 45.
  private static let mostPeriods = 500
  private static let refusal = "Acknowledgement_MarketDocument"

  /// `zone` is the EIC of the bidding zone; an answer for another one is refused.
  public static func parse(
    _ bytes: [UInt8], zone: String, currency: String, file: String? = nil
  ) throws(FormatError) -> ENTSOEPrices {
    let root = try XMLReader.parse(bytes, file: file)
    if root.name.lowercased() == "html" {
      throw FormatError(
        file: file, message: "a page instead of data",
        remedy: "check the address; the service may be in trouble")
    }
    if root.name == Self.refusal {
      throw FormatError(
        file: file, message: "the service refused: \"\(Self.reason(root) ?? "no reason given")\"",
        remedy: "correct the zone, or ask again later")
    }
    guard root.name == "Publication_MarketDocument", root["type"]?.text == "A44" else {
      throw FormatError(
        file: file, line: root.line, field: FeedSeries.printable(root.name),
        message: "not a document of day-ahead prices (A44)", remedy: "check the address")
    }
    let reader = ENTSOESeriesReader(zone: zone, currency: currency, file: file)
    var groups: [ENTSOESeriesReader.Group] = []
    var count = 0
    for series in root.all("TimeSeries") where ENTSOESeriesReader.isDayAhead(series) {
      for period in series.all("Period") {
        let group = try reader.group(period, of: series)
        count += group.intervals.count
        guard count <= FormatLimits.feedRows, groups.count < Self.mostPeriods else {
          throw FormatError(
            file: file, line: period.line,
            message: "more than \(FormatLimits.feedRows) prices or \(Self.mostPeriods) periods",
            remedy: "ask the service for a shorter period")
        }
        groups.append(group)
      }
    }
    let first = groups.map(\.sequence).min()
    return ENTSOEPrices(prices: try Self.merged(groups.filter { $0.sequence == first }, file: file))
  }

  /// Why the platform gave no prices, in its own words; nil for any other document.
  public static func refusal(in bytes: [UInt8]) -> String? {
    do throws(FormatError) {
      let root = try XMLReader.parse(bytes)
      return root.name == Self.refusal ? Self.reason(root) : nil
    } catch {
      return nil
    }
  }

  private static func reason(_ root: XMLElement) -> String? {
    let texts = root.all("Reason").compactMap { $0["text"]?.text }.filter { !$0.isEmpty }
    return texts.isEmpty ? nil : FeedSeries.printable(texts.joined(separator: " "))
  }

  /// Finest first; what is coarser fills what is left open.
  private static func merged(
    _ groups: [ENTSOESeriesReader.Group], file: String?
  ) throws(FormatError) -> IntervalSeries {
    var merged = IntervalSeries.empty
    for step in Set(groups.map(\.step)).sorted() {
      let more = groups.filter { $0.step == step }.flatMap(\.intervals).filter {
        merged.partialMean(over: $0.slot) == nil
      }
      if !more.isEmpty { merged = try FeedSeries.series(merged.intervals + more, file: file) }
    }
    // Says that there is nothing, if so.
    return try FeedSeries.series(merged.intervals, file: file)
  }
}
