public import Quantities

/// True power of the last step of time, as means over it.
public struct TruePower: Sendable, Hashable {
  /// Import positive, export negative; the site never does both in one step.
  public var grid = Kilowatts.zero
  public var photovoltaic = Kilowatts.zero
  public var wind = Kilowatts.zero
  /// Renewable power thrown away because the export cap was full.
  public var curtailed = Kilowatts.zero
  public var otherLoad = Kilowatts.zero
  /// All rigs together.
  public var rigs = Kilowatts.zero
  public init() {}

  /// Delivered by the generators, after curtailment.
  public var generation: Kilowatts { self.photovoltaic + self.wind - self.curtailed }
}

/// True energy since the start of the run, in kWh.
struct EnergyTotals: Sendable, Hashable {
  var imported = 0.0
  var exported = 0.0
  var generated = 0.0
  var curtailed = 0.0
  var otherLoad = 0.0
  var rigs = 0.0
}
