public import Quantities
public import SiteModel

/// Tariffs and carbon intensities as one value per slot.
public struct ResolvedSeries: Sendable, Hashable {
  public enum Origin: Sendable, Hashable {
    case fixed
    case profile
    /// Read from the file, for all of the slot.
    case file
    /// The file has a gap in the slot; its fallback profile filled it.
    case estimated
  }

  /// The exact time-weighted mean of each slot, in the unit of the source.
  public let values: [Double]
  public let origins: [Origin]
  /// Where the fallback profile stands in.
  public let notes: [ForecastNote]

  public var estimated: [Bool] { self.origins.map { $0 == .estimated } }
}

/// A stretch a series file does not cover and has no fallback for.
public struct SeriesGap: Error, Sendable, Hashable, CustomStringConvertible {
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
  /// - Parameters:
  ///   - series: What the source's file holds; nil when it could not be read, which is one long gap.
  ///   - zone: Whose wall clock the profiles go by.
  /// - Throws: `SeriesGap` where a file without fallback has no value.
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
      return try self.values(of: file, series: series ?? .empty, slots: slots, zone: zone)
    }
  }

  private static func values(
    of file: SeriesFile, series: IntervalSeries, slots: [Slot], zone: ZoneRules
  ) throws(SeriesGap) -> ResolvedSeries {
    var values: [Double] = []
    var origins: [ResolvedSeries.Origin] = []
    var filled: [Slot] = []
    for slot in slots {
      let gaps = series.gaps(in: slot)
      if gaps.isEmpty, let mean = series.mean(over: slot) {
        values.append(mean)
        origins.append(.file)
        continue
      }
      guard let fallback = file.fallback else {
        throw SeriesGap(path: file.path, gap: gaps.first ?? slot, zone: zone)
      }
      let partial = series.partialMean(over: slot)
      let covered = partial.map { $0.mean * $0.coverage } ?? 0
      values.append(gaps.reduce(covered) { $0 + fallback.mean(over: $1, in: zone) * ($1.hours / slot.hours) })
      origins.append(.estimated)
      for gap in gaps {
        if let last = filled.last, last.end == gap.start, let joined = Slot(start: last.start, end: gap.end) {
          filled[filled.count - 1] = joined
        } else {
          filled.append(gap)
        }
      }
    }
    let notes = filled.map {
      ForecastNote(stretch: $0, text: "\(file.path) has no value here; its fallback profile stands in")
    }
    return ResolvedSeries(values: values, origins: origins, notes: notes)
  }
}
