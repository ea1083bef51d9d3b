import Glibc
import MarketFormats
import Quantities
import SiteModel

/// Writes the notes of a forecast from the origins of its slots.
struct ForecastNotes {
  let site: Site
  let weather: WeatherSeries?
  let use: WeatherUse

  /// Kilometres between the site and the place of its weather beyond which that is worth a word; model cells are some
  /// ten kilometres wide.
  private static let farAway = 100.0

  func notes(_ slots: [Slot], _ origins: [WeatherOrigins]) -> [ForecastNote] {
    guard let first = slots.first, let last = slots.last, let whole = Slot(start: first.start, end: last.end)
    else {
      return []
    }
    guard let weather = self.weather else {
      return [
        ForecastNote(stretch: whole, text: "no weather is known; the usual climate of the place stands in")
      ]
    }
    var notes: [ForecastNote] = []
    if let place = weather.place {
      let distance = place.distance(to: self.site.location)
      if distance > Self.farAway {
        notes.append(
          ForecastNote(stretch: whole, text: "the weather is for a place \(Int(distance)) km away"))
      }
    }
    for variable in self.use.variables {
      for (stretch, origin) in Self.runs(slots, origins.map { $0[variable] }) {
        guard let text = self.text(variable, origin) else { continue }
        notes.append(ForecastNote(stretch: stretch, variable: variable, text: text))
      }
    }
    return notes
  }

  /// Stretches of adjoining slots with the same origin.
  private static func runs(_ slots: [Slot], _ origins: [WeatherOrigin]) -> [(Slot, WeatherOrigin)] {
    var runs: [(Slot, WeatherOrigin)] = []
    for (slot, origin) in zip(slots, origins) {
      if let (run, runOrigin) = runs.last, runOrigin == origin, run.end == slot.start,
        let joined = Slot(start: run.start, end: slot.end)
      {
        runs[runs.count - 1].0 = joined
      } else {
        runs.append((slot, origin))
      }
    }
    return runs
  }

  private func text(_ variable: WeatherVariable, _ origin: WeatherOrigin) -> String? {
    let isAbsent = self.weather?.has(variable) != true
    let missing = "the weather has no \(variable.rawValue)" + (isAbsent ? "" : " here")
    switch origin {
    case .given: return nil
    case .interpolated: return "\(missing); a straight line over the gap stands in"
    case .held: return "\(missing); its nearest value within the hour stands in"
    case .earlierDay: return "\(missing); that of the same time on an earlier day stands in"
    case .typical: return "\(missing); \(self.typical(variable)) stands in"
    }
  }

  private func typical(_ variable: WeatherVariable) -> String {
    switch variable {
    case .radiation: return "a usually clouded sky"
    case .wind: return "the usual wind of \(ClimateProfile.meanWind.value) m/s at 10 m"
    case .temperature: return "the usual temperature of the place and season"
    case .pressure:
      let elevation = self.weather?.place?.elevation ?? self.site.location.elevation
      let pressure = StandardAtmosphere.pressure(elevation: elevation).value
      return
        "the standard atmosphere at \(Int(min(max(elevation, -500), 9000))) m, \(Int(pressure.rounded())) hPa,"
    case .humidity: return "\(Int(StandardAtmosphere.humidity * 100)) %"
    }
  }
}

extension WeatherSeries.Place {
  /// Kilometres along the great circle (haversine formula, mean radius 6371 km).
  fileprivate func distance(to location: Location) -> Double {
    let toRadians = Double.pi / 180
    let (a, b) = (self.latitude * toRadians, location.latitude * toRadians)
    let halfLatitude = sin((b - a) / 2)
    let halfLongitude = sin((location.longitude - self.longitude) * toRadians / 2)
    let chord = halfLatitude * halfLatitude + cos(a) * cos(b) * halfLongitude * halfLongitude
    return 2 * 6371 * asin(min(1, chord.squareRoot()))
  }
}
