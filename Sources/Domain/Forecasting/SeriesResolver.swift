public import Quantities
public import SiteModel

/// Tariffs and carbon intensities as one value per slot.
public struct ResolvedSeries: Sendable, Hashable {
  public enum Origin: Sendable, Hashable {
    case fixed
    case profile
    /// Read from the file, for all of the slot.
    case file
    /// The file has a gap in the slot; its own values of the last known day of the same kind filled it.
    case earlierDay
    /// The file has a gap in the slot; its fallback profile filled it.
    case estimated
  }

  /// The exact time-weighted mean of each slot, in the unit of the source.
  public let values: [Double]
  public let origins: [Origin]
  /// Where an earlier day or the fallback profile stands in.
  public let notes: [ForecastNote]

  public var estimated: [Bool] { self.origins.map { $0 == .estimated || $0 == .earlierDay } }
}

/// A stretch a series file does not cover and has no fallback for.
public struct SeriesGap: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, or what a person calls the feed.
  public let path: String
  /// The first missing stretch, as far as it lies in the slots asked for.
  public let gap: Slot
  private let stretch: String

  init(path: String, gap: Slot, zone: ZoneRules) {
    self.path = path
    self.gap = gap
    self.stretch = "\(ISO8601.string(gap.start, in: zone)) to \(ISO8601.string(gap.end, in: zone))"
  }

  public var description: String {
    "\(self.path): no value for \(self.stretch); add the missing rows, or give the source a fallback profile"
  }
}

/// Turns a `ValueSource` into values for slots.
public enum SeriesResolver {
  /// The mean value of each slot.
  ///
  /// Where the file has a gap, its own values at the same local time of the last known day of the same kind stand in
  /// (working day or weekend, at most two weeks back), or else its fallback profile.
  ///
  /// - Parameters:
  ///   - series: What the source's file holds; nil when it could not be read, which is one long gap.
  ///   - zone: Whose wall clock the profiles go by.
  /// - Throws: `SeriesGap` where there is neither.
  public static func values(
    of source: ValueSource, series: IntervalSeries?, slots: [Slot], zone: ZoneRules
  ) throws(SeriesGap) -> ResolvedSeries {
    switch source {
    case .fixed(let value):
      return ResolvedSeries(
        values: slots.map { _ in value }, origins: slots.map { _ in .fixed }, notes: [])
    case .profile(let profile):
      return ResolvedSeries(
        values: slots.map { profile.mean(over: $0, in: zone) }, origins: slots.map { _ in .profile },
        notes: [])
    case .file(let file):
      return try self.values(
        of: file.path, fallback: file.fallback, series: series ?? .empty, slots: slots, zone: zone)
    case .feed(let feed):
      return try self.values(
        of: feed.source.title, fallback: feed.fallback, series: series ?? .empty, slots: slots, zone: zone)
    }
  }

  private static func values(
    of name: String, fallback: DailyProfile?, series: IntervalSeries, slots: [Slot], zone: ZoneRules
  ) throws(SeriesGap) -> ResolvedSeries {
    var values: [Double] = []
    var origins: [ResolvedSeries.Origin] = []
    var filled = FilledStretches()
    let earlier = EarlierDays(series: series, zone: zone)
    for slot in slots {
      let gaps = series.gaps(in: slot)
      if gaps.isEmpty, let mean = series.mean(over: slot) {
        values.append(mean)
        origins.append(.file)
        continue
      }
      let partial = series.partialMean(over: slot)
      let covered = partial.map { $0.mean * $0.coverage } ?? 0
      if let date = filled.date(for: slot, in: earlier), let mean = Self.mean(gaps, slot, on: date, earlier) {
        values.append(covered + mean)
        origins.append(.earlierDay)
        filled.add(gaps, from: date)
      } else if let fallback {
        values.append(
          gaps.reduce(covered) { $0 + fallback.mean(over: $1, in: zone) * ($1.hours / slot.hours) })
        origins.append(.estimated)
        filled.add(gaps, from: nil)
      } else {
        throw SeriesGap(path: name, gap: gaps.first ?? slot, zone: zone)
      }
    }
    return ResolvedSeries(values: values, origins: origins, notes: filled.notes(path: name))
  }

  /// What the gaps of a slot add to its mean by the values of an earlier day.
  private static func mean(_ gaps: [Slot], _ slot: Slot, on date: CivilDate, _ earlier: EarlierDays)
    -> Double?
  {
    var sum = 0.0
    for gap in gaps {
      guard let mean = earlier.mean(over: gap, on: date) else { return nil }
      sum += mean * (gap.hours / slot.hours)
    }
    return sum
  }
}

/// Where something stands in for what a file lacks, joined into stretches.
private struct FilledStretches {
  private var stretches: [(slot: Slot, from: CivilDate?)] = []
  /// The date that stands in for another, looked up once.
  private var dates: [CivilDate: CivilDate?] = [:]

  mutating func date(for slot: Slot, in earlier: EarlierDays) -> CivilDate? {
    let date = earlier.zone.date(of: slot.start)
    if let known = self.dates[date] { return known }
    let found = earlier.date(like: slot.start)
    self.dates[date] = .some(found)
    return found
  }

  mutating func add(_ gaps: [Slot], from date: CivilDate?) {
    for gap in gaps {
      if let last = self.stretches.last, last.slot.end == gap.start, last.from == date,
        let joined = Slot(start: last.slot.start, end: gap.end)
      {
        self.stretches[self.stretches.count - 1].slot = joined
      } else {
        self.stretches.append((gap, date))
      }
    }
  }

  func notes(path: String) -> [ForecastNote] {
    self.stretches.map { slot, date in
      let stand =
        date.map { "estimated by those of \(ISO8601.string($0)), the last known \(KindOfDay($0).words)" }
        ?? "its fallback profile stands in"
      return ForecastNote(stretch: slot, text: "\(path) has no value here; \(stand)")
    }
  }
}
