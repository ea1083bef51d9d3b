import Devices
import Quantities
import SiteModel

/// `[[buses]]`, and what `[[meters]]` say of their wires.
enum BusSections {
  static func buses(_ root: TableReader) -> [Placed<Bus>?] {
    (root.tables("buses") ?? []).map { table in
      let name = table.identifier("name", .required(example: #"name = "rs485""#))
      let line = Self.line(table)
      let poll = table.duration("poll", in: .milliseconds(100)...(.seconds(60)))
      let answer = table.duration("answer_within", in: .milliseconds(20)...(.seconds(5)))
      table.finish()
      guard let name, let line else { return nil }
      var bus = Bus(name: name, line: line)
      if let poll { bus.poll = poll }
      if let answer { bus.answerWithin = answer }
      return Placed(value: bus, table: table)
    }
  }

  private static func line(_ table: TableReader) -> Bus.Line? {
    let path = table.text("serial")
    let address = table.address("tcp")
    let settings = SerialReader.settings(table)
    switch (path, address) {
    case (let path?, nil):
      guard path.hasPrefix("/") else {
        table.error(
          "'serial' is \"\(path)\", which is not a device", at: "serial",
          do: "give the port's path, such as \"/dev/serial/by-id/usb-FTDI_USB-RS485-if00-port0\"")
        return nil
      }
      if path.hasPrefix("/dev/ttyUSB") || path.hasPrefix("/dev/ttyACM") {
        table.warning(
          "'serial' is \"\(path)\", which may be another port after the next restart", at: "serial",
          do: "use its name under /dev/serial/by-id")
      }
      return settings.map { .serial(path: path, $0) }
    case (nil, let address?):
      for key in ["baud", "parity", "stop_bits"] {
        table.refuse(key, because: "belongs to a serial line", do: "remove it")
      }
      return .network(address)
    case (nil, nil):
      if !table.has("serial"), !table.has("tcp") {
        table.log.error(
          "\(table.name) has neither 'serial' nor 'tcp'", at: table.position,
          do: "add a line such as: tcp = \"192.168.1.20:502\"")
      }
      return nil
    case (_?, _?):
      table.error("a bus has 'serial' or 'tcp', not both", at: "tcp", do: "make them two buses")
      return nil
    }
  }

  /// The wires of a meter: nil when the file names none, or when they are wrong.
  static func wiring(_ table: TableReader, buses: [Placed<Bus>?], folder: SiteFolder) -> MeterWiring? {
    let isReversed = table.flag("reversed") ?? false
    let keys = ["bus", "unit", "template"]
    guard keys.contains(where: table.has) else { return nil }
    let place = Self.place(table, buses: buses)
    guard let name = table.text("template", .required(example: #"template = "eastron-sdm630""#)),
      let path = TemplateFiles.path(of: name, kind: "meters", folder: folder, table, key: "template")
    else { return nil }
    do throws(SiteFileProblems) {
      let template = try TemplateFiles.meter(path: path)
      guard let place else { return nil }
      return MeterWiring(bus: place.bus, unit: place.unit, template: template, isReversed: isReversed)
    } catch {
      Self.blame(name, error, table, key: "template")
      return nil
    }
  }

  /// Says where in a template's file its first problem is.
  static func blame(_ name: String, _ error: SiteFileProblems, _ table: TableReader, key: String) {
    guard let first = error.problems.first else { return }
    let place = first.position.map { ":\($0.line):\($0.column)" } ?? ""
    table.error(
      "'\(key)' is \"\(name)\", and \(name)\(place): \(first.what)", at: key, do: first.remedy)
  }

  static func place(_ table: TableReader, buses: [Placed<Bus>?]) -> (bus: Int, unit: UInt8)? {
    let name = table.text("bus", .required(example: #"bus = "rs485""#))
    let unit = table.wholeNumber("unit", in: 0...255, .required(example: "unit = 1"))
    guard let name else { return nil }
    guard let index = buses.firstIndex(where: { $0?.value.name == name }) else {
      // With a bus that could not be read, the name may well be right.
      if buses.contains(where: { $0 == nil }) { return nil }
      let known = buses.compactMap { $0?.value.name }
      let remedy =
        Spelling.nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
        ?? (known.isEmpty ? "add [[buses]]" : "name one of \(known.joined(separator: ", "))")
      table.error("'bus' names \"\(name)\", which does not exist", at: "bus", do: remedy)
      return nil
    }
    guard let unit, let number = UInt8(exactly: unit) else { return nil }
    if case .serial = buses[index]?.value.line, !(1...247).contains(unit) {
      table.error("'unit' is \(unit), which no device on a serial line has", at: "unit", do: "use 1 to 247")
      return nil
    }
    return (index, number)
  }
}
