package import Quantities

/// The dose of import over the cap: `integral of max(0, import / max(cap, 1 kW) - 1) dt`, in seconds.
///
/// Between two readings the higher one counts, and the last one stands until the next comes, so that a meter
/// that falls silent in an overload does not stop the count. At or below the cap the dose drains by the
/// headroom, at least 0.1 s per second; it therefore never shows less than the integral over the overload at
/// hand.
package struct ImportGuard: Sendable {
  /// kW, at least 1.
  package private(set) var cap: Double
  /// Rounding in the sum of many small steps.
  private static let rounding = 1e-9
  /// Seconds, up to the trip dose.
  package private(set) var dose = 0.0
  private var power = 0.0
  private var isKnown = false
  private var takenAt: MonotonicInstant
  private var countedTo: MonotonicInstant
  private var blindBefore: MonotonicInstant
  /// Readings taken earlier say nothing about the cap.
  private var capSeenFrom: MonotonicInstant

  package init(cap: Kilowatts, startedAt now: MonotonicInstant) {
    self.cap = max(cap.value, ControlLimits.leastCap)
    self.takenAt = now
    self.countedTo = now
    self.blindBefore = now
    self.capSeenFrom = now
  }

  /// kW over the cap at the last reading; negative below it.
  package var excess: Double { self.power - self.cap }

  /// True when rigs must be shed: never by a reading that cannot show the last opening yet.
  package var isTripped: Bool {
    self.isKnown && self.takenAt >= self.blindBefore
      && (self.dose >= ControlLimits.tripDose - Self.rounding
        || self.power >= self.cap * ControlLimits.instantTrip)
  }

  package mutating func take(_ power: Double, takenAt: MonotonicInstant) {
    if self.isKnown {
      self.count(self.isAboutCap ? max(self.power, power) : power, to: takenAt)
    } else {
      self.countedTo = takenAt
    }
    self.power = power
    self.takenAt = takenAt
    self.isKnown = true
  }

  /// Counts the last reading on until `now`.
  package mutating func advance(to now: MonotonicInstant) {
    if self.isKnown, self.isAboutCap { self.count(self.power, to: now) }
  }

  /// A rig was told to open: readings up to its effect do not shed again.
  package mutating func opened(at now: MonotonicInstant) {
    self.blindBefore = now.advanced(byMilliseconds: ControlLimits.openingEffect)
  }

  /// Another cap holds from now on. What a lower one asks for must be seen before it counts: the plan's own stops for it
  /// take as long to show as any opening.
  package mutating func follow(cap: Kilowatts, at now: MonotonicInstant) {
    let cap = max(cap.value, ControlLimits.leastCap)
    if cap < self.cap {
      self.opened(at: now)
      self.capSeenFrom = self.blindBefore
      self.countedTo = max(self.countedTo, self.blindBefore)
    }
    self.cap = cap
  }

  private var isAboutCap: Bool { self.takenAt >= self.capSeenFrom }

  /// The meter turned out to lie: what it said does not count.
  package mutating func forget() {
    self.isKnown = false
    self.dose = 0
  }

  private mutating func count(_ power: Double, to now: MonotonicInstant) {
    guard now > self.countedTo else { return }
    let seconds = Double(now.millisecondsSince(self.countedTo)) / 1000
    self.countedTo = now
    let over = power / self.cap - 1
    let change = over > 0 ? over * seconds : -max(ControlLimits.doseDrain, -over) * seconds
    self.dose = min(max(0, self.dose + change), ControlLimits.tripDose)
  }
}
