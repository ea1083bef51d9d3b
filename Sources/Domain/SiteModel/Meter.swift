public import Quantities

/// One meter of the site. How it is wired (bus, unit, template) joins with the hardware; in simulation the name and
/// what it measures are enough.
public struct Meter: Sendable, Hashable {
  public enum Subject: Sendable, Hashable {
    /// The grid connection: power positive on import, both energy counters. Every site has exactly one.
    case grid
    /// On-site generation, PV and wind together or one of several; power positive when generating.
    case generation
    /// The rigs of one bank (index into `Site.banks`); power positive when drawing.
    case bank(Int)
  }

  public var name: String
  public var subject: Subject
  /// Step of the energy counters.
  public var counterResolution: KilowattHours
  /// Step of the power reading.
  public var powerResolution: Kilowatts

  public init(
    name: String, subject: Subject, counterResolution: KilowattHours = KilowattHours(0.01),
    powerResolution: Kilowatts = Kilowatts(0.001)
  ) {
    self.name = name
    self.subject = subject
    self.counterResolution = counterResolution
    self.powerResolution = powerResolution
  }
}
