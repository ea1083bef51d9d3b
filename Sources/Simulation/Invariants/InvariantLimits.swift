import Quantities
public import SiteModel

/// The numbers the invariants are judged by.
public struct InvariantLimits: Sendable, Hashable {
  /// Dose of an overload, in seconds, that the guard may let pass.
  public var dose = 1.0
  /// How long after the cap fell the site may still show what it drew before.
  public var capFall = Duration.seconds(5)
  /// Good readings after the dose is spent, or after the last rig opened, in which the next rig must open.
  public var guardReaction = 4
  /// Good readings after the dose is spent in which the overload must be gone.
  public var guardClear = 15
  /// How long a meter may lie before the lie must have been found.
  public var detection = Duration.minutes(10)
  /// What a tick's length and a holder's jitter add to every deadline.
  public var slack = Duration.seconds(3)
  /// How long after a lie, a clock that stepped, a failed store or its own start a controller may still wait to be sure
  /// before it follows the plan again.
  public var composure = Duration.seconds(65)
  /// Ticks in which a rig beyond the allowance must open.
  public var excessTicks = 3
  /// Time after the last fault in which the site must be back on plan.
  public var recovery: Duration
  /// Time in which a change of the plan must be followed, besides the stagger.
  public var follow = Duration.seconds(60)

  public init(site: Site) {
    let longestOff = site.banks.map(\.minimumOff).max() ?? .zero
    let longestOn = site.banks.map(\.minimumOn).max() ?? .zero
    self.recovery =
      site.control.recloseHold + site.control.staleHold + max(longestOff, longestOn)
      + site.control.stagger * site.rigCount + .minutes(5)
  }
}
