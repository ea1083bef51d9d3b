import Glibc
public import Quantities
public import SiteModel

extension GenerationOutlook {
  /// Makes the outlook of a site from one forecast, or from those of an ensemble's members.
  ///
  /// The forecast is corrected first by what the record says about its errors: the bias by hour of day, and the present
  /// deviation as far as it lasts. Around the corrected forecast lie the members' deviations from their mean or, for a
  /// single forecast, the courses of recorded errors, or assumed ones. No scenario leaves what the plants can deliver.
  /// The same arguments give the same scenarios: what is drawn is drawn from a seed made of `now`.
  ///
  /// - Parameters:
  ///   - forecasts: The control run or the only one first, the members after it; all for the same slots.
  ///   - history: What the site forecast and metered so far; nil leaves the forecast as it is.
  ///   - current: What has been metered of the present slot.
  ///   - now: When the horizon begins.
  public static func make(
    site: Site, forecasts: [SiteForecast], history: ForecastHistory?, current: MeteredPart? = nil,
    at now: UTCInstant
  ) -> GenerationOutlook {
    precondition(!forecasts.isEmpty, "there is always a forecast, of the climate if of nothing else")
    let slots = forecasts[0].slots
    let given = Self.mean(forecasts)
    let nameplate = site.generationNameplate.value
    guard nameplate > 0, let last = slots.last else {
      return GenerationOutlook(certain: given, uncorrected: given, basis: .point)
    }
    let correction = Correction(
      site: site, slots: slots, history: site.planner.correctsForecast ? history : nil, current: current,
      at: now, leads: max(1, Int((last.end - now).hours.rounded(.up))))
    let most = site.planner.scenarios
    guard most > 1 else {
      let power = correction.course(of: given, error: nil)
      return GenerationOutlook(
        certain: power, uncorrected: given, presentDeviation: correction.deviation,
        basis: history != nil && site.planner.correctsForecast ? .corrected : .point)
    }
    let (courses, basis) = Self.courses(site: site, forecasts: forecasts, mean: given, correction, at: now)
    let kept = ScenarioReduction.reduce(
      courses: courses.map { $0.map(\.value) },
      weights: courses.map { _ in 1 / Double(courses.count) }, hours: slots.map(\.hours), to: most)
    return GenerationOutlook(
      scenarios: kept.map { kept in
        Scenario(weight: kept.weight, power: courses[kept.index].map(Self.wholeWatts))
      }, uncorrected: given,
      presentDeviation: correction.deviation, basis: basis)
  }

  /// No scenario is known to the watt, and every plan's record holds all of them.
  private static func wholeWatts(_ power: Kilowatts) -> Kilowatts {
    Kilowatts((power.value * 1000).rounded(.down) / 1000)
  }

  private static func courses(
    site: Site, forecasts: [SiteForecast], mean: [Kilowatts], _ correction: Correction, at now: UTCInstant
  ) -> (courses: [[Kilowatts]], basis: Basis) {
    if forecasts.count > 1 {
      let courses = forecasts.map { correction.course(of: $0.renewable, error: nil) }
      return (courses, .ensemble(members: forecasts.count))
    }
    if let errors = correction.errors, errors.courseDays >= ForecastErrors.enoughDays {
      return (
        Self.centred(errors.courses).map { correction.course(of: mean, error: $0) },
        .recordedErrors(forecasts: errors.courses.count, days: errors.courseDays)
      )
    }
    let deviation = site.planner.forecastError
    var generator = SplitMix64(seed: UInt64(bitPattern: now.milliseconds))
    let courses = AssumedErrors.courses(
      deviation: deviation, leads: correction.leads, memory: correction.fading,
      spread: correction.errors?.spread,
      generator: &generator)
    return (
      Self.centred(courses).map { correction.course(of: mean, error: $0) },
      .assumedErrors(deviation: deviation)
    )
  }

  /// Moves errors so that their factors are 1 on average at every lead: the corrected forecast stays the mean.
  private static func centred(_ courses: [[Double]]) -> [[Double]] {
    guard let first = courses.first else { return courses }
    let centre = first.indices.map { lead in
      log(courses.reduce(0) { $0 + exp($1[lead]) } / Double(courses.count))
    }
    return courses.map { course in zip(course, centre).map { $0 - $1 } }
  }

  private static func mean(_ forecasts: [SiteForecast]) -> [Kilowatts] {
    guard forecasts.count > 1 else { return forecasts[0].renewable }
    var sum = forecasts[0].renewable
    for forecast in forecasts.dropFirst() {
      for (slot, power) in forecast.renewable.enumerated() { sum[slot] += power }
    }
    return sum.map { $0 / Double(forecasts.count) }
  }
}

/// From a course of forecast power to the power to expect: bias, what is left of the present deviation, an error of
/// its own, and the plant's limits.
private struct Correction {
  let leads: Int
  let errors: ForecastErrors?
  /// Log ratio of the last hour's generation to its forecast, bias removed; nil when it is not known.
  let deviation: Double?

  private let limits: [Kilowatts]
  private let offset: Double
  /// Hours from now to the middle of each slot, and that middle's hour.
  private let middles: [(lead: Double, hour: Int64)]

  init(
    site: Site, slots: [Slot], history: ForecastHistory?, current: MeteredPart?, at now: UTCInstant,
    leads: Int
  ) {
    self.leads = min(leads, ForecastHistory.hours)
    // A forecast made within the last minutes of an hour is one of the next.
    let hour = now.milliseconds.advanced(by: 600_000).hourNumber
    let nameplate = site.generationNameplate.value
    self.limits = PlantLimit.power(site: site, slots: slots)
    self.offset = ForecastErrors.offsetShare * nameplate
    self.middles = slots.map { slot in
      let middle = slot.start.milliseconds + slot.end.millisecondsSince(slot.start) / 2
      return (Double(middle - now.milliseconds) / 3_600_000, middle.hourNumber)
    }
    let errors = history.map {
      ForecastErrors($0, nameplate: nameplate, hour: hour, leads: leads, assumed: site.planner.forecastError)
    }
    self.errors = errors
    self.deviation = errors.flatMap { errors in
      history?.present(at: now, current: current).map { errors.deviation($0, hour: hour - 1) }
    }
  }

  /// What an error of the hour before has left of itself by lead, as far as the present one is known.
  var fading: [Double]? { self.deviation == nil ? nil : self.errors?.memory }

  /// `error` by whole hours of lead, nil for none.
  func course(of power: [Kilowatts], error: [Double]?) -> [Kilowatts] {
    zip(power.indices, power).map { slot, power in
      let (lead, hour) = self.middles[slot]
      var total = error.map { Self.value($0, lead: lead) } ?? 0
      var unbiased = power.value
      if let errors = self.errors {
        unbiased *= exp(errors.bias[ForecastErrors.hourOfDay(hour)])
        if let deviation = self.deviation { total += Self.value(errors.memory, lead: lead) * deviation }
      }
      total = min(max(total, -ForecastErrors.most), ForecastErrors.most)
      let corrected = (unbiased + self.offset) * exp(total) - self.offset
      return Kilowatts(min(max(0, corrected), max(self.limits[slot].value, 0)))
    }
  }

  /// A straight line between the middles of the hours, level beyond the first and the last.
  private static func value(_ course: [Double], lead: Double) -> Double {
    let position = min(max(lead - 0.5, 0), Double(course.count - 1))
    let index = min(Int(position), max(0, course.count - 2))
    guard course.count > 1 else { return course[0] }
    let share = position - Double(index)
    return course[index] * (1 - share) + course[index + 1] * share
  }
}
