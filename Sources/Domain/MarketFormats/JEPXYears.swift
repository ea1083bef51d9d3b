public import Quantities

/// Spot summaries of several years of the exchange, one below the other, each with its header. The columns of one year
/// need not be those of the next.
public enum JEPXYears {
  /// As `JEPXSpotSummary.parse`; a half hour in two of the years must have the same price in both.
  public static func parse(
    _ bytes: [UInt8], area: String, file: String? = nil
  ) throws(FormatError) -> IntervalSeries {
    let starts = Self.headers(bytes)
    guard starts.count > 1 else { return try JEPXSpotSummary.parse(bytes, area: area, file: file).prices }
    var intervals: [IntervalSeries.Interval] = []
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
      // What stands before the first header belongs to it, for the reader to judge.
      let year = Array(bytes[(index == 0 ? 0 : start)..<end])
      intervals += try JEPXSpotSummary.parse(year, area: area, file: file).prices.intervals
    }
    return try FeedSeries.series(intervals, file: file)
  }

  /// Where lines begin that are headers.
  private static func headers(_ bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    var index = 0
    while index < bytes.count {
      var line = bytes[index...]
      if line.starts(with: [0xef, 0xbb, 0xbf]) { line = line.dropFirst(3) }
      if line.starts(with: JEPXHeader.date.utf8) || line.starts(with: JEPXHeader.date.cp932) {
        starts.append(index)
      }
      index = (bytes[index...].firstIndex(of: 0x0a) ?? bytes.count) + 1
    }
    return starts
  }
}
