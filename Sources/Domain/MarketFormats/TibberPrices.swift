public import JSONText
public import Quantities

/// Prices of a home's contract as Tibber's interface for programs gives them: lists of today's and tomorrow's, each with
/// its start. The step is that of the starts, an hour or a quarter of one.
public struct TibberPrices: Sendable, Hashable {
  /// In the site's currency per kWh.
  public let prices: IntervalSeries

  /// What is asked for, in GraphQL.
  public static func question(isQuarterHourly: Bool) -> JSONValue {
    let row = "{total energy startsAt currency}"
    let step = isQuarterHourly ? "QUARTER_HOURLY" : "HOURLY"
    let info = "priceInfo(resolution:\(step)){today\(row) tomorrow\(row)}"
    return .object([.init("query", .string("{viewer{homes{id currentSubscription{\(info)}}}}"))])
  }

  /// - Parameters:
  ///   - field: `total` with taxes and fees, or `energy` without.
  ///   - home: By the service's own name for it; nil for the only one.
  public static func parse(
    _ bytes: [UInt8], field: String, home: String?, currency: String, file: String? = nil
  ) throws(FormatError) -> TibberPrices {
    let root = try FeedSeries.json(bytes, file: file)
    if let errors = root["errors"]?.array, !errors.isEmpty {
      let words = errors.first?["message"]?.string ?? "no reason given"
      throw FormatError(
        file: file, message: "the service refused: \"\(FeedSeries.printable(words))\"",
        remedy: "check the token, or ask again later")
    }
    let homes = try FeedSeries.list(root["data"]?["viewer"]?["homes"], "data.viewer.homes", file: file)
    let info = try Self.home(home, of: homes, file: file)["currentSubscription"]?["priceInfo"]
    var rows: [(start: UTCInstant, value: JSONValue?, field: String)] = []
    for day in ["today", "tomorrow"] {
      for (index, row) in try FeedSeries.list(info?[day], "priceInfo.\(day)", file: file).enumerated() {
        let place = "priceInfo.\(day)[\(index)]"
        guard let start = row["startsAt"]?.string.flatMap({ ISO8601.instant($0) }) else {
          throw FormatError(
            file: file, field: "\(place).startsAt", message: "not a time with its offset",
            remedy: "ask the service again; the answer is damaged")
        }
        _ = try FeedSeries.scale(of: "\(row["currency"]?.string ?? "")/kWh", currency: currency, file: file)
        rows.append((start, row[field], "\(place).\(field)"))
      }
    }
    rows.sort { $0.start < $1.start }
    let starts = rows.map(\.start)
    var intervals: [IntervalSeries.Interval] = []
    for (index, row) in rows.enumerated() {
      let slot = try FeedSeries.slot(
        row.start, row.start + FeedSeries.step(at: index, of: starts), field: row.field, file: file)
      intervals.append(
        .init(
          slot: slot,
          value: try FeedSeries.value(
            row.value, times: 1, in: FeedSeries.plausiblePrice, field: row.field, file: file)))
    }
    return TibberPrices(prices: try FeedSeries.series(intervals, file: file))
  }

  private static func home(
    _ id: String?, of homes: [JSONValue], file: String?
  ) throws(FormatError) -> JSONValue {
    if let id {
      guard let home = homes.first(where: { $0["id"]?.string == id }) else {
        throw FormatError(
          file: file, field: "homes", message: "no home \"\(FeedSeries.printable(id))\" among \(homes.count)",
          remedy: "correct the home's id")
      }
      return home
    }
    guard let only = homes.first, homes.count == 1 else {
      throw FormatError(
        file: file, field: "homes", message: "\(homes.count) homes, and the site file names none",
        remedy: "name one: home = \"…\" with the id the service gives it")
    }
    return only
  }
}
