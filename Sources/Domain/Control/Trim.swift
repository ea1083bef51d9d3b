package import Quantities

/// Adds a rig where measured surplus would be exported and takes one where the plan expected no import.
///
/// Between the two lies a band in which nothing happens: a rig is added only when the export is more than the
/// rig draws, and taken only when the import is more than a share of it.
package struct Trim: Sendable {
  package enum Step: Sendable, Hashable { case more, fewer }

  /// Share of a rig's draw that import must exceed before one stops.
  private static let band = 0.1

  private var surplusSince: MonotonicInstant?
  private var shortfallSince: MonotonicInstant?
  private var restUntil = MonotonicInstant(milliseconds: .min)

  package init() {}

  /// Takes the import in kW. Nothing happens until the last step shows in the import: after an addition that
  /// is the rig's start-up.
  package mutating func observe(
    imported: Double, draw: Double, expectsImport: Bool, hold: Int64, at now: MonotonicInstant
  )
    -> Step?
  {
    guard now >= self.restUntil else { return nil }
    Self.track(&self.surplusSince, imported < -draw, at: now)
    Self.track(&self.shortfallSince, !expectsImport && imported > Self.band * draw, at: now)
    if let since = self.surplusSince, now.millisecondsSince(since) >= hold {
      self.rest(until: now.advanced(byMilliseconds: ControlLimits.startUp))
      return .more
    }
    if let since = self.shortfallSince, now.millisecondsSince(since) >= hold {
      self.rest(until: now.advanced(byMilliseconds: ControlLimits.openingEffect))
      return .fewer
    }
    return nil
  }

  package mutating func reset() {
    self.surplusSince = nil
    self.shortfallSince = nil
  }

  private mutating func rest(until end: MonotonicInstant) {
    self.reset()
    self.restUntil = end
  }

  private static func track(_ since: inout MonotonicInstant?, _ holds: Bool, at now: MonotonicInstant) {
    since = holds ? since ?? now : nil
  }
}
