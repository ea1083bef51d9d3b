package import Quantities

/// Whether the site meter shows the very same power while the other meters show that it must have changed.
///
/// Near balance a stuck meter escapes every other check: at 100 W its counters need not move for a quarter of an hour, and
/// what it hides is within the slack between meters. But no meter repeats itself to the last digit while rigs and
/// generation move by a kilowatt.
package struct Standstill: Sendable {
  /// kW by which the others must have moved: beyond their noise, below one rig.
  private static let movement = 1.0

  private var shown: Double?
  private var since = MonotonicInstant(milliseconds: 0)
  private var lowest = 0.0
  private var highest = 0.0
  package private(set) var isFound = false

  package init() {}

  /// Takes powers of the same second in kW: import, and what the other meters let expect of it. A meter without an export
  /// counter may rightly rest at zero while the site exports: `canRest`.
  package mutating func observe(
    imported: Double, expected: Double, canRest: Bool, at now: MonotonicInstant
  ) {
    guard imported == self.shown, !(canRest && imported == 0) else {
      self.shown = imported
      self.since = now
      self.lowest = expected
      self.highest = expected
      self.isFound = false
      return
    }
    self.lowest = min(self.lowest, expected)
    self.highest = max(self.highest, expected)
    self.isFound =
      now.millisecondsSince(self.since) >= ControlLimits.standstill
      && self.highest - self.lowest >= Self.movement
  }
}
