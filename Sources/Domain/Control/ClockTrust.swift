package import Quantities

/// Whether the wall clock may be believed.
///
/// Trust is granted by a synchronised kernel clock, by a battery-backed clock at boot where the site names
/// one, or by a person; it lasts for the holdover by the monotonic clock and ends at an unexplained step. A
/// step is explained when the kernel reports at that tick, and did not at the one before, that a time source
/// has set the clock. Nothing makes an instant before the newest record believable.
package struct ClockTrust: Sendable {
  package struct Change: Sendable, Hashable {
    /// Milliseconds the wall clock moved against the monotonic clock.
    package var step: Int64?
    /// The new state, when it changed.
    package var becameTrusted: Bool?
  }

  private var holdover: Int64
  private var trustsBattery: Bool
  package private(set) var isTrusted = false
  /// No instant before this is believed.
  package private(set) var newest: UTCInstant
  private var trustedUntil = MonotonicInstant(milliseconds: .min)
  private var unsteadyUntil = MonotonicInstant(milliseconds: .min)
  private var wasSynchronised = false
  private var isFirstTick = true
  private var previous: Moment
  /// Where trust was last granted: a slow drift away from it is a step too.
  private var anchor: Moment

  package init(holdover: Int64, trustsBattery: Bool, newestRecord: UTCInstant?, startedAt now: Moment) {
    self.holdover = holdover
    self.trustsBattery = trustsBattery
    self.newest = newestRecord ?? UTCInstant(milliseconds: .min)
    self.previous = now
    self.anchor = now
  }

  package mutating func tick(_ evidence: ClockEvidence, at now: Moment) -> Change {
    var change = Change()
    let sudden = Self.gap(from: self.previous, to: now)
    let slow = Self.gap(from: self.anchor, to: now)
    if Self.isStep(sudden, since: self.previous, now)
      || (self.isTrusted && Self.isStep(slow, since: self.anchor, now))
    {
      change.step = Self.isStep(sudden, since: self.previous, now) ? sudden : slow
      self.anchor = now
      if !evidence.isSynchronised || self.wasSynchronised {
        self.trustedUntil = now.monotonic
        self.unsteadyUntil = now.monotonic.advanced(byMilliseconds: ControlLimits.clockSteady)
      }
    }
    let batteryCounts = self.isFirstTick && self.trustsBattery && evidence.wasSetByBattery
    if batteryCounts || (evidence.isSynchronised && now.monotonic >= self.unsteadyUntil) {
      self.grant(at: now)
    }
    self.previous = now
    self.wasSynchronised = evidence.isSynchronised
    self.isFirstTick = false
    change.becameTrusted = self.settle(at: now)
    return change
  }

  /// A person says the clock is right.
  package mutating func confirm(at now: Moment) -> Change {
    self.previous = now
    self.unsteadyUntil = now.monotonic
    self.grant(at: now)
    return Change(step: nil, becameTrusted: self.settle(at: now))
  }

  /// New rules from the site file, for trust granted from now on.
  package mutating func follow(holdover: Int64, trustsBattery: Bool) {
    self.holdover = holdover
    self.trustsBattery = trustsBattery
  }

  /// What a later run of the same boot may go on with; nil while untrusted.
  package var state: ControllerState.Clock? {
    guard self.isTrusted else { return nil }
    return ControllerState.Clock(
      monotonic: self.anchor.monotonic, wall: self.anchor.wall, trustedUntil: self.trustedUntil)
  }

  /// Goes on with the trust of an earlier run. That it was the same boot, and that the clock did not step
  /// in between, shows in both clocks having moved by the same amount since.
  package mutating func resume(_ state: ControllerState.Clock, at now: Moment) {
    let before = Moment(monotonic: state.monotonic, wall: state.wall)
    guard now.monotonic >= before.monotonic, !Self.isStep(Self.gap(from: before, to: now), since: before, now)
    else { return }
    self.anchor = before
    self.trustedUntil = min(
      state.trustedUntil, before.monotonic.advanced(byMilliseconds: self.holdover))
  }

  private mutating func grant(at now: Moment) {
    self.trustedUntil = now.monotonic.advanced(byMilliseconds: self.holdover)
    self.anchor = now
  }

  private mutating func settle(at now: Moment) -> Bool? {
    let before = self.isTrusted
    self.isTrusted =
      now.monotonic < self.trustedUntil && now.wall >= self.newest
      && now.wall.milliseconds < ControlLimits.clockEnd
    if self.isTrusted { self.newest = now.wall }
    return self.isTrusted == before ? nil : self.isTrusted
  }

  private static func gap(from earlier: Moment, to now: Moment) -> Int64 {
    let wall = now.wall.millisecondsSince(earlier.wall)
    let (gap, overflow) = wall.subtractingReportingOverflow(
      now.monotonic.millisecondsSince(earlier.monotonic))
    return overflow ? (wall < 0 ? .min : .max) : gap
  }

  private static func isStep(_ gap: Int64, since earlier: Moment, _ now: Moment) -> Bool {
    let drift = now.monotonic.millisecondsSince(earlier.monotonic) / ControlLimits.clockDriftDivisor
    return gap.magnitude > (ControlLimits.clockStep + min(drift, .max / 2)).magnitude
  }
}
