public import Quantities

/// Where a value over time comes from: a tariff in currency/kWh, or a carbon intensity in g/kWh.
public enum ValueSource: Sendable, Hashable {
  case fixed(Double)
  case profile(DailyProfile)
  case file(SeriesFile)
  case feed(SeriesFeed)
}

/// A value by local time of day that repeats every day.
public struct DailyProfile: Sendable, Hashable {
  public struct Step: Sendable, Hashable {
    /// The value holds from here to the next step's start, the last one to midnight.
    public var from: TimeOfDay
    public var value: Double
    public init(from: TimeOfDay, value: Double) {
      self.from = from
      self.value = value
    }
  }

  /// In rising order; the first begins at 00:00.
  public let steps: [Step]

  /// Nil unless the steps rise strictly, begin at 00:00 and are finite.
  public init?(steps: [Step]) {
    guard let first = steps.first, first.from.minutes == 0, steps.allSatisfy({ $0.value.isFinite }) else {
      return nil
    }
    for (a, b) in zip(steps, steps.dropFirst()) where a.from >= b.from { return nil }
    self.steps = steps
  }

  private init(checked: [Step]) { self.steps = checked }

  public static func constant(_ value: Double) -> DailyProfile {
    precondition(value.isFinite)
    return DailyProfile(checked: [Step(from: TimeOfDay(minutes: 0)!, value: value)])  // 0 is in range
  }

  /// The value at `minute` minutes after local midnight by the wall clock.
  public func value(atMinute minute: Int) -> Double {
    (self.steps.last { $0.from.minutes <= minute } ?? self.steps[0]).value
  }
}

/// A file with a series, read again whenever it changes.
public struct SeriesFile: Sendable, Hashable {
  public enum Format: Sendable, Hashable {
    /// JEPX spot summary; `area` is the name in the header (`東京`) or its English name (`tokyo`), or `system`.
    case jepx(area: String)
    /// Two columns `start,price` with ISO 8601 instants.
    case csv
  }
  /// Absolute, or relative to the site file's folder and resolved against it.
  public var path: String
  public var format: Format
  /// Used where the file has no value; nil means that a gap is an error.
  public var fallback: DailyProfile?
  public init(path: String, format: Format, fallback: DailyProfile? = nil) {
    self.path = path
    self.format = format
    self.fallback = fallback
  }
}

/// Where weather comes from.
public enum WeatherSource: Sendable, Hashable {
  /// An Open-Meteo response kept as a file.
  case file(String)
  case feed(FeedSource)

  public init(path: String) { self = .file(path) }

  public var path: String? {
    switch self {
    case .file(let path): path
    case .feed: nil
    }
  }

  public var feed: FeedSource? {
    switch self {
    case .file: nil
    case .feed(let source): source
    }
  }
}
