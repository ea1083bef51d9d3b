import Quantities

/// Compares a meter's energy counters with the integral of its power. A meter whose power stands still, has
/// the wrong sign or belongs to another register disagrees with its own counters; so does one that is stuck
/// altogether, since a counter must move while power flows.
///
/// Found within two windows: twice the time in which the power fills `ControlLimits.counterSteps` counter
/// steps, 36 s at 20 kW and 10 Wh. Power too small to fill them is too small to matter.
struct CounterCheck: Sendable {
  private struct Sample: Sendable {
    var power: Double
    var forward: Double
    var reverse: Double
    var at: MonotonicInstant
  }

  /// A counter may lag the power by a step at either end of the window.
  private static let stepSlack = 2.0
  /// Power between two readings is not known; a fifth of what moved is the most a straight line is wrong by.
  private static let shareSlack = 0.2

  /// kWh per step.
  private let resolution: Double
  private var begin: Sample?
  private var last: Sample?
  /// kWh since `begin`, net and regardless of sign.
  private var energy = 0.0
  private var moved = 0.0
  private var strikes = 0
  private(set) var disagrees = false

  init(resolution: KilowattHours) { self.resolution = max(resolution.value, 1e-6) }

  mutating func take(power: Double, forward: Double?, reverse: Double?, at: MonotonicInstant) {
    guard let forward, reverse != nil || power >= 0 else { return self.restart() }
    let sample = Sample(power: power, forward: forward, reverse: reverse ?? 0, at: at)
    guard let begin = self.begin, let last = self.last,
      at.millisecondsSince(last.at) <= ControlLimits.readingGap, forward >= last.forward,
      sample.reverse >= last.reverse
    else {
      self.restart()
      self.begin = sample
      self.last = sample
      return
    }
    let energy = (last.power + power) / 2 * Double(at.millisecondsSince(last.at)) / 3_600_000
    self.energy += energy
    self.moved += energy.magnitude
    self.last = sample
    guard self.moved >= ControlLimits.counterSteps * self.resolution,
      at.millisecondsSince(begin.at) >= ControlLimits.counterWindow
    else { return }
    let counted = (forward - begin.forward) - (sample.reverse - begin.reverse)
    self.judge(
      agrees: (counted - self.energy).magnitude
        <= Self.stepSlack * self.resolution + Self.shareSlack * self.moved)
    self.restart()
    self.begin = sample
    self.last = sample
  }

  private mutating func judge(agrees: Bool) {
    self.strikes = agrees ? 0 : min(self.strikes + 1, 2)
    self.disagrees = self.strikes == 2
  }

  private mutating func restart() {
    self.begin = nil
    self.last = nil
    self.energy = 0
    self.moved = 0
  }
}
