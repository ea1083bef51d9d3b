public import MarketFormats
import Quantities
public import SiteModel

/// Which weather variables a site's forecast depends on.
struct WeatherUse {
  /// Any substitute for these is noted.
  let variables: [WeatherVariable]
  /// Those of them that decide how much a forecast is worth.
  let decisive: [WeatherVariable]

  init(_ site: Site) {
    let coolsByWind = site.photovoltaics.contains { array in
      switch array.cellModel {
      case .faiman: true
      case .noct, .fixedRise: false
      }
    }
    self.variables = WeatherVariable.allCases.filter { variable in
      switch variable {
      case .radiation: !site.photovoltaics.isEmpty
      case .wind: !site.turbines.isEmpty || coolsByWind
      case .temperature: true
      case .pressure, .humidity: !site.turbines.isEmpty
      }
    }
    self.decisive = WeatherVariable.allCases.filter {
      site.requiredWeather.contains($0) || $0 == .temperature
    }
  }
}

extension Site {
  /// What a weather file must give for this site to be worth reading: radiation for PV, wind for turbines.
  public var requiredWeather: Set<WeatherVariable> {
    var required: Set<WeatherVariable> = []
    if !self.photovoltaics.isEmpty { required.insert(.radiation) }
    if !self.turbines.isEmpty { required.insert(.wind) }
    return required
  }
}
