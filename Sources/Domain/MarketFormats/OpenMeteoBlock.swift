import JSONText
import Quantities

/// One block of an Open-Meteo response (`hourly`, `minutely_15`): a list of stamps and a list of values per column.
struct OpenMeteoBlock {
  enum Name: String, CaseIterable {
    /// Finest first: where both have a value, the finer one counts.
    case minutely15 = "minutely_15"
    case hourly

    /// What a radiation mean covers before its stamp.
    var step: Duration {
      switch self {
      case .minutely15: .minutes(15)
      case .hourly: .hours(1)
      }
    }
  }

  let name: Name
  let stamps: [UTCInstant]
  let columns: [OpenMeteoColumn]
  private let lists: [String: JSONValue]
  private let units: [String: JSONValue]
  private let file: String?

  /// Nil when the response has no such block.
  init?(_ name: Name, of response: JSONValue, offsetSeconds: Int, file: String?) throws(FormatError) {
    guard let block = response[name.rawValue] else { return nil }
    guard let members = block.object, let units = response["\(name.rawValue)_units"]?.object else {
      throw FormatError(
        file: file, field: name.rawValue,
        message: "the block or its `\(name.rawValue)_units` is not an object",
        remedy: "keep the response as the service sent it")
    }
    self.name = name
    self.file = file
    // Names are unique: the parser refuses an object that repeats one.
    self.lists = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
    self.units = Dictionary(uniqueKeysWithValues: units.map { ($0.name, $0.value) })
    self.columns = members.compactMap { OpenMeteoColumn(key: $0.name) }
    self.stamps = try Self.stamps(self.lists["time"], of: name, offsetSeconds: offsetSeconds, file: file)
  }

  /// The shortest distance between two stamps; the block's own step when there are fewer than two.
  var spacing: Duration {
    zip(self.stamps.dropFirst(), self.stamps).map { $0 - $1 }.min() ?? self.name.step
  }

  /// The values of a column at the stamps, converted and checked; nil where the response says null.
  func values(of column: OpenMeteoColumn) throws(FormatError) -> [Double?] {
    let field = "\(self.name.rawValue).\(column.key)"
    guard let list = self.lists[column.key]?.array else {
      throw self.error(field, "not a list", "keep the response as the service sent it")
    }
    guard list.count == self.stamps.count else {
      throw self.error(
        field, "\(list.count) values for \(self.stamps.count) stamps",
        "fetch the response again; it is damaged")
    }
    guard let unit = self.units[column.key]?.string else {
      throw self.error(
        field, "its unit is missing from `\(self.name.rawValue)_units`",
        "keep the response as the service sent it")
    }
    guard let (scale, offset) = column.quantity.conversion(from: unit) else {
      throw self.error(field, "given in \"\(unit)\"", "ask the service for \(column.quantity.units)")
    }
    var values: [Double?] = []
    values.reserveCapacity(list.count)
    for (index, element) in list.enumerated() {
      if element.isNull {
        values.append(nil)
        continue
      }
      guard let number = element.double else {
        throw self.error(
          "\(field)[\(index)]", "\(element.kind), not a number", "correct it, or write null for a gap")
      }
      let value = number * scale + offset
      guard column.quantity.plausible.contains(value) else {
        throw self.error(
          "\(field)[\(index)] (\(ISO8601.string(self.stamps[index])))",
          "\(number) \(unit) is outside \(column.quantity.plausibleText)",
          "correct it, or write null for a gap")
      }
      values.append(value)
    }
    return values
  }

  /// A column of values that hold at their stamps.
  func points(of column: OpenMeteoColumn) throws(FormatError) -> [PointSeries.Point] {
    zip(self.stamps, try self.values(of: column)).compactMap { stamp, value in
      value.map { PointSeries.Point(at: stamp, value: $0) }
    }
  }

  /// A column of means over the step that ends at each stamp.
  func precedingMeans(of column: OpenMeteoColumn) throws(FormatError) -> [IntervalSeries.Interval] {
    if let index = self.stamps.indices.dropFirst().first(where: {
      self.stamps[$0] - self.stamps[$0 - 1] < self.name.step
    }) {
      throw self.error(
        "\(self.name.rawValue).time[\(index)]",
        "closer to the stamp before it than the \(self.name.rawValue) step, so that radiation means overlap",
        "fetch the response again; it is damaged")
    }
    return zip(self.stamps, try self.values(of: column)).compactMap { stamp, value in
      value.map {
        IntervalSeries.Interval(slot: Slot(start: stamp - self.name.step, length: self.name.step), value: $0)
      }
    }
  }

  private func error(_ field: String, _ message: String, _ remedy: String) -> FormatError {
    FormatError(file: self.file, field: field, message: message, remedy: remedy)
  }
}

// MARK: Stamps

extension OpenMeteoBlock {
  private static func stamps(
    _ value: JSONValue?, of name: Name, offsetSeconds: Int, file: String?
  ) throws(FormatError) -> [UTCInstant] {
    let field = "\(name.rawValue).time"
    guard let list = value?.array, !list.isEmpty else {
      throw FormatError(
        file: file, field: field, message: "no stamps", remedy: "ask the service for a period it has data for"
      )
    }
    guard list.count <= FormatLimits.weatherStamps else {
      throw FormatError(
        file: file, field: field,
        message: "\(list.count) stamps, more than the \(FormatLimits.weatherStamps) allowed",
        remedy: "ask the service for a shorter period")
    }
    var stamps: [UTCInstant] = []
    stamps.reserveCapacity(list.count)
    for (index, element) in list.enumerated() {
      guard let stamp = Self.stamp(element, offsetSeconds: offsetSeconds) else {
        throw FormatError(
          file: file, field: "\(field)[\(index)]",
          message: "neither a local date-time such as 2024-09-19T16:00 nor a number of Unix seconds",
          remedy: "ask the service for timeformat=iso8601 or timeformat=unixtime")
      }
      if let last = stamps.last, stamp <= last {
        throw FormatError(
          file: file, field: "\(field)[\(index)]",
          message: "\(ISO8601.string(stamp)) is not after \(ISO8601.string(last)) before it",
          remedy: "ask the service for timezone=GMT, where no clock change repeats an hour")
      }
      stamps.append(stamp)
    }
    return stamps
  }

  /// Local text is read with the response's one offset; Unix seconds are UTC whatever the zone.
  private static func stamp(_ element: JSONValue, offsetSeconds: Int) -> UTCInstant? {
    switch element {
    case .string(let text): ISO8601.instant(text, offsetSeconds: offsetSeconds)
    case .integer(let seconds): Self.unixSeconds.contains(seconds) ? UTCInstant(seconds: seconds) : nil
    case .null, .bool, .bigInteger, .number, .array, .object: nil
    }
  }

  /// The years 1900 to 2200.
  private static let unixSeconds: ClosedRange<Int64> = -2_208_988_800...7_289_654_400
}
