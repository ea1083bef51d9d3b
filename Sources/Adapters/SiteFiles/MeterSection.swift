import Devices
import Quantities
import SiteModel

/// `[[meters]]`.
enum MeterSection {
  /// One entry per table of the file, nil where it has errors. `banks` are those of the file, nil where unknown.
  static func read(
    _ root: TableReader, banks: [Placed<RigBank>?], buses: [Placed<Bus>?], folder: SiteFolder
  ) -> [Placed<Meter>?] {
    guard let tables = root.tables("meters") else { return [nil] }
    return tables.map { table in
      let name = table.identifier("name", .required(example: #"name = "main""#))
      let subject = Self.subject(table, banks: banks.map { $0?.value.name })
      let counterStep = table.number("counter_resolution_kwh", in: 0.000_001...1000)
      let powerStep = table.number("power_resolution_kw", in: 0.000_001...1000)
      let wiring = BusSections.wiring(table, buses: buses, folder: folder)
      table.finish()
      guard let name, let subject else { return nil }
      var meter = Meter(name: name, subject: subject, wiring: wiring)
      if let template = wiring?.template {
        meter.counterResolution = template.counterResolution
        meter.powerResolution = template.powerResolution
      }
      if let counterStep { meter.counterResolution = KilowattHours(counterStep) }
      if let powerStep { meter.powerResolution = Kilowatts(powerStep) }
      return Placed(value: meter, table: table)
    }
  }

  private static func subject(_ table: TableReader, banks: [String?]) -> Meter.Subject? {
    guard let text = table.text("measures", .required(example: #"measures = "grid""#)) else { return nil }
    switch text {
    case "grid": return .grid
    case "generation": return .generation
    case _ where text.hasPrefix("bank:"):
      let name = String(text.dropFirst(5))
      if let index = banks.firstIndex(of: name) { return .bank(index) }
      // With a bank that could not be read, the name may well be right.
      if banks.contains(nil) { return nil }
      let known = banks.compactMap(\.self)
      let remedy =
        Spelling.nearest(to: name, among: known).map { "did you mean \"bank:\($0)\"?" }
        ?? (known.isEmpty ? "add the bank" : "name one of \(known.joined(separator: ", "))")
      table.error("'measures' names the bank \"\(name)\", which does not exist", at: "measures", do: remedy)
    case _:
      table.error(
        "'measures' is \"\(text)\", which is not known", at: "measures",
        do: "write \"grid\", \"generation\" or \"bank:\" and a bank's name")
    }
    return nil
  }
}
