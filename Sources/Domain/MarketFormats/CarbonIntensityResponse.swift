import JSONText
public import Quantities

/// An answer of Great Britain's Carbon Intensity service, national or of one region, in g/kWh. What was metered counts
/// before what was forecast.
public struct CarbonIntensityResponse: Sendable, Hashable {
  public let intensities: IntervalSeries

  /// `postcode` is the outcode that was asked for, nil for national figures. An answer for another place is refused.
  public static func parse(
    _ bytes: [UInt8], postcode: String? = nil, file: String? = nil
  ) throws(FormatError) -> CarbonIntensityResponse {
    let root = try FeedSeries.json(bytes, file: file)
    if let error = root["error"] {
      throw FormatError(
        file: file,
        message:
          "the service refused: \"\(FeedSeries.printable(error["message"]?.string ?? "no reason given"))\"",
        remedy: "correct the postcode, or ask again later")
    }
    let rows = try Self.rows(of: root["data"], postcode: postcode, file: file)
    var intervals: [IntervalSeries.Interval] = []
    for (index, row) in rows.enumerated() {
      let field = "data[\(index)]"
      let slot = try FeedSeries.slot(
        row["from"]?.string.flatMap { ISO8601.instant($0) },
        row["to"]?.string.flatMap { ISO8601.instant($0) },
        field: field, file: file)
      let intensity = row["intensity"]
      let metered = intensity?["actual"]
      let isMetered = metered?.isNull == false
      let number = isMetered ? metered : intensity?["forecast"]
      if number?.isNull == true { continue }
      intervals.append(
        .init(
          slot: slot,
          value: try FeedSeries.value(
            number, times: 1, in: FeedSeries.plausibleCarbon, field: "\(field).intensity", file: file)))
    }
    return CarbonIntensityResponse(intensities: try FeedSeries.series(intervals, file: file))
  }

  /// Of a region, `data` is an object or a list of one; of the nation, the list itself.
  private static func rows(
    of data: JSONValue?, postcode: String?, file: String?
  ) throws(FormatError) -> [JSONValue] {
    let region = data?.object == nil ? data?.array?.first : data
    guard let postcode else {
      if region?["regionid"] != nil {
        throw FormatError(
          file: file, field: "data", message: "figures of a region, not national ones",
          remedy: "check the address")
      }
      return try FeedSeries.list(data, "data", file: file)
    }
    guard let given = region?["postcode"]?.string, given.uppercased() == postcode.uppercased() else {
      throw FormatError(
        file: file, field: "data.postcode", message: "not the region of \(postcode)",
        remedy: "check the address")
    }
    return try FeedSeries.list(region?["data"], "data.data", file: file)
  }
}
