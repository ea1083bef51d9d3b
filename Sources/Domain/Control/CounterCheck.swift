package import Quantities

/// Compares a meter's energy counters with the integral of its power. A meter whose power stands still, has
/// the wrong sign or belongs to another register disagrees with its own counters; so does one that is stuck
/// altogether, since a counter must move while power flows.
///
/// A window lasts until the power has filled `ControlLimits.counterSteps` counter steps: 10 s at 15 kW and
/// 10 Wh, 2.4 min at 1 kW. A stuck meter is found after one, any other liar after two.
package struct CounterCheck: Sendable {
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
  /// kW; counters that move faster have jumped, which is the record's business, not a lie about power.
  private let bound: Double
  private var begin: Sample?
  private var last: Sample?
  /// kWh since `begin`, net and regardless of sign.
  private var energy = 0.0
  private var moved = 0.0
  private var strikes = 0
  private var judgedAt: MonotonicInstant?
  /// Milliseconds without a judgement after which a lie is forgotten; doubles each time until the meter is acquitted.
  private var probation = ControlLimits.counterProbation
  package private(set) var disagrees = false

  package init(resolution: KilowattHours, bound: Double) {
    self.resolution = max(resolution.value, 1e-6)
    self.bound = bound
  }

  package mutating func take(power: Double, forward: Double?, reverse: Double?, at: MonotonicInstant) {
    self.forgive(at)
    guard let forward, reverse != nil || power >= 0 else { return self.restart(with: nil) }
    let sample = Sample(power: power, forward: forward, reverse: reverse ?? 0, at: at)
    guard let begin = self.begin, let last = self.last, self.isContinuous(from: last, to: sample) else {
      return self.restart(with: sample)
    }
    let energy = (last.power + power) / 2 * Double(at.millisecondsSince(last.at)) / 3_600_000
    self.energy += energy
    self.moved += energy.magnitude
    self.last = sample
    guard self.moved >= ControlLimits.counterSteps * self.resolution,
      at.millisecondsSince(begin.at) >= ControlLimits.counterWindow
    else { return }
    self.judge(from: begin, to: sample)
    self.restart(with: sample)
  }

  private func isContinuous(from last: Sample, to sample: Sample) -> Bool {
    let milliseconds = sample.at.millisecondsSince(last.at)
    guard (0...ControlLimits.readingGap).contains(milliseconds) else { return false }
    let most = self.bound * Double(milliseconds) / 3_600_000 + Self.stepSlack * self.resolution
    return (0...most).contains(sample.forward - last.forward)
      && (0...most).contains(sample.reverse - last.reverse)
  }

  private mutating func judge(from begin: Sample, to end: Sample) {
    let forward = end.forward - begin.forward
    let reverse = end.reverse - begin.reverse
    let miss = (forward - reverse - self.energy).magnitude
    let slack = Self.stepSlack * self.resolution + Self.shareSlack * self.moved
    if miss <= slack {
      // Import and export that nearly cancel look right with either sign: that acquits nobody.
      guard 2 * self.energy.magnitude > slack else { return }
      self.strikes = 0
      self.probation = ControlLimits.counterProbation
    } else {
      self.strikes = min(2, self.strikes + (forward == 0 && reverse == 0 ? 2 : 1))
    }
    self.disagrees = self.strikes == 2
    self.judgedAt = end.at
  }

  /// A meter at rest gives nothing to judge by: an old lie counts as one strike.
  private mutating func forgive(_ now: MonotonicInstant) {
    guard self.disagrees, let judgedAt = self.judgedAt,
      now.millisecondsSince(judgedAt) >= self.probation
    else { return }
    self.disagrees = false
    self.strikes = 1
    self.judgedAt = now
    self.probation = min(2 * self.probation, ControlLimits.longestProbation)
  }

  private mutating func restart(with sample: Sample?) {
    self.begin = sample
    self.last = sample
    self.energy = 0
    self.moved = 0
  }
}
