public import MarketFormats
public import Quantities
public import SiteModel

/// Whether a weather forecast can be true: against the sun's geometry, against what air does, and against the last
/// forecast that could. A service that answers with success and nonsense is caught here.
public enum WeatherPlausibility {
  /// How far ahead and back is looked.
  private static let behind = Duration.hours(24)
  private static let ahead = Duration.hours(72)
  /// Irradiance over a clear sky's that reflecting clouds and a rough formula may explain, as a factor and in W/m2.
  private static let brightest = (factor: 1.3, more: 60.0)
  /// Below this share of a clear sky's energy not even the thickest clouds leave a day.
  private static let darkest = 0.01
  /// W/m2 of clear sky from which an hour is day, and how many such hours are needed to judge darkness.
  private static let day = (irradiance: 200.0, hours: 6.0)
  /// A gale for the record books, in m/s as an hour's mean.
  private static let strongestWind = 60.0
  /// Hours without the least breath.
  private static let longestCalm = 36.0
  /// Kelvins by which two forecasts for the same hours may differ on average.
  private static let temperatureStep = 15.0

  /// What is implausible, in one clause; nil for nothing.
  public static func problem(
    with weather: WeatherSeries, last: WeatherSeries?, location: Location, at now: UTCInstant
  ) -> String? {
    let window = Slot(start: now - self.behind, length: self.behind + self.ahead)
    return self.radiationProblem(weather.radiation, location: location, window: window)
      ?? self.windProblem(weather.winds, window: window)
      ?? self.temperatureProblem(weather.temperature, last: last?.temperature, window: window)
  }

  // MARK: Radiation

  private static func radiationProblem(
    _ radiation: WeatherSeries.Radiation?, location: Location, window: Slot
  ) -> String? {
    let steps: [(slot: Slot, value: Double)]
    switch radiation {
    case .means(let series):
      steps = series.intervals.filter { $0.slot.intersection(window) != nil }.map { ($0.slot, $0.value) }
    case .instants(let series):
      steps = series.points.filter { window.contains($0.at) }.map {
        (Slot(start: $0.at, length: .minutes(15)), $0.value)
      }
    case nil: return nil
    }
    var tooBright = 0
    var dayHours = 0.0
    var clear = 0.0
    var given = 0.0
    for (slot, value) in steps {
      // An hour on both sides: model cells are wide and their hours end where they like.
      let most = self.clearSky(from: slot.start - .hours(1), to: slot.end + .hours(1), location: location)
      let limit = most * self.brightest.factor + self.brightest.more
      if value > limit { tooBright += 1 }
      // One odd value is a flaw, several or a gross one are nonsense.
      if value > limit + 300 || tooBright >= 3 {
        return
          "radiation of \(Int(value)) W/m2 at \(ISO8601.string(slot.start)), where a clear sky gives at most "
          + "\(Int(most))"
      }
      let middle = slot.start.advanced(byMilliseconds: slot.end.millisecondsSince(slot.start) / 2)
      let sky = SolarPosition(at: middle, location: location).clearSky.value
      if sky > self.day.irradiance {
        dayHours += slot.hours
        clear += sky * slot.hours
        given += value * slot.hours
      }
    }
    if dayHours >= self.day.hours, given < self.darkest * clear {
      return "no sun in \(Int(dayHours)) hours of daylight"
    }
    return nil
  }

  private static func clearSky(from start: UTCInstant, to end: UTCInstant, location: Location) -> Double {
    let step = end.millisecondsSince(start) / 6
    return (0...6).reduce(0.0) { most, index in
      let instant = start.advanced(byMilliseconds: step * Int64(index))
      return max(most, SolarPosition(at: instant, location: location).clearSky.value)
    }
  }

  // MARK: Wind and temperature

  private static func windProblem(_ winds: [WeatherSeries.Wind], window: Slot) -> String? {
    for wind in winds {
      let points = wind.speed.points.filter { window.contains($0.at) }
      if let gale = points.first(where: { $0.value > self.strongestWind }) {
        return "wind of \(Int(gale.value)) m/s at \(ISO8601.string(gale.at))"
      }
      guard let first = points.first, let last = points.last else { continue }
      let hours = Double(last.at.millisecondsSince(first.at)) / 3_600_000
      if hours >= self.longestCalm, points.allSatisfy({ $0.value < 0.01 }) {
        return "no wind at all in \(Int(hours)) hours"
      }
    }
    return nil
  }

  private static func temperatureProblem(
    _ temperature: PointSeries?, last: PointSeries?, window: Slot
  ) -> String? {
    guard let temperature, let last else { return nil }
    let reach = PointSeries.Reach(between: .hours(3), beyond: .zero)
    var sum = 0.0
    var hours = 0.0
    var start = window.start
    while start < window.end {
      let hour = Slot(start: start, length: .hours(1))
      if let new = temperature.mean(over: hour, reach: reach), let old = last.mean(over: hour, reach: reach) {
        sum += abs(new - old)
        hours += 1
      }
      start = hour.end
    }
    guard hours >= 6, sum > self.temperatureStep * hours else { return nil }
    return "\(Int(sum / hours)) K away from the last forecast for the same hours"
  }
}
