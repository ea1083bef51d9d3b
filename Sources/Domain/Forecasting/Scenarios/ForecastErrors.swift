import Glibc
import Quantities

/// What a site's own record says about the errors of its forecasts.
///
/// An error is `e = log((metered + o) / (forecast + o))` of an hour, the forecast's bias removed, with a small offset `o`
/// so that hours without power count for nothing; never beyond `most` either way. Three things are read from the record:
/// - the **bias** by hour of day: the log ratio of all energy metered to all energy forecast, drawn to zero while few
///   days are known or the days differ much;
/// - the **memory** by lead time: which share of the error of the last hour is still there so many hours later, by
///   least squares with the assumed fading as prior;
/// - the **courses** of what remains, whole, so that the correlation between hours is the one that was measured.
struct ForecastErrors {
  /// What no error exceeds: a factor of 12.
  static let most = 2.5
  /// Share of the nameplate that the offset is.
  static let offsetShare = 0.02
  /// Forecasts of the last hour that the prior of the memory weighs as much as.
  private static let priorForecasts = 24.0
  /// Forecasts made within so many hours of the present hour of day have courses that fit it.
  private static let hourOfDayReach: Int64 = 2
  /// Days from which courses must come.
  static let enoughDays = 7

  /// The error of one hour.
  private struct HourError {
    /// Bias removed.
    var value: Double
    /// False in the dark and in a calm, where a forecast cannot err and nothing can be learned.
    var isTelling: Bool
  }

  /// By hour of day, UTC.
  let bias: [Double]
  /// By whole hours of lead.
  let memory: [Double]
  /// By whole hours of lead, the share of the assumed deviation that the recorded errors show, as far as they are known.
  let spread: [Double]
  /// What remains by whole hours of lead, one course per recorded forecast that fits the present hour of day.
  let courses: [[Double]]
  /// How many different days the courses are from.
  let courseDays: Int

  private let offset: Double

  /// - Parameters:
  ///   - nameplate: kW, for the offset.
  ///   - hour: The present hour.
  ///   - leads: Hours to look ahead.
  ///   - assumed: The deviation assumed without a record.
  init(_ history: ForecastHistory, nameplate: Double, hour: Int64, leads: Int, assumed: Double) {
    let offset = max(Self.offsetShare * nameplate, 1e-6)
    self.offset = offset
    let leads = min(leads, ForecastHistory.hours)
    let issues = history.issues.filter { $0.hour <= hour }
    let bias = Self.bias(history, issues, offset: offset)
    self.bias = bias
    // Errors of each forecast by lead, bias removed; nil where nothing was metered.
    let errors = issues.map { issue in
      issue.kilowatts.indices.prefix(leads).map { lead -> HourError? in
        let target = issue.hour + Int64(lead)
        guard let metered = history.generated(hour: target) else { return nil }
        let forecast = issue.kilowatts[lead]
        guard max(metered, forecast) >= offset else { return HourError(value: 0, isTelling: false) }
        let error = Self.error(
          metered: metered, forecast: forecast * exp(bias[Self.hourOfDay(target)]), offset: offset)
        return HourError(value: error, isTelling: true)
      }
    }
    // The error that was known when each forecast was made: that of the hour before, by the forecast made for it.
    let known = issues.indices.map { index -> HourError? in
      guard index > 0, issues[index - 1].hour == issues[index].hour - 1 else { return nil }
      return errors[index - 1].first ?? nil
    }
    let memory = Self.memory(errors, known, leads: leads)
    self.memory = memory
    self.spread = Self.spread(errors, known, memory: memory, assumed: assumed)
    var courses: [[Double]] = []
    var days: Set<Int64> = []
    for (index, issue) in issues.enumerated() {
      let apart = abs(issue.hour - hour) % 24
      guard min(apart, 24 - apart) <= Self.hourOfDayReach, let known = known[index],
        errors[index].count == leads
      else { continue }
      let course = errors[index].enumerated().compactMap { lead, error in
        error.map { $0.isTelling ? $0.value - memory[lead] * known.value : 0 }
      }
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
    Self.error(
      metered: present.metered, forecast: present.forecast * exp(self.bias[Self.hourOfDay(hour)]),
      offset: self.offset)
  }

  static func hourOfDay(_ hour: Int64) -> Int { Int(((hour % 24) + 24) % 24) }

  /// The assumed fading of an error: to 1/e in `AssumedErrors.hours`, counted from the middle of one hour to the middle
  /// of another.
  static func assumedMemory(lead: Int) -> Double { exp(-Double(lead + 1) / AssumedErrors.hours) }

  private static func error(metered: Double, forecast: Double, offset: Double) -> Double {
    min(max(log((metered + offset) / (forecast + offset)), -Self.most), Self.most)
  }

  /// Energy by day and hour of day, over all forecasts of an hour.
  private struct Energy {
    var metered = [Double](repeating: 0, count: 24)
    var forecast = [Double](repeating: 0, count: 24)
    var count = 0.0
  }

  private static func bias(
    _ history: ForecastHistory, _ issues: [ForecastHistory.Issue], offset: Double
  ) -> [Double] {
    guard let first = issues.first else { return [Double](repeating: 0, count: 24) }
    var days: [Energy] = []
    for issue in issues {
      for (lead, power) in issue.kilowatts.prefix(24).enumerated() {
        let target = issue.hour + Int64(lead)
        guard let energy = history.generated(hour: target) else { continue }
        let day = Int(target.flooredDay - first.hour.flooredDay)
        while days.count <= day { days.append(Energy()) }
        let hour = Self.hourOfDay(target)
        days[day].metered[hour] += energy
        days[day].forecast[hour] += power
        days[day].count += 1
      }
    }
    days.removeAll { $0.count == 0 }
    let common = Self.shrunk(days, hours: Array(0..<24), around: 0, offset: offset)
    return (0..<24).map { hour in
      let near = [hour + 22, hour + 23, hour, hour + 1, hour + 2].map { $0 % 24 }
      return common + Self.shrunk(days, hours: near, around: common, offset: offset)
    }
  }

  /// The log ratio of what was metered to what was forecast in some hours of the day, less `centre`, believed as far as
  /// it stands out of what days differ: `b * b^2 / (b^2 + s^2 / n)`.
  private static func shrunk(_ days: [Energy], hours: [Int], around centre: Double, offset: Double) -> Double
  {
    var metered = 0.0
    var forecast = 0.0
    var ratios: [Double] = []
    for day in days {
      let mine = hours.reduce(0) { $0 + day.metered[$1] }
      let theirs = hours.reduce(0) { $0 + day.forecast[$1] }
      metered += mine
      forecast += theirs
      // Every hour has up to 24 forecasts.
      guard max(mine, theirs) > offset * 24 else { continue }
      ratios.append(Self.error(metered: mine, forecast: theirs, offset: offset))
    }
    guard !ratios.isEmpty else { return 0 }
    let bias = Self.error(metered: metered, forecast: forecast, offset: offset) - centre
    let mean = ratios.reduce(0, +) / Double(ratios.count)
    let squares = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // A few days say little about how days differ: a variance of 0.3 squared counts as two more of them.
    let variance = (squares + 2 * 0.09) / Double(ratios.count + 1)
    let square = bias * bias
    return square > 0 ? bias * square / (square + variance / Double(ratios.count)) : 0
  }

  private static func memory(_ errors: [[HourError?]], _ known: [HourError?], leads: Int) -> [Double] {
    let squares = known.reduce(into: (sum: 0.0, count: 0.0)) { squares, error in
      guard let error, error.isTelling else { return }
      squares.sum += error.value * error.value
      squares.count += 1
    }
    let prior = squares.count > 0 ? Self.priorForecasts * max(squares.sum / squares.count, 1e-4) : 1
    return (0..<leads).map { lead in
      var product = prior * Self.assumedMemory(lead: lead)
      var square = prior
      for (errors, known) in zip(errors, known) {
        guard let known, known.isTelling, lead < errors.count, let error = errors[lead], error.isTelling
        else { continue }
        product += known.value * error.value
        square += known.value * known.value
      }
      return min(max(product / square, 0), 1)
    }
  }

  /// Root mean square of what remains against what is assumed of it, with the assumption as prior.
  private static func spread(
    _ errors: [[HourError?]], _ known: [HourError?], memory: [Double], assumed: Double
  ) -> [Double] {
    guard assumed > 0 else { return memory.map { _ in 0 } }
    return memory.indices.map { lead in
      // With the memory of the error of the hour before taken out.
      let correlation = Self.assumedMemory(lead: lead)
      let expected = assumed * assumed * max(1 + memory[lead] * (memory[lead] - 2 * correlation), 1e-4)
      var sum = Self.priorForecasts * expected
      var count = Self.priorForecasts
      for (errors, known) in zip(errors, known) {
        guard let known, known.isTelling, lead < errors.count, let error = errors[lead], error.isTelling
        else { continue }
        let rest = error.value - memory[lead] * known.value
        sum += rest * rest
        count += 1
      }
      return (sum / count / expected).squareRoot()
    }
  }
}

extension Int64 {
  /// Whole days in a number of hours, rounded down.
  fileprivate var flooredDay: Int64 { self >= 0 ? self / 24 : (self - 23) / 24 }
}
