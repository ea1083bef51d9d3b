public import Quantities
public import SiteModel

extension DailyProfile {
  /// The exact time-weighted mean over `slot` of the value the local wall clock calls for, also where the clock is put
  /// forward or back inside it.
  public func mean(over slot: Slot, in zone: ZoneRules) -> Double {
    let length = Double(slot.end.millisecondsSince(slot.start))
    var mean = 0.0
    var from = slot.start
    while from < slot.end {
      let millisecond = zone.millisecondOfDay(of: from)
      let step = self.steps.lastIndex { Int64($0.from.minutes) * 60_000 <= millisecond } ?? 0
      let nextMinute = step + 1 < self.steps.count ? self.steps[step + 1].from.minutes : 1440
      var to = from.advanced(byMilliseconds: Int64(nextMinute) * 60_000 - millisecond)
      if let change = zone.nextChange(after: from) { to = min(to, change) }
      to = min(to, slot.end)
      mean += self.steps[step].value * (Double(to.millisecondsSince(from)) / length)
      from = to
    }
    return mean
  }
}
