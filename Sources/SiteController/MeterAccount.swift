package import Quantities

/// The energy one meter measured in the open settlement slot.
///
/// Energy comes from the counters, so a hole in the readings inside a slot loses nothing. What a hole moved over a slot
/// boundary cannot be split honestly: it is left out of both slots and both show the gap. A step that the power readings
/// do not tell of counts once the next reading agrees with it. A meter without counters is integrated from power over steps
/// of at most `grace`.
package struct MeterAccount: Codable, Sendable, Hashable {
  /// One good reading with its wall time, in kWh and kW.
  package struct Sample: Codable, Sendable, Hashable {
    package var wall: UTCInstant
    package var power: Double
    package var forward: Double?
    package var reverse: Double?

    package init(wall: UTCInstant, power: Double, forward: Double?, reverse: Double?) {
      self.wall = wall
      self.power = power
      self.forward = forward
      self.reverse = reverse
    }
  }

  package struct Totals: Codable, Sendable, Hashable {
    package var forward = 0.0
    package var reverse = 0.0
    /// Milliseconds the totals account for.
    package var covered: Int64 = 0
    package var start: Sample?
    package var end: Sample?
  }

  package enum Anomaly: Sendable, Hashable {
    /// A counter went backwards and stays there: a reset or a roll-over.
    case reset(from: Double, to: Double)
    /// A counter moved further than the meter's subject can in the time, and stays there.
    case jump(from: Double, to: Double)
    /// One reading no counter can show; the next one was right again.
    case phantom(Double)
  }

  /// What bounds a plausible step: the largest power in kW and the counter's own step in kWh.
  package struct Limits {
    package var power: Double
    package var resolution: Double
    /// The longest hole, in milliseconds, over which power is integrated and a boundary reading may be late.
    package var grace: Int64

    package init(power: Double, resolution: Double, grace: Int64) {
      self.power = power
      self.resolution = resolution
      self.grace = grace
    }
  }

  package private(set) var open = Totals()
  private var last: Sample?
  /// A reading that does not follow from `last` as it should: a phantom if the next one does. If the next one follows from
  /// this one, the step is true, or the counter has a new base.
  private var suspect: Sample?
  /// What `last` added to the open slot, and the reading before it: taken back when the next reading shows that `last`
  /// was a phantom small enough to pass for a step.
  private var undo: Undo?
  /// Everything before this instant is in `open`, in a closed slot, or in a gap.
  private var accountedUntil: UTCInstant?

  private struct Undo: Codable, Sendable, Hashable {
    var before: Sample
    var accountedUntil: UTCInstant
    var totals: Totals
  }

  package init() {}

  /// Forgets the last reading: the time until the next one becomes a gap.
  package mutating func interrupt() {
    self.last = nil
    self.suspect = nil
    self.undo = nil
    self.accountedUntil = nil
  }

  /// Takes a reading while `slot` is open. Returns the slot's totals when the reading is at or past its end, which
  /// makes it the boundary reading that the next slot shares.
  package mutating func take(_ sample: Sample, slot: Slot, limits: Limits) -> (
    closed: Totals?, anomaly: Anomaly?
  ) {
    guard let last = self.last, let from = self.accountedUntil, from >= slot.start else {
      return (self.begin(sample, slot: slot), nil)
    }
    guard sample.wall > from else { return (nil, nil) }
    let hole = sample.wall.millisecondsSince(last.wall)
    switch Self.step(from: last, to: sample, hole: hole, limits: limits) {
    case .energy(let energy):
      let phantom = self.suspect.map { Anomaly.phantom($0.forward ?? 0) }
      return (self.accept(sample, energy, after: last, from: from, slot: slot, limits: limits), phantom)
    case .unknown:
      return (self.accept(sample, nil, after: last, from: from, slot: slot, limits: limits), nil)
    case .surprise(let energy):
      if let revised = self.revise(sample, slot: slot, limits: limits) { return revised }
      guard self.confirmsSuspect(sample, limits: limits) else { return (nil, nil) }
      return (self.accept(sample, energy, after: last, from: from, slot: slot, limits: limits), nil)
    case .anomaly(let found):
      if let revised = self.revise(sample, slot: slot, limits: limits) { return revised }
      guard self.confirmsSuspect(sample, limits: limits) else { return (nil, nil) }
      return (self.rebase(sample, slot: slot), found)
    }
  }

  /// Counts what moved since `last`, the reading at `from`; nil when nobody knows what did.
  private mutating func accept(
    _ sample: Sample, _ energy: Energy?, after last: Sample, from: UTCInstant, slot: Slot, limits: Limits
  ) -> Totals? {
    let crosses = sample.wall >= slot.end
    let isLate =
      crosses
      && (sample.wall.millisecondsSince(last.wall) > limits.grace
        || sample.wall.millisecondsSince(slot.end) > limits.grace)
    self.suspect = nil
    self.undo = crosses ? nil : Undo(before: last, accountedUntil: from, totals: self.open)
    if let energy, !isLate {
      self.open.forward += energy.forward
      self.open.reverse += energy.reverse
      self.open.covered += min(sample.wall, slot.end).millisecondsSince(from)
      self.open.end = sample
    }
    self.last = sample
    guard crosses else {
      self.accountedUntil = sample.wall
      return nil
    }
    return self.turn(at: sample, accountedUntil: isLate ? sample.wall : slot.end)
  }

  /// A reading that cannot follow from the last one but follows from the one before it: the last one was a phantom.
  private mutating func revise(
    _ sample: Sample, slot: Slot, limits: Limits
  ) -> (closed: Totals?, anomaly: Anomaly?)? {
    guard let undo = self.undo, let last = self.last,
      case .energy = Self.step(
        from: undo.before, to: sample, hole: sample.wall.millisecondsSince(undo.before.wall), limits: limits)
    else { return nil }
    self.last = undo.before
    self.accountedUntil = undo.accountedUntil
    self.open = undo.totals
    self.undo = nil
    self.suspect = nil
    let (closed, _) = self.take(sample, slot: slot, limits: limits)
    return (closed, .phantom(last.forward ?? 0))
  }

  /// True when a reading that does not follow from the last one follows from a suspect before it; otherwise it becomes the
  /// suspect itself and changes nothing yet.
  private mutating func confirmsSuspect(_ sample: Sample, limits: Limits) -> Bool {
    if let suspect = self.suspect,
      case .energy = Self.step(
        from: suspect, to: sample, hole: sample.wall.millisecondsSince(suspect.wall), limits: limits)
    {
      return true
    }
    self.suspect = sample
    return false
  }

  /// The counter has a new base; what moved in between is a gap.
  private mutating func rebase(_ sample: Sample, slot: Slot) -> Totals? {
    self.suspect = nil
    self.undo = nil
    self.last = sample
    guard sample.wall >= slot.end else {
      self.accountedUntil = sample.wall
      self.open.end = sample
      return nil
    }
    return self.turn(at: sample, accountedUntil: sample.wall)
  }

  /// Hands out the open slot and opens the next one with `sample` as the boundary reading.
  private mutating func turn(at sample: Sample, accountedUntil instant: UTCInstant) -> Totals {
    let closed = self.open
    self.open = Totals()
    self.open.start = sample
    self.open.end = sample
    self.accountedUntil = instant
    return closed
  }

  /// Closes the slot without a boundary reading: what the meter moves until its next reading is a gap.
  package mutating func closeWithoutReading() -> Totals {
    let closed = self.open
    self.open = Totals()
    self.interrupt()
    return closed
  }

  private mutating func begin(_ sample: Sample, slot: Slot) -> Totals? {
    self.last = sample
    self.undo = nil
    guard sample.wall < slot.end else { return self.turn(at: sample, accountedUntil: sample.wall) }
    self.accountedUntil = max(sample.wall, slot.start)
    if self.open.start == nil { self.open.start = sample }
    self.open.end = sample
    return nil
  }

  /// kWh.
  private struct Energy {
    var forward: Double
    var reverse: Double
  }

  private enum Step {
    case energy(Energy)
    /// Possible, but more than the power readings on both sides tell of.
    case surprise(Energy)
    case unknown
    case anomaly(Anomaly)
  }

  /// How much more than the larger of two power readings may flow between them.
  private static let spikeShare = 1.25

  private static func step(from last: Sample, to sample: Sample, hole: Int64, limits: Limits) -> Step {
    let hours = Double(hole) / 3_600_000
    guard let before = last.forward, let after = sample.forward else {
      guard last.forward == nil, sample.forward == nil, hole <= limits.grace else { return .unknown }
      let energy = (last.power + sample.power) / 2 * hours
      return .energy(Energy(forward: max(0, energy), reverse: max(0, -energy)))
    }
    let most = limits.power * hours + 2 * limits.resolution
    if let anomaly = Self.anomaly(from: before, to: after, most: most) { return .anomaly(anomaly) }
    var energy = Energy(forward: after - before, reverse: 0)
    if let reverseBefore = last.reverse, let reverseAfter = sample.reverse {
      if let anomaly = Self.anomaly(from: reverseBefore, to: reverseAfter, most: most) {
        return .anomaly(anomaly)
      }
      energy.reverse = reverseAfter - reverseBefore
    }
    // Over a longer hole the power in between is anybody's guess.
    guard hole <= limits.grace else { return .energy(energy) }
    let peak = max(last.power.magnitude, sample.power.magnitude) * Self.spikeShare
    let told = peak * hours + 3 * limits.resolution
    return max(energy.forward, energy.reverse) > told ? .surprise(energy) : .energy(energy)
  }

  private static func anomaly(from before: Double, to after: Double, most: Double) -> Anomaly? {
    if after < before { return .reset(from: before, to: after) }
    if after - before > most { return .jump(from: before, to: after) }
    return nil
  }
}
