public import Quantities

/// The local days that the energy page looks at.
public struct EnergyPeriod: Sendable, Hashable {
  public enum Span: String, Sendable, CaseIterable { case day, week, month }

  public let span: Span
  /// A day within it; nil is today.
  public let date: CivilDate?

  public init(span: Span = .day, date: CivilDate? = nil) {
    self.span = span
    self.date = date
  }

  /// First and last day, with weeks from Monday on.
  public func days(today: CivilDate) -> ClosedRange<CivilDate> {
    let date = self.date ?? today
    switch self.span {
    case .day: return date...date
    case .week:
      let first = date.advanced(byDays: -date.weekday)
      return first...first.advanced(byDays: 6)
    case .month:
      let first = date.advanced(byDays: 1 - date.components.day)
      let inNext = first.advanced(byDays: 31)
      return first...inNext.advanced(byDays: -inNext.components.day)
    }
  }
}
