public import Quantities

/// One meter of the site. In simulation its name and what it measures are enough.
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
  /// Nil for a meter that only exists in simulation.
  public var wiring: MeterWiring?

  public init(
    name: String, subject: Subject, counterResolution: KilowattHours = KilowattHours(0.01),
    powerResolution: Kilowatts = Kilowatts(0.001), wiring: MeterWiring? = nil
  ) {
    self.name = name
    self.subject = subject
    self.counterResolution = counterResolution
    self.powerResolution = powerResolution
    self.wiring = wiring
  }
}
