/// A day of the proleptic Gregorian calendar, without a zone.
public struct CivilDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01, at most 10^11 either way.
  public let dayNumber: Int64

  /// Saturates at 10^11 days either way, which keeps every date expressible as a `UTCInstant`.
  public init(dayNumber: Int64) { self.dayNumber = min(max(dayNumber, -100_000_000_000), 100_000_000_000) }

  /// Nil when the month or day does not exist, or the year is outside 1900...2200.
  public init?(year: Int, month: Int, day: Int) {
    guard (1900...2200).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.daysInMonth(month, year: year)
    else { return nil }
    // Days from civil, H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    self.dayNumber = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  public static func < (a: Self, b: Self) -> Bool { a.dayNumber < b.dayNumber }
  public func advanced(byDays days: Int) -> CivilDate {
    let (sum, overflow) = self.dayNumber.addingReportingOverflow(Int64(days))
    return CivilDate(dayNumber: overflow ? (days < 0 ? .min : .max) : sum)
  }

  /// 0 for Monday to 6 for Sunday.
  public var weekday: Int { Int(((self.dayNumber + 3) % 7 + 7) % 7) }

  public var components: (year: Int, month: Int, day: Int) {
    // Civil from days, same source as above.
    let shifted = self.dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = Int(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9)
    return (
      Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month,
      Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    )
  }

  private static func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Minutes since local midnight by the wall clock, 0...1440 (1440 is the end of the day).
public struct TimeOfDay: Hashable, Comparable, Sendable {
  public let minutes: Int
  public init?(minutes: Int) {
    guard (0...1440).contains(minutes) else { return nil }
    self.minutes = minutes
  }
  public static func < (a: Self, b: Self) -> Bool { a.minutes < b.minutes }
}

/// A named zone as a table of offsets from UTC: what civil time means at the site, as pure data.
public struct ZoneRules: Hashable, Sendable {
  /// From `start` on, local time is UTC plus `offsetSeconds`.
  public struct Era: Hashable, Sendable {
    public let start: UTCInstant
    public let offsetSeconds: Int
    public init(start: UTCInstant, offsetSeconds: Int) {
      self.start = start
      self.offsetSeconds = offsetSeconds
    }
  }

  /// IANA name, such as `Asia/Tokyo`.
  public let name: String
  private let eras: [Era]

  /// `eras` must not be empty and must be in order; the first also covers everything before it.
  public init(name: String, eras: [Era]) {
    precondition(!eras.isEmpty, "a zone has at least one offset")
    self.name = name
    self.eras = eras
  }

  public static let utc = ZoneRules(
    name: "UTC", eras: [Era(start: UTCInstant(milliseconds: .min), offsetSeconds: 0)])

  public func offsetSeconds(at instant: UTCInstant) -> Int {
    self.eras[self.eraIndex(at: instant)].offsetSeconds
  }

  /// When the offset next changes, strictly after `instant`; nil when it never does again.
  public func nextChange(after instant: UTCInstant) -> UTCInstant? {
    let next = self.eraIndex(at: instant) + 1
    return next < self.eras.count ? self.eras[next].start : nil
  }

  /// Milliseconds since local midnight by the wall clock, 0..<86,400,000.
  public func millisecondOfDay(of instant: UTCInstant) -> Int64 {
    let local = self.localMilliseconds(of: instant)
    let remainder = local % 86_400_000
    return remainder < 0 ? remainder + 86_400_000 : remainder
  }

  /// The local day that contains `instant`.
  public func date(of instant: UTCInstant) -> CivilDate {
    CivilDate(dayNumber: self.localMilliseconds(of: instant).floored(by: 86_400_000))
  }

  /// Minutes since local midnight by the wall clock, 0..<1440.
  public func minuteOfDay(of instant: UTCInstant) -> Int { Int(self.millisecondOfDay(of: instant) / 60_000) }

  /// The instant when the local clock shows `minutes` (0...1440) past midnight of `date`. A time the clock skips is
  /// moved to the end of the gap; a time it shows twice is the first of the two.
  public func instant(of date: CivilDate, minutes: Int = 0) -> UTCInstant {
    let local = date.dayNumber * 86_400_000 + Int64(minutes) * 60_000
    for (index, era) in self.eras.enumerated() {
      let end = index + 1 < self.eras.count ? self.eras[index + 1].start.milliseconds : Int64.max
      let candidate = local - Int64(era.offsetSeconds) * 1000
      let start = index == 0 ? Int64.min : era.start.milliseconds
      if candidate < start { return era.start }
      if candidate < end { return UTCInstant(milliseconds: candidate) }
    }
    return UTCInstant(milliseconds: local - Int64(self.eras[self.eras.count - 1].offsetSeconds) * 1000)
  }

  /// The local day as a stretch of UTC: 23, 24 or 25 hours long. A date the zone skipped altogether (Apia had no
  /// 2011-12-30) is given as the 24 hours from the end of the gap.
  public func day(_ date: CivilDate) -> Slot {
    let start = self.instant(of: date)
    return Slot(start: start, end: self.instant(of: date.advanced(byDays: 1)))
      ?? Slot(start: start, length: .hours(24))
  }

  private func localMilliseconds(of instant: UTCInstant) -> Int64 {
    instant.advanced(byMilliseconds: Int64(self.offsetSeconds(at: instant)) * 1000).milliseconds
  }

  private func eraIndex(at instant: UTCInstant) -> Int {
    var low = 0
    var high = self.eras.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if self.eras[middle].start <= instant { low = middle } else { high = middle }
    }
    return low
  }
}

extension Int64 {
  /// Division by a positive number, rounded towards minus infinity.
  fileprivate func floored(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
