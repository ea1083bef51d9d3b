public import Quantities

/// One slot of a past day as it would have been, computed from its weather and its prices. Nothing in it was metered, and
/// nothing in the record rests on it. Powers over the slot are energies in kWh, prices in currency/kWh, carbon in g/kWh.
public struct ImportedSlot: Sendable, Hashable {
  public var slot: Slot
  public var generated: Double
  public var imported: Double
  public var exported: Double
  public var rigs: Double
  public var rigHours: Double
  public var importPrice: Double
  public var exportPrice: Double
  public var carbon: Double

  public init(
    slot: Slot, generated: Double, imported: Double, exported: Double, rigs: Double, rigHours: Double,
    importPrice: Double, exportPrice: Double, carbon: Double
  ) {
    self.slot = slot
    self.generated = generated
    self.imported = imported
    self.exported = exported
    self.rigs = rigs
    self.rigHours = rigHours
    self.importPrice = importPrice
    self.exportPrice = exportPrice
    self.carbon = carbon
  }
}
