public import Quantities

/// What lies between a market's price and the bill: fees per kWh, then taxes on both. What is paid is
/// (market + addition) x factor.
public struct PriceMarkUp: Sendable, Hashable {
  /// Currency per kWh; negative where something is taken off, as from what feeding in earns.
  public let addition: Double
  public let factor: Double

  /// Nil unless the addition is within 100,000 either way, and the factor within 0.01 to 100.
  public init?(addition: Double, factor: Double) {
    guard (-100_000...100_000).contains(addition), (0.01...100).contains(factor) else { return nil }
    self.addition = addition
    self.factor = factor
  }

  /// What is paid where the market has `series`.
  public func added(to series: IntervalSeries) -> IntervalSeries {
    let paid = series.intervals.map {
      IntervalSeries.Interval(slot: $0.slot, value: ($0.value + self.addition) * self.factor)
    }
    // Their order is that of a series; a value beyond all numbers is a gap.
    do { return try IntervalSeries(paid.filter { $0.value.isFinite }) } catch { return .empty }
  }

  /// What the market has where `paid` is paid.
  public func removed(from paid: DailyProfile) -> DailyProfile {
    let steps = paid.steps.map {
      DailyProfile.Step(from: $0.from, value: $0.value / self.factor - self.addition)
    }
    return DailyProfile(steps: steps) ?? paid
  }
}
