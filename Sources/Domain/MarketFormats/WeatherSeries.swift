public import Quantities

/// What a site may need to know about the weather.
public enum WeatherVariable: String, CaseIterable, Hashable, Sendable {
  case radiation
  case wind
  case temperature
  case pressure
  case humidity
}

/// Weather at one place over time: one deterministic forecast, one archive, or one member of an ensemble. A variable
/// that is nil was not given at all; inside a series what is missing is a gap, never zero.
public struct WeatherSeries: Sendable, Hashable {
  /// Global horizontal irradiance in W/m2.
  public enum Radiation: Sendable, Hashable {
    /// Means over stretches of time.
    case means(IntervalSeries)
    /// Values at instants.
    case instants(PointSeries)
  }

  /// Wind speed in m/s at one height.
  public struct Wind: Sendable, Hashable {
    /// Metres above ground.
    public let height: Double
    public let speed: PointSeries
    public init(height: Double, speed: PointSeries) {
      self.height = height
      self.speed = speed
    }
  }

  /// Where the weather is for; of a model the centre of its cell, not the place that was asked for.
  public struct Place: Sendable, Hashable {
    /// Degrees north and east.
    public let latitude: Double
    public let longitude: Double
    /// Metres above sea level, to which the pressure belongs; nil when unknown.
    public let elevation: Double?
    public init(latitude: Double, longitude: Double, elevation: Double?) {
      self.latitude = latitude
      self.longitude = longitude
      self.elevation = elevation
    }
  }

  public var place: Place?
  /// The usual distance between two stamps; what lies further apart has a gap between.
  public var spacing: Duration
  public var radiation: Radiation?
  /// Air temperature at 2 m in degrees Celsius.
  public var temperature: PointSeries?
  /// Pressure at the ground in hPa.
  public var pressure: PointSeries?
  /// Relative humidity, 0...1.
  public var humidity: PointSeries?
  /// In rising order of height.
  public var winds: [Wind]

  public init(
    place: Place? = nil, spacing: Duration = .hours(1), radiation: Radiation? = nil,
    temperature: PointSeries? = nil,
    pressure: PointSeries? = nil, humidity: PointSeries? = nil, winds: [Wind] = []
  ) {
    self.place = place
    self.spacing = spacing
    self.radiation = radiation
    self.temperature = temperature
    self.pressure = pressure
    self.humidity = humidity
    self.winds = winds.sorted { $0.height < $1.height }
  }

  /// Whether there is at least one value of `variable`.
  public func has(_ variable: WeatherVariable) -> Bool {
    switch variable {
    case .radiation:
      switch self.radiation {
      case .means(let series): !series.isEmpty
      case .instants(let series): !series.isEmpty
      case nil: false
      }
    case .wind: self.winds.contains { !$0.speed.isEmpty }
    case .temperature: self.temperature?.isEmpty == false
    case .pressure: self.pressure?.isEmpty == false
    case .humidity: self.humidity?.isEmpty == false
    }
  }
}
