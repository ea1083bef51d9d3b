public import MarketFormats

/// How the value of a weather variable came about, best first.
public enum WeatherOrigin: Int, Comparable, Sendable, Hashable {
  /// The weather gives it.
  case given
  /// A straight line over a gap of at most three hours. Never for radiation means.
  case interpolated
  /// The first or last value, held for at most an hour beyond the weather's ends.
  case held
  /// The weather's own value at the same time of day, of the nearest of the seven days before that has one.
  case earlierDay
  /// The site's `ClimateProfile`, the standard atmosphere, or 60 % humidity.
  case typical

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The origin of every variable in one stretch of time.
public struct WeatherOrigins: Sendable, Hashable {
  private var origins: [WeatherOrigin]

  /// All of one origin.
  public init(all origin: WeatherOrigin) {
    self.origins = Array(repeating: origin, count: WeatherVariable.allCases.count)
  }

  public internal(set) subscript(variable: WeatherVariable) -> WeatherOrigin {
    get { self.origins[Self.index(variable)] }
    set { self.origins[Self.index(variable)] = newValue }
  }

  /// The worse of two origins for each variable.
  mutating func worsen(to other: WeatherOrigins) {
    for index in self.origins.indices { self.origins[index] = max(self.origins[index], other.origins[index]) }
  }

  private static func index(_ variable: WeatherVariable) -> Int {
    switch variable {
    case .radiation: 0
    case .wind: 1
    case .temperature: 2
    case .pressure: 3
    case .humidity: 4
    }
  }
}
