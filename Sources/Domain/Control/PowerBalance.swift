package import Quantities

/// Whether the site meter contradicts the others: import can never be less than what the metered banks draw
/// beyond what is generated, since no other load gives power back. A site meter with its sign swapped while
/// the site imports is found so within `ControlLimits.contradictionTime`, without switching anything.
package struct PowerBalance: Sendable {
  /// kW and share by which readings of one second may miss each other.
  private static let slack = 1.0
  private static let shareSlack = 0.1

  private var turningSince: MonotonicInstant?
  package private(set) var contradicts = false

  package init() {}

  /// Takes powers of the same second in kW: import, draw of the metered banks, generation. All of the site's
  /// generation must be metered.
  package mutating func observe(imported: Double, banks: Double, generation: Double, at now: MonotonicInstant)
  {
    let slack = Self.slack + Self.shareSlack * (banks.magnitude + generation.magnitude)
    let contradictsNow = imported < banks - generation - slack
    guard contradictsNow != self.contradicts else {
      self.turningSince = nil
      return
    }
    guard let since = self.turningSince else {
      self.turningSince = now
      return
    }
    guard now.millisecondsSince(since) >= ControlLimits.contradictionTime else { return }
    self.contradicts = contradictsNow
    self.turningSince = nil
  }
}
