public import JSONText
import Planning
import Quantities
public import SiteModel

extension DemandEvent {
  public var json: JSONValue {
    [
      "name": .string(self.name), "start": .string(ISO8601.string(self.window.start)),
      "end": .string(ISO8601.string(self.window.end)),
      "import_cap_kw": self.importCap.map { .number($0.value) } ?? .null,
      "price_per_kwh": self.price.map { .number($0.value) } ?? .null,
    ]
  }
}

/// What demand-response events make of a plan's slots.
///
/// A cap holds for every slot its event touches, since a plan runs the same rigs through a slot. A price is what each
/// kWh imported forgoes: it raises the import price in proportion to the part of the slot it covers. Feeding in is paid
/// for by its own tariff alone.
enum DemandResponse {
  static func apply(_ events: [DemandEvent], margin: Kilowatts, to slots: inout [ProblemSlot]) {
    for event in events {
      for index in slots.indices {
        guard let common = slots[index].slot.intersection(event.window) else { continue }
        if let cap = event.importCap {
          let planned = max(.zero, cap - margin)
          slots[index].importCap = slots[index].importCap.map { min($0, planned) } ?? planned
        }
        if let price = event.price {
          let share = common.hours / slots[index].slot.hours
          slots[index].importPrice = slots[index].importPrice + price * share
        }
      }
    }
  }
}
