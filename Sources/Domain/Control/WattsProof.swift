package import Quantities

/// Whether a bank's meter moved as its switched rigs should make it: the third proof.
///
/// A window opens with the first switch in a calm bank and is judged once every opening is `settle` old and
/// every close `ControlLimits.startUp`. With the meter's own draw per running rig as the yardstick, a bank
/// that draws too much for its commands has a welded contact among the opened rigs, one that draws too little
/// a silent rig among the closed.
package struct WattsProof: Sendable {
  package enum Verdict: Sendable, Hashable {
    case proved
    /// This many rigs more than commanded draw power.
    case excess(Int)
    /// This many fewer.
    case missing(Int)
  }

  private struct Window: Sendable {
    var baseline: Double
    var unit: Double
    var opened = 0
    var closed = 0
    var began: MonotonicInstant
  }

  /// Deviations below this share of a rig are no rig.
  private static let share = 0.5
  /// Error per switched rig, and of the baseline while the window runs.
  private static let unitError = 0.02
  private static let drift = 0.005
  /// A yardstick outside this range of the nominal draw is not taken.
  private static let yardstick = 0.5...1.5

  /// kW of one rig.
  private let nominal: Double
  private let settle: Int64
  private var window: Window?
  private var lastOpening: MonotonicInstant
  private var lastClosing: MonotonicInstant

  package init(nominal: Kilowatts, settle: Int64, startedAt now: MonotonicInstant) {
    self.nominal = nominal.value
    self.settle = settle
    self.lastOpening = now
    self.lastClosing = now
  }

  /// True while switched rigs wait for their verdict.
  package var isOpen: Bool { self.window != nil }

  /// A rig is switched while `drawing` rigs draw `mean` kW, nil when the meter says nothing. An opening may take `delay`
  /// milliseconds more.
  package mutating func switched(
    closed: Bool, drawing: Int, mean: Double?, at now: MonotonicInstant, within delay: Int64 = 0
  ) {
    if self.window == nil, let mean, self.isCalm(at: now) {
      let unit = drawing > 0 ? mean / Double(drawing) : self.nominal
      let fits = Self.yardstick.contains(unit / self.nominal)
      self.window = Window(baseline: mean, unit: fits ? unit : self.nominal, began: now)
    }
    if closed {
      self.window?.closed += 1
      self.lastClosing = now
    } else {
      self.window?.opened += 1
      self.lastOpening = max(self.lastOpening, now.advanced(byMilliseconds: delay))
    }
  }

  /// Judges the window once the bank is calm; nil before that. `mean` is nil while the meter says nothing.
  package mutating func judge(mean: Double?, at now: MonotonicInstant) -> Verdict? {
    guard let window = self.window else { return nil }
    if now.millisecondsSince(window.began) > ControlLimits.proofPatience { self.window = nil }
    guard let mean, self.isCalm(at: now) else { return nil }
    self.window = nil
    let switched = Double(window.opened + window.closed)
    let expected = window.baseline + Double(window.closed - window.opened) * window.unit
    let deviation = mean - expected
    let slack =
      (Self.share + Self.unitError * switched) * window.unit + Self.drift * window.baseline.magnitude
    guard deviation.magnitude > slack else { return .proved }
    let rigs = (deviation.magnitude / window.unit).rounded()
    let count = rigs < 1e6 ? max(1, Int(rigs)) : 1_000_000
    return deviation > 0 ? .excess(count) : .missing(count)
  }

  private func isCalm(at now: MonotonicInstant) -> Bool {
    now.millisecondsSince(self.lastOpening) >= self.settle
      && now.millisecondsSince(self.lastClosing) >= max(self.settle, ControlLimits.startUp)
  }
}
