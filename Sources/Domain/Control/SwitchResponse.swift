package import Quantities

/// Whether the site meter answers openings as physics says: the import falls by what was opened.
///
/// An answer the wrong way, or none by a single bit, is a strike. `ControlLimits.responseStrikes` in a row
/// make the meter a liar: it is found with that many openings, each judged `openingEffect` plus a second
/// after it. A right answer clears it at once, and so does a time of probation, since a site that lies still
/// asks nothing.
package struct SwitchResponse: Sendable {
  private struct Opening: Sendable {
    var power: Double
    var before: Double
    var at: MonotonicInstant
  }

  /// Share of the opened power that must show, one way or the other.
  private static let share = 0.5
  /// The opened power must stand out from the meter's usual change between readings by this factor.
  private static let standOut = 6.0
  /// Openings this close together, in milliseconds, are one.
  private static let together: Int64 = 500

  private var opening: Opening?
  private var last: Double?
  /// Mean change between readings in kW.
  private var restlessness = 0.0
  private var strikes = 0
  private var struckAt: MonotonicInstant?
  package private(set) var isLying = false

  package init() {}

  /// A rig that drew about `power` kW was told to open.
  package mutating func opened(_ power: Double, at now: MonotonicInstant) {
    if var opening = self.opening {
      // Another opening before the first was judged blurs both.
      guard now.millisecondsSince(opening.at) <= Self.together else { return self.abandon() }
      opening.power += power
      self.opening = opening
    } else if let last = self.last {
      self.opening = Opening(power: power, before: last, at: now)
    }
  }

  /// A rig was told to close, or to stop by itself, which blurs an answer that has not come yet.
  package mutating func blur() { self.abandon() }

  package mutating func take(_ power: Double, at: MonotonicInstant) {
    if let opening = self.opening,
      at.millisecondsSince(opening.at) >= ControlLimits.openingEffect + 1_000
    {
      self.judge(opening, after: power, at: at)
      self.opening = nil
    } else if let last = self.last, self.opening == nil {
      self.restlessness += 0.1 * ((power - last).magnitude - self.restlessness)
    }
    if self.isLying, let struckAt = self.struckAt,
      at.millisecondsSince(struckAt) >= ControlLimits.responseProbation
    {
      self.isLying = false
      self.strikes = ControlLimits.responseStrikes - 1
    }
    self.last = power
  }

  private mutating func judge(_ opening: Opening, after: Double, at: MonotonicInstant) {
    guard opening.power > Self.standOut * self.restlessness else { return }
    let change = after - opening.before
    if change >= Self.share * opening.power || change == 0 {
      self.strikes = min(self.strikes + 1, ControlLimits.responseStrikes)
      self.struckAt = at
      self.isLying = self.strikes == ControlLimits.responseStrikes
    } else if change <= -Self.share * opening.power {
      self.strikes = 0
      self.isLying = false
    }
  }

  private mutating func abandon() { self.opening = nil }
}
