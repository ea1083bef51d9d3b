import Forecasting
import Glibc
import MarketFormats
import Quantities
import SiteModel

/// What the weather really does: the expected weather, bent by slow errors that grow with the forecast's lead time and
/// shaken by passing clouds and gusts.
///
/// The slow errors of sun and wind are Ornstein-Uhlenbeck processes `x`; truth is `expected * exp(s*x - s*s/2)`. The
/// best forecast made at one instant for another therefore keeps the present error and lets it fade with the lead
/// (`forecast`), and what remains wrong grows with it, up to the configured share a day ahead. A real service starts
/// from older observations and is biased for the place; `forecast_age` and `forecast_bias` make it so.
struct SimulatedWeather {
  /// Seconds between two evaluations of the slow weather.
  static let refreshSeconds = 10.0
  /// Seconds in which a slow error fades to 1/e.
  private static let errorTimeConstant = 12.0 * 3600
  /// Share of daylight under a passing cloud times what such a cloud takes, given back to the clear stretches.
  private static let meanCloudFactor = 0.93
  private static let mostIrradiance = 1300.0
  private static let mostWind = 60.0

  /// Power of the present second, kW.
  private(set) var photovoltaicKilowatts = 0.0
  private(set) var windKilowatts = 0.0
  /// True conditions of the present ten seconds.
  private(set) var conditions: Conditions

  private let site: Site
  private let expected: @Sendable (UTCInstant) -> Conditions
  private let error: Double
  private let bias: Double
  private let age: Duration
  /// The slow errors as they were, oldest first, until they are older than `age`.
  private var past: [(at: UTCInstant, sun: Double, wind: Double)] = []
  private let photovoltaicLimit: Double
  private var generator: SplitMix64
  private var sun = Autoregressive(timeConstant: Self.errorTimeConstant, step: Self.refreshSeconds)
  private var wind = Autoregressive(timeConstant: Self.errorTimeConstant, step: Self.refreshSeconds)
  private var gust = Autoregressive(timeConstant: 20, step: 1)
  private var cloud = CloudCover()
  private var slow = (photovoltaic: Kilowatts.zero, wind: Kilowatts.zero)

  /// `expected` is the weather as everybody expects it at an instant: a file's, or the climate's.
  init(
    site: Site, expected: @escaping @Sendable (UTCInstant) -> Conditions, start: UTCInstant,
    generator: SplitMix64
  ) {
    self.site = site
    self.expected = expected
    self.error = site.simulation.forecastError
    self.bias = site.simulation.forecastBias
    self.age = site.simulation.forecastAge
    self.photovoltaicLimit = site.photovoltaics.reduce(0) { $0 + ($1.inverterLimit?.value ?? .infinity) }
    self.generator = generator
    self.conditions = expected(start)
    self.refresh(at: start)
  }

  /// Recomputes the slow weather; due every `refreshSeconds`.
  mutating func refresh(at instant: UTCInstant) {
    self.sun.advance(&self.generator)
    self.wind.advance(&self.generator)
    self.remember(at: instant)
    self.conditions = self.bent(self.expected(instant), sun: self.sun.value, wind: self.wind.value)
    self.slow = SiteForecast.power(site: self.site, conditions: self.conditions)
  }

  /// What a forecast starts from, in steps of ten minutes.
  private mutating func remember(at instant: UTCInstant) {
    if let last = self.past.last, instant.millisecondsSince(last.at) < 600_000 { return }
    self.past.append((instant, self.sun.value, self.wind.value))
    let oldest = instant - self.age
    while self.past.count > 1, self.past[1].at <= oldest { self.past.removeFirst() }
  }

  /// Mean power of PV and wind from the state on, in kW and steps of five minutes, over `length`; `start` is the
  /// present. What nobody on site can know.
  func generation(from start: UTCInstant, for length: Duration) -> IntervalSeries {
    var weather = self
    let refresh = Int64(Self.refreshSeconds)
    let intervals = (0..<max(1, length.wholeMilliseconds / 300_000)).map { step in
      let slot = Slot(start: start.advanced(byMilliseconds: step * 300_000), length: .minutes(5))
      var sum = 0.0
      for second in 0..<Int64(300) {
        if second % refresh == 0 { weather.refresh(at: slot.start.advanced(byMilliseconds: second * 1000)) }
        weather.advance()
        sum += weather.photovoltaicKilowatts + weather.windKilowatts
      }
      return IntervalSeries.Interval(slot: slot, value: sum / 300)
    }
    // The steps are contiguous and powers are finite.
    return try! IntervalSeries(intervals)
  }

  /// One second of clouds and gusts.
  @inline(__always) mutating func advance() {
    self.gust.advance(&self.generator)
    self.cloud.advance(&self.generator)
    let clear = self.cloud.factor * (1 / Self.meanCloudFactor)
    self.photovoltaicKilowatts = min(max(0, self.slow.photovoltaic.value * clear), self.photovoltaicLimit)
    self.windKilowatts = max(0, self.slow.wind.value * (1 + 0.08 * self.gust.value))
  }

  /// The best forecast that can be made at `now`, in steps of a quarter of an hour from the one `now` is in.
  func forecast(at now: UTCInstant, for length: Duration) -> WeatherSeries {
    let step = Duration.minutes(15)
    let unit = step.wholeMilliseconds
    let into = now.milliseconds % unit
    let first = now.advanced(byMilliseconds: -(into < 0 ? into + unit : into))
    let count = max(1, length.wholeMilliseconds / unit + 1)
    let slots = (0..<count).map { Slot(start: first.advanced(byMilliseconds: $0 * unit), length: step) }
    let middles = slots.map { $0.start.advanced(byMilliseconds: unit / 2) }
    let origin = self.age == .zero ? (at: now, sun: self.sun.value, wind: self.wind.value) : self.past[0]
    let weather = middles.map { middle in
      let lead = Double(max(0, middle.millisecondsSince(origin.at))) / 1000
      let fading = exp(-lead / Self.errorTimeConstant)
      return self.bent(
        self.expected(middle), sun: origin.sun * fading, wind: origin.wind * fading, fading: fading,
        promise: 1 + self.bias)
    }
    return WeatherSeries(
      spacing: step, radiation: .means(Self.steps(slots, weather.map(\.irradiance.value))),
      temperature: Self.points(middles, weather.map(\.air.value)),
      pressure: Self.points(middles, weather.map(\.pressure.value)),
      humidity: Self.points(middles, weather.map(\.humidity)),
      winds: weather[0].winds.indices.map { index in
        let speeds = weather.map { index < $0.winds.count ? $0.winds[index].speed.value : 0 }
        return WeatherSeries.Wind(height: weather[0].winds[index].height, speed: Self.points(middles, speeds))
      })
  }

  private static func steps(_ slots: [Slot], _ values: [Double]) -> IntervalSeries {
    // The slots are contiguous and quantities are finite.
    try! IntervalSeries(zip(slots, values).map { IntervalSeries.Interval(slot: $0, value: $1) })
  }

  private static func points(_ instants: [UTCInstant], _ values: [Double]) -> PointSeries {
    // The instants rise by a quarter of an hour and quantities are finite.
    try! PointSeries(zip(instants, values).map { PointSeries.Point(at: $0, value: $1) })
  }

  /// `fading` is what is left of an error at a forecast's lead, `promise` a factor on power.
  private func bent(
    _ expected: Conditions, sun: Double, wind: Double, fading: Double = 1, promise: Double = 1
  ) -> Conditions {
    let bias = self.error * self.error / 2 * fading * fading
    let sunFactor = promise * exp(self.error * sun - bias)
    // A turbine's power goes with the cube of the speed, and the configured error is one of power.
    let windFactor = cbrt(promise) * exp((self.error * wind - bias) / 3)
    var bent = expected
    bent.irradiance = Irradiance(min(max(0, expected.irradiance.value) * sunFactor, Self.mostIrradiance))
    bent.winds = expected.winds.map {
      let speed = min(max(0, $0.speed.value) * windFactor, Self.mostWind)
      return Conditions.Wind(height: $0.height, speed: MetersPerSecond(speed))
    }
    return bent
  }
}

/// Broken clouds: clear stretches and shadows of random length and depth, the edge smoothed over some seconds.
private struct CloudCover {
  private(set) var factor = 1.0
  private var target = 1.0
  private var secondsLeft = 0

  @inline(__always) mutating func advance(_ generator: inout SplitMix64) {
    if self.secondsLeft <= 0 { self.turn(&generator) }
    self.secondsLeft -= 1
    self.factor += (self.target - self.factor) * 0.12
  }

  private mutating func turn(_ generator: inout SplitMix64) {
    if self.target == 1 {
      self.target = generator.uniform(0.2, 0.85)
      self.secondsLeft = Int(generator.uniform(15, 180))
    } else {
      self.target = 1
      self.secondsLeft = Int(generator.uniform(60, 1100))
    }
  }
}
