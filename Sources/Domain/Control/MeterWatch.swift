import Quantities
import SiteModel

/// What one meter last said and whether it may be believed.
struct MeterWatch: Sendable {
  enum Acceptance: Sendable, Hashable {
    case accepted
    /// Older than the last one.
    case outdated
    case refused(Refusal)
  }

  enum Refusal: Sendable, Hashable {
    case fromTheFuture
    case absurd
  }

  /// How the meter was found to lie.
  enum Lie: String, Sendable, Hashable {
    case countersDisagree = "its power disagrees with its own counters"
    case wrongResponse = "it does not answer switching as it must"
    case contradicted = "it shows less import than the other meters allow"
    case standsStill = "it shows the same power while the other meters move"
  }

  /// Share by which the mean follows a new reading: it shows a step within five readings.
  private static let meanShare = 0.4

  /// kW; anything else is absurd.
  private let plausible: ClosedRange<Double>
  /// When the last accepted reading was taken; nil before the first.
  private(set) var takenAt: MonotonicInstant?
  /// kW, of the last accepted reading, and a short mean of them.
  private(set) var power = 0.0
  private(set) var mean = 0.0
  /// Whether the last accepted reading had an export counter.
  private(set) var countsExport = true
  private var counters: CounterCheck
  var response = SwitchResponse()
  var balance = PowerBalance()
  var standstill = Standstill()
  /// Polls in a row without a plausible reading.
  var failures = 0
  /// The lie that stands in the record.
  var recordedLie: Lie?

  init(meter: Meter, plausible: ClosedRange<Double>) {
    self.plausible = plausible
    self.counters = CounterCheck(
      resolution: meter.counterResolution, bound: max(plausible.upperBound, -plausible.lowerBound))
  }

  /// Nil while the meter agrees with itself, with what was switched and with the other meters.
  var lie: Lie? {
    if self.counters.disagrees { return .countersDisagree }
    if self.response.isLying { return .wrongResponse }
    if self.balance.contradicts { return .contradicted }
    if self.standstill.isFound { return .standsStill }
    return nil
  }

  /// True when there is a believable value no older than `limit` milliseconds.
  func isFresh(at now: MonotonicInstant, within limit: Int64) -> Bool {
    guard let takenAt = self.takenAt, now.millisecondsSince(takenAt) <= limit else { return false }
    return self.lie == nil
  }

  mutating func take(_ reading: MeterReading, answersSwitching: Bool, at now: MonotonicInstant) -> Acceptance
  {
    guard reading.takenAt <= now else { return .refused(.fromTheFuture) }
    let power = reading.power.value
    guard self.plausible.contains(power) else { return .refused(.absurd) }
    var previous = power
    if let takenAt = self.takenAt {
      guard reading.takenAt > takenAt else { return .outdated }
      if reading.takenAt.millisecondsSince(takenAt) <= ControlLimits.readingGap { previous = self.mean }
    }
    self.takenAt = reading.takenAt
    self.power = power
    self.countsExport = reading.reverse != nil
    self.mean = previous + Self.meanShare * (power - previous)
    self.counters.take(
      power: power, forward: reading.forward?.value, reverse: reading.reverse?.value, at: reading.takenAt)
    if answersSwitching { self.response.take(power, at: reading.takenAt) }
    return .accepted
  }
}
