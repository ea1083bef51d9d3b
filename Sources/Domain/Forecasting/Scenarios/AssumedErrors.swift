import Glibc
import Quantities

/// The errors assumed of a forecast while too few are on record: normal in the logarithm of power, with one standard
/// deviation at every lead and a correlation between hours that fades to 1/e in `hours` (a first-order autoregression).
///
/// The deviation is the site file's `forecast_error`, 0.3 unless set: a day ahead the hourly irradiance of the best
/// global models is off by 20 to 45 % root mean square of its mean in temperate climates (Perez et al., "Comparison of
/// numerical weather prediction solar irradiance forecasts in the US, Canada and Europe", Solar Energy 94, 2013), and a
/// single turbine's power is no better known. The time is an assumption: weather errs by fronts that come some hours
/// early or late, so an error lasts about as long as half a day's weather.
enum AssumedErrors {
  /// Hours in which an error fades to 1/e.
  static let hours = 9.0
  /// Courses drawn, from which the reduction chooses.
  static let courses = 100

  /// Courses by whole hours of lead.
  ///
  /// - Parameters:
  ///   - memory: What is left of the error of the hour before at each lead, taken out where that error is known.
  ///   - spread: A factor for each lead, nil for none.
  static func courses(
    deviation: Double, leads: Int, memory: [Double]?, spread: [Double]?, generator: inout SplitMix64
  ) -> [[Double]] {
    let step = exp(-1 / Self.hours)
    let innovation = (1 - step * step).squareRoot()
    return (0..<Self.courses).map { _ in
      let before = deviation * generator.normal()
      var error = before
      return (0..<leads).map { lead in
        error = step * error + deviation * innovation * generator.normal()
        let fading = memory.map { $0[min(lead, $0.count - 1)] } ?? 0
        let rest = (error - fading * before) * (spread.map { $0[min(lead, $0.count - 1)] } ?? 1)
        return min(max(rest, -ForecastErrors.most), ForecastErrors.most)
      }
    }
  }
}

extension SplitMix64 {
  /// A normal number with mean 0 and standard deviation 1 (Box and Muller).
  fileprivate mutating func normal() -> Double {
    let radius = (-2 * log(1 - self.uniform())).squareRoot()
    return radius * cos(2 * .pi * self.uniform())
  }
}
