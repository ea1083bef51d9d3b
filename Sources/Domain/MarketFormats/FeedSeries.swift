import JSONText
import Quantities

/// What the readers of price and carbon services share: strict JSON, one currency, and intervals in order.
enum FeedSeries {
  /// Beyond this, either way, a price per kWh is a mistake in any currency in use.
  static let plausiblePrice: ClosedRange<Double> = -100_000...100_000
  /// g/kWh.
  static let plausibleCarbon: ClosedRange<Double> = 0...5000
  /// Of prices that are given by their starts alone.
  private static let longestStep = Duration.hours(1)

  static func json(_ bytes: [UInt8], file: String?) throws(FormatError) -> JSONValue {
    // A page for people, with success: the commonest answer of a proxy or a service in trouble.
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") {
      throw FormatError(
        file: file, message: "a page instead of data",
        remedy: "check the address; the service may be in trouble")
    }
    do {
      // A NaN is let through, to be refused by its row.
      return try JSONValue.parse(
        bytes,
        limits: JSONLimits(maximumBytes: FormatLimits.feedBytes, maximumDepth: 16, allowsNonFinite: true))
    } catch {
      throw FormatError(
        file: file, line: error.line, column: error.column, message: error.message,
        remedy: "ask the service again; the answer is damaged")
    }
  }

  /// Throws what the service itself says is wrong with the question.
  static func checkRefusal(_ root: JSONValue, remedy: String, file: String?) throws(FormatError) {
    guard let detail = root["detail"]?.string else { return }
    throw FormatError(
      file: file, message: "the service refused: \"\(printable(detail))\"", remedy: remedy)
  }

  /// What takes a number in `unit` to the site's currency per kWh.
  static func scale(of unit: String, currency: String, file: String?) throws(FormatError) -> Double {
    guard let known = SeriesUnit(unit), case .price(let given) = known.kind else {
      throw FormatError(
        file: file, field: "unit", message: "\"\(printable(unit))\" is no price this program knows",
        remedy: "use a service with prices per kWh or MWh")
    }
    guard given == currency else {
      throw FormatError(
        file: file, field: "unit", message: "prices in \(given), and the site counts in \(currency)",
        remedy: "use a service that gives \(currency); prices are never converted")
    }
    return known.scale
  }

  /// A finite number within `plausible` after `scale`.
  static func value(
    _ value: JSONValue?, times scale: Double, in plausible: ClosedRange<Double>, field: String, file: String?
  ) throws(FormatError) -> Double {
    guard let number = value?.double, number.isFinite else {
      throw FormatError(
        file: file, field: field, message: "not a number",
        remedy: "ask the service again; the answer is damaged")
    }
    guard plausible.contains(number * scale) else {
      throw FormatError(
        file: file, field: field, message: "\(number) cannot be true", remedy: "ask the service again later")
    }
    return number * scale
  }

  static func list(_ value: JSONValue?, _ field: String, file: String?) throws(FormatError) -> [JSONValue] {
    guard let list = value?.array else {
      throw FormatError(
        file: file, field: field, message: "missing, or not a list",
        remedy: "check the address; this is not the answer that was asked for")
    }
    guard list.count <= FormatLimits.feedRows else {
      throw FormatError(
        file: file, field: field,
        message: "\(list.count) rows, more than the \(FormatLimits.feedRows) allowed",
        remedy: "ask the service for a shorter period")
    }
    return list
  }

  /// In order of time, whatever the order given; rows twice with the same value count once.
  static func series(_ rows: [IntervalSeries.Interval], file: String?) throws(FormatError) -> IntervalSeries {
    var intervals: [IntervalSeries.Interval] = []
    for row in rows.sorted(by: { $0.slot.start < $1.slot.start }) where intervals.last != row {
      intervals.append(row)
    }
    guard !intervals.isEmpty else {
      throw FormatError(
        file: file, message: "no values at all",
        remedy: "ask the service again later, or check what it is asked for")
    }
    do { return try IntervalSeries(intervals) } catch {
      throw FormatError(
        file: file, message: "two values for the same time",
        remedy: "ask the service again; the answer contradicts itself")
    }
  }

  /// A stretch of at least a minute.
  static func slot(
    _ start: UTCInstant?, _ end: UTCInstant?, field: String, file: String?
  ) throws(FormatError) -> Slot {
    guard let start, let end, let slot = Slot(start: start, end: end), slot.length >= .minutes(1) else {
      throw FormatError(
        file: file, field: field, message: "not a stretch of time",
        remedy: "ask the service again; the answer is damaged")
    }
    return slot
  }

  /// To the next stamp, but no further than the shorter of the steps around: where a stamp is missing there is a gap.
  static func step(at index: Int, of starts: [UTCInstant]) -> Duration {
    let next = index + 1 < starts.count ? starts[index + 1] - starts[index] : .hours(24)
    let before = index > 0 ? starts[index] - starts[index - 1] : .hours(24)
    // The market went from hours to quarters of an hour at a midnight: there the next step is the shorter one.
    return min(next, before, self.longestStep)
  }

  /// Unix seconds of the years 1900 to 2200.
  static func instant(unixSeconds value: JSONValue) -> UTCInstant? {
    guard let seconds = value.int, (-2_208_988_800...7_289_654_400).contains(seconds) else { return nil }
    return UTCInstant(seconds: Int64(seconds))
  }

  static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 }.prefix(120)))
  }
}
