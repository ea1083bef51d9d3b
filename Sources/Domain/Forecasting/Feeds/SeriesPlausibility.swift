import Glibc
public import Quantities
public import SiteModel

/// Whether prices or carbon intensities can be true: against what they can be at all, and against the level of the last
/// good ones or of the site's own profile. A file in another unit (per MWh for per kWh) is caught here.
public enum SeriesPlausibility {
  /// What a series holds.
  public enum Kind: Sendable, Hashable {
    /// Currency per kWh; may be negative.
    case price
    /// g/kWh.
    case carbon
  }

  private static let behind = Duration.hours(24)
  private static let ahead = Duration.hours(72)
  /// Between kWh and MWh lie three orders of magnitude, between a cheap and a dear day hardly one.
  private static let levelFactor = 50.0
  /// Not even lignite alone reaches this, in g/kWh.
  private static let mostCarbon = 2000.0

  /// What is implausible, in one clause; nil for nothing.
  public static func problem(
    with series: IntervalSeries, kind: Kind, last: IntervalSeries?, fallback: DailyProfile?,
    at now: UTCInstant
  ) -> String? {
    let window = Slot(start: now - self.behind, length: self.behind + self.ahead)
    let intervals = self.intervals(of: series, in: window)
    if kind == .carbon, let odd = intervals.first(where: { !(0...self.mostCarbon).contains($0.value) }) {
      return "\(Int(odd.value)) g/kWh at \(ISO8601.string(odd.slot.start))"
    }
    guard let level = self.level(intervals.map(\.value)) else { return nil }
    let before =
      last.flatMap { self.level(self.intervals(of: $0, in: window).map(\.value)) }
      ?? last.flatMap { self.level($0.intervals.suffix(96).map(\.value)) }
      ?? fallback.flatMap { self.level($0.steps.map(\.value)) }
    guard let before, before > 0 else { return nil }
    let ratio = level / before
    if ratio > self.levelFactor {
      return "about \(Int(ratio)) times the usual level; is it another unit?"
    }
    if ratio > 0, ratio < 1 / self.levelFactor {
      return "about a \(Int(1 / ratio))th of the usual level; is it another unit?"
    }
    return nil
  }

  private static func intervals(of series: IntervalSeries, in window: Slot) -> [IntervalSeries.Interval] {
    series.intervals.filter { $0.slot.intersection(window) != nil }
  }

  /// The upper quartile of the magnitudes, which a day of prices around zero does not take down.
  private static func level(_ values: [Double]) -> Double? {
    let ordered = values.map(abs).sorted()
    return ordered.isEmpty ? nil : ordered[ordered.count * 3 / 4]
  }
}
