public import Ports
public import Quantities

/// Honest figures of one metered slot: slots never net against each other, cost and CO2 count imports only.
extension SlotRecord {
  /// Renewable energy used on site: `max(0, generation - export)`; nil when either was not metered.
  public var usedOnSite: KilowattHours? {
    guard let generated, let exported else { return nil }
    return max(.zero, generated - exported)
  }

  /// The rigs' part of it, rigs first.
  public var absorbedByRigs: KilowattHours? {
    guard let usedOnSite, let rigs else { return nil }
    return min(usedOnSite, rigs)
  }

  /// Imports less export income; nil when the energy or its price is unknown.
  public var cost: Money? {
    guard let imported, let importPrice else { return nil }
    return EnergyPrice(importPrice) * imported - EnergyPrice(exportPrice ?? 0) * (exported ?? .zero)
  }

  public var co2: KilogramsCO2? {
    guard let imported, let carbon else { return nil }
    return CarbonIntensity(carbon) * imported
  }
}
