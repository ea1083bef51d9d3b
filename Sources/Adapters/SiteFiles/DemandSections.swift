import Quantities
import SiteModel

/// `[[demand_response]]` and `[[flexibility]]`.
enum DemandSections {
  /// Without a zone local times cannot be told, and the zone's own error says enough.
  static func events(_ root: TableReader, zone: ZoneRules?) -> [DemandEvent] {
    guard let tables = root.tables("demand_response") else { return [] }
    var events: [DemandEvent] = []
    for table in tables {
      guard let event = Self.event(table, zone: zone) else { continue }
      if events.contains(where: { $0.name == event.name }) {
        table.error(
          "the name \"\(event.name)\" is used twice", at: "name", do: "give each event its own name")
      }
      events.append(event)
    }
    return events
  }

  private static func event(_ table: TableReader, zone: ZoneRules?) -> DemandEvent? {
    let name = table.identifier("name", .required(example: #"name = "evening-peak""#))
    let from = Self.instant("from", table, zone)
    let to = Self.instant("to", table, zone)
    let cap = table.number("import_cap_kw", in: 0...1_000_000)
    let price = table.number("price_per_kwh", in: 0...100_000)
    table.finish()
    if !table.has("import_cap_kw"), !table.has("price_per_kwh") {
      table.error(
        "an event of \(table.name) asks for nothing", at: "name",
        do: "give it import_cap_kw, price_per_kwh or both")
    }
    guard let name, let from, let to else { return nil }
    guard let window = Slot(start: from, end: to) else {
      table.error("'to' is not after 'from'", at: "to", do: "let the event end after it begins")
      return nil
    }
    return DemandEvent(
      name: name, window: window, importCap: cap.map { Kilowatts($0) }, price: price.map { EnergyPrice($0) })
  }

  private static func instant(_ key: String, _ table: TableReader, _ zone: ZoneRules?) -> UTCInstant? {
    guard let text = table.text(key, .required(example: #"\#(key) = "2025-06-02T17:00""#)), let zone else {
      return nil
    }
    if let instant = zone.instant(said: text) { return instant }
    table.error(
      "'\(key)' is \"\(text)\", which is no date and time", at: key,
      do: "write local time such as \"2025-06-02T17:00\", or add an offset")
    return nil
  }

  static func products(_ root: TableReader) -> [FlexibilityProduct] {
    guard let tables = root.tables("flexibility") else { return [] }
    return tables.compactMap { table in
      let name = table.identifier("name", .required(example: #"name = "wholesale""#))
      let direction = table.choice(
        "direction", of: FlexibilityProduct.Direction.self, .required(example: #"direction = "down""#))
      let energy = table.number("price_per_kwh", in: 0...100_000)
      let availability = table.number("price_per_kw_h", in: 0...100_000)
      let minimum = table.number("minimum_kw", in: 0...1_000_000)
      let block = table.duration("block", in: .minutes(30) ... .hours(24))
      table.finish()
      let rate: FlexibilityProduct.Rate
      switch (energy, availability) {
      case (let price?, nil): rate = .energy(EnergyPrice(price))
      case (nil, let price?): rate = .availability(price)
      case (nil, nil), (_?, _?):
        table.error(
          "a product of \(table.name) needs one rate", at: "name",
          do: "give it price_per_kwh for energy, or price_per_kw_h for power held ready")
        return nil
      }
      guard let name, let direction else { return nil }
      return FlexibilityProduct(
        name: name, direction: direction, rate: rate, minimum: Kilowatts(minimum ?? 0),
        block: block ?? .minutes(30))
    }
  }
}
