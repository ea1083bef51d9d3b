import Quantities

/// Working days and weekends, between which prices and loads differ most.
enum KindOfDay: Sendable, Hashable {
  case working
  case weekend

  init(_ date: CivilDate) { self = date.weekday >= 5 ? .weekend : .working }

  var words: String {
    switch self {
    case .working: "working day"
    case .weekend: "weekend day"
    }
  }
}

/// Finds what a series held on the last known day of the same kind, at the same local time.
struct EarlierDays {
  /// How far back a day may lie: older prices say little about tomorrow.
  static let most = 14

  let series: IntervalSeries
  let zone: ZoneRules

  /// The latest date before that of `instant`, of its kind, that the series covers whole.
  func date(like instant: UTCInstant) -> CivilDate? {
    let date = self.zone.date(of: instant)
    return (1...Self.most).lazy.map { date.advanced(byDays: -$0) }.first {
      KindOfDay($0) == KindOfDay(date) && self.series.gaps(in: self.zone.day($0)).isEmpty
    }
  }

  /// The mean over as long a stretch of `date` as `slot` is, from the same local time on.
  func mean(over slot: Slot, on date: CivilDate) -> Double? {
    let shift = self.zone.date(of: slot.start).dayNumber - date.dayNumber
    let shifted = slot.start.advanced(byMilliseconds: -shift * 86_400_000)
    let change = self.zone.offsetSeconds(at: slot.start) - self.zone.offsetSeconds(at: shifted)
    let then = Slot(start: shifted.advanced(byMilliseconds: Int64(change) * 1000), length: slot.length)
    return self.series.partialMean(over: then)?.mean
  }
}
