public import MarketFormats
public import Quantities
public import SiteModel

/// The weather of a site over any stretch of time, whatever was given: mean conditions with the origin of each value.
///
/// What the weather gives is averaged exactly over the stretch: radiation means as the steps they are (no shape is
/// invented inside an hour), instantaneous values as straight lines between their stamps. What it lacks is replaced in
/// the order of `WeatherOrigin`, each variable by itself.
public struct WeatherSampler: Sendable {
  /// The widest gap a straight line may cross.
  static let widestGap = Duration.hours(3)
  /// How long the first and the last value hold beyond the ends.
  static let longestHold = Duration.hours(1)
  /// How many days back the same time of day is looked for.
  static let earlierDays = 7

  private let weather: WeatherSeries?
  private let climate: ClimateProfile
  /// Each with how far it reaches; in the order they are tried.
  private let attempts: [(origin: WeatherOrigin, reach: PointSeries.Reach)]

  /// `weather` nil is a site that knows only its climate.
  public init(location: Location, weather: WeatherSeries?) {
    self.weather = weather
    self.climate = ClimateProfile(location: location)
    let spacing = weather?.spacing ?? .hours(1)
    let widest = max(Self.widestGap, spacing)
    self.attempts = [
      (.given, PointSeries.Reach(between: spacing, beyond: .zero)),
      (.interpolated, PointSeries.Reach(between: widest, beyond: .zero)),
      (.held, PointSeries.Reach(between: widest, beyond: Self.longestHold)),
    ]
  }

  /// Mean conditions over `slot`. Means hide what is not linear: keep `slot` at a quarter of an hour or less.
  public func conditions(over slot: Slot) -> (conditions: Conditions, origins: WeatherOrigins) {
    var conditions = self.climate.conditions(over: slot)
    var origins = WeatherOrigins(all: .typical)
    guard let weather = self.weather else { return (conditions, origins) }
    if let elevation = weather.place?.elevation {
      conditions.pressure = StandardAtmosphere.pressure(elevation: elevation)
    }
    if let (mean, origin) = self.radiation(weather.radiation, over: slot) {
      conditions.irradiance = Irradiance(mean)
      origins[.radiation] = origin
    }
    if let (mean, origin) = self.mean(of: weather.temperature, over: slot) {
      conditions.air = Celsius(mean)
      origins[.temperature] = origin
    }
    if let (mean, origin) = self.mean(of: weather.pressure, over: slot) {
      conditions.pressure = Hectopascals(mean)
      origins[.pressure] = origin
    }
    if let (mean, origin) = self.mean(of: weather.humidity, over: slot) {
      conditions.humidity = mean
      origins[.humidity] = origin
    }
    if let (winds, origin) = self.winds(weather.winds, over: slot) {
      conditions.winds = winds
      origins[.wind] = origin
    }
    return (conditions, origins)
  }

  private func radiation(_ radiation: WeatherSeries.Radiation?, over slot: Slot) -> (Double, WeatherOrigin)? {
    switch radiation {
    case .means(let series): self.sample(slot) { slot, _ in series.mean(over: slot) }
    case .instants(let series): self.mean(of: series, over: slot)
    case nil: nil
    }
  }

  private func mean(of series: PointSeries?, over slot: Slot) -> (Double, WeatherOrigin)? {
    guard let series else { return nil }
    return self.sample(slot) { slot, reach in series.mean(over: slot, reach: reach) }
  }

  /// Every height that has a value by the best origin any height has.
  private func winds(_ winds: [WeatherSeries.Wind], over slot: Slot) -> ([Conditions.Wind], WeatherOrigin)? {
    self.sample(slot) { slot, reach in
      let found = winds.compactMap { wind in
        wind.speed.mean(over: slot, reach: reach).map {
          Conditions.Wind(height: wind.height, speed: MetersPerSecond($0))
        }
      }
      return found.isEmpty ? nil : found
    }
  }

  /// The first attempt that finds a value: in the slot itself, then at the same time on an earlier day.
  private func sample<Value>(
    _ slot: Slot, _ find: (Slot, PointSeries.Reach) -> Value?
  ) -> (Value, WeatherOrigin)? {
    for (origin, reach) in self.attempts {
      if let value = find(slot, reach) { return (value, origin) }
    }
    for days in 1...Self.earlierDays {
      let shift = Duration.hours(24 * days)
      guard let earlier = Slot(start: slot.start - shift, end: slot.end - shift) else { return nil }
      if let value = find(earlier, self.attempts[1].reach) { return (value, .earlierDay) }
    }
    return nil
  }
}
