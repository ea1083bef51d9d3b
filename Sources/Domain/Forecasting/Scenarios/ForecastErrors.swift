import Glibc
import Quantities

/// What a site's own record says about the errors of its forecasts.
///
/// An error is `e = log((metered + o) / (forecast + o))` of an hour, with a small offset `o` so that hours without
/// power count for nothing; never beyond `most` either way. Three things are read from the record:
/// - the **bias** by hour of day: the log ratio of all energy metered to all energy forecast, drawn to zero while few
///   days are known;
/// - the **memory** by lead time: which share of the error of the last hour is still there so many hours later, by
///   least squares with the assumed fading as prior;
/// - the **courses** of what remains, whole, so that the correlation between hours is the one that was measured.
struct ForecastErrors {
  /// What no error exceeds: a factor of 12.
  static let most = 2.5
  /// Share of the nameplate that the offset is.
  static let offsetShare = 0.02
  /// Days after which the record's bias counts half as much as its own measure.
  private static let biasDays = 2.0
  /// The same for an hour of day against all of them.
  private static let hourlyDays = 10.0
  /// Forecasts of the last hour that the prior of the memory weighs as much as.
  private static let priorForecasts = 24.0
  /// Forecasts made within so many hours of the present hour of day have courses that fit it.
  private static let hourOfDayReach: Int64 = 2
  /// Days from which courses must come.
  static let enoughDays = 7

  /// By hour of day, UTC.
  let bias: [Double]
  /// By whole hours of lead.
  let memory: [Double]
  /// What remains by whole hours of lead, one course per recorded forecast that fits the present hour of day.
  let courses: [[Double]]
  /// How many different days the courses are from.
  let courseDays: Int

  private let offset: Double

  /// - Parameters:
  ///   - nameplate: kW, for the offset.
  ///   - hour: The present hour.
  ///   - leads: Hours to look ahead.
  init(_ history: ForecastHistory, nameplate: Double, hour: Int64, leads: Int) {
    let offset = max(Self.offsetShare * nameplate, 1e-6)
    self.offset = offset
    let leads = min(leads, ForecastHistory.hours)
    let issues = history.issues.filter { $0.hour <= hour }
    let bias = Self.bias(history, issues, offset: offset)
    self.bias = bias
    // Errors of each forecast by lead, bias removed; nil where nothing was metered.
    let errors = issues.map { issue in
      issue.kilowatts.indices.prefix(leads).map { lead -> Double? in
        let target = issue.hour + Int64(lead)
        guard let metered = history.generated(hour: target) else { return nil }
        let error = Self.error(metered: metered, forecast: issue.kilowatts[lead], offset: offset)
        return error - bias[Self.hourOfDay(target)]
      }
    }
    // The error that was known when each forecast was made: that of the hour before, by the forecast made for it.
    let known = issues.indices.map { index -> Double? in
      guard index > 0, issues[index - 1].hour == issues[index].hour - 1 else { return nil }
      return errors[index - 1].first ?? nil
    }
    let memory = Self.memory(errors, known, leads: leads)
    self.memory = memory
    var courses: [[Double]] = []
    var days: Set<Int64> = []
    for (index, issue) in issues.enumerated() {
      let apart = abs(issue.hour - hour) % 24
      guard min(apart, 24 - apart) <= Self.hourOfDayReach, let known = known[index],
        errors[index].count == leads
      else { continue }
      let course = errors[index].enumerated().compactMap { lead, error in error.map { $0 - memory[lead] * known } }
      guard course.count == leads else { continue }
      courses.append(course)
      // Forecasts of one night belong to one day, whichever side of midnight.
      days.insert((issue.hour - hour + 12).flooredDay)
    }
    self.courses = courses
    self.courseDays = days.count
  }

  /// The present deviation from the forecast of the last hour, bias removed.
  func deviation(_ present: (forecast: Double, metered: Double), hour: Int64) -> Double {
    Self.error(metered: present.metered, forecast: present.forecast, offset: self.offset)
      - self.bias[Self.hourOfDay(hour)]
  }

  static func hourOfDay(_ hour: Int64) -> Int { Int(((hour % 24) + 24) % 24) }

  /// The assumed fading of an error: to 1/e in `AssumedErrors.hours`, counted from the middle of one hour to the middle
  /// of another.
  static func assumedMemory(lead: Int) -> Double { exp(-Double(lead + 1) / AssumedErrors.hours) }

  private static func error(metered: Double, forecast: Double, offset: Double) -> Double {
    min(max(log((metered + offset) / (forecast + offset)), -Self.most), Self.most)
  }

  private static func bias(
    _ history: ForecastHistory, _ issues: [ForecastHistory.Issue], offset: Double
  ) -> [Double] {
    var metered = [Double](repeating: 0, count: 24)
    var forecast = metered
    var count = metered
    for issue in issues {
      for (lead, power) in issue.kilowatts.prefix(24).enumerated() {
        let target = issue.hour + Int64(lead)
        guard let energy = history.generated(hour: target) else { continue }
        let hour = Self.hourOfDay(target)
        metered[hour] += energy
        forecast[hour] += power
        count[hour] += 1
      }
    }
    func ratio(_ hours: [Int]) -> (log: Double, days: Double) {
      let sums = hours.reduce(into: (metered: 0.0, forecast: 0.0, count: 0.0)) { sums, hour in
        sums.metered += metered[hour]
        sums.forecast += forecast[hour]
        sums.count += count[hour]
      }
      guard sums.count > 0 else { return (0, 0) }
      let ratio = Self.error(
        metered: sums.metered / sums.count, forecast: sums.forecast / sums.count,
        offset: offset / 10)
      // A day gives each of its hours up to 24 forecasts.
      return (ratio, sums.count / Double(24 * hours.count))
    }
    let all = ratio(Array(0..<24))
    let common = all.log * all.days / (all.days + Self.biasDays)
    return (0..<24).map { hour in
      let near = ratio([hour + 22, hour + 23, hour, hour + 1, hour + 2].map { $0 % 24 })
      return common + (near.log - common) * near.days / (near.days + Self.hourlyDays)
    }
  }

  private static func memory(_ errors: [[Double?]], _ known: [Double?], leads: Int) -> [Double] {
    let squares = known.reduce((sum: 0.0, count: 0.0)) { known, error in
      error.map { (known.sum + $0 * $0, known.count + 1) } ?? known
    }
    let prior = squares.count > 0 ? Self.priorForecasts * max(squares.sum / squares.count, 1e-4) : 1
    return (0..<leads).map { lead in
      var product = prior * Self.assumedMemory(lead: lead)
      var square = prior
      for (errors, known) in zip(errors, known) {
        guard let known, lead < errors.count, let error = errors[lead] else { continue }
        product += known * error
        square += known * known
      }
      return min(max(product / square, 0), 1)
    }
  }
}

extension Int64 {
  /// Whole days in a number of hours, rounded down.
  fileprivate var flooredDay: Int64 { self >= 0 ? self / 24 : (self - 23) / 24 }
}
