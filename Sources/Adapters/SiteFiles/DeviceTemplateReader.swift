import Devices
import Quantities
import SiteModel

/// A file of `boards/meters`. Keys are explained in docs/meters.md.
enum DeviceTemplateReader {
  private enum WordOrder: String, CaseIterable {
    case highFirst = "high-first"
    case lowFirst = "low-first"
  }

  private enum Unit: String, CaseIterable {
    case watt = "W"
    case kilowatt = "kW"
    case wattHour = "Wh"
    case kilowattHour = "kWh"
    case volt = "V"
    case ampere = "A"
    case hertz = "Hz"
    case none = "1"
    case percent = "%"

    /// The quantity's own unit, and how many of it one of this is.
    var meaning: (unit: String, factor: Double) {
      switch self {
      case .watt: ("kW", 0.001)
      case .kilowatt: ("kW", 1)
      case .wattHour: ("kWh", 0.001)
      case .kilowattHour: ("kWh", 1)
      case .volt: ("V", 1)
      case .ampere: ("A", 1)
      case .hertz: ("Hz", 1)
      case .none: ("", 1)
      case .percent: ("", 0.01)
      }
    }
  }

  /// What holds for every field that does not say otherwise.
  private struct Defaults {
    var table: RegisterTable
    var isLowWordFirst: Bool
    /// Whether the file names where its facts come from.
    var hasSource: Bool
  }

  static func read(_ root: TableReader, id: String) -> DeviceTemplate? {
    let title = root.text("title", .required(example: #"title = "Maker Type""#))
    let kind = root.choice("kind", of: DeviceTemplate.Kind.self) ?? .meter
    let table = root.choice("table", of: RegisterTable.self) ?? .holding
    let order = root.choice("word_order", of: WordOrder.self) ?? .highFirst
    let source = root.text("source")
    _ = root.flag("confirmed")
    _ = root.text("note")
    let defaults = Defaults(table: table, isLowWordFirst: order == .lowFirst, hasSource: source != nil)
    let layout = Self.layout(root, defaults)
    let identity = root.has("identity") ? Self.identity(root.table("identity"), defaults) : nil
    let serial = root.has("serial") ? SerialReader.read(root.table("serial")) : nil
    let counterStep = root.number("counter_resolution_kwh", in: 0.000_001...1000)
    let powerStep = root.number("power_resolution_kw", in: 0.000_001...1000)
    let examples = (root.tables("examples") ?? []).compactMap(Self.example)
    root.finish()
    guard let title, let layout else { return nil }
    return DeviceTemplate(
      id: id, title: title, kind: kind, layout: layout, identity: identity, serial: serial,
      counterResolution: KilowattHours(counterStep ?? 0.01),
      powerResolution: Kilowatts(powerStep ?? 0.001), examples: examples)
  }

  private static func layout(_ root: TableReader, _ defaults: Defaults) -> DeviceTemplate.Layout? {
    guard root.has("models") else {
      return Self.registers(root, addressKey: "address", defaults).map(DeviceTemplate.Layout.fixed)
    }
    root.refuse("fields", because: "stand beside models", do: "put them into the [[models]] they belong to")
    let layouts = (root.tables("models") ?? []).map { table -> SunSpecLayout? in
      let ids = table.array("ids", .required(example: "ids = [203]")) ?? []
      let models = ids.compactMap { table.number($0, "a model's ID", in: 1...65534) }.compactMap {
        UInt16(exactly: $0)
      }
      let layout = Self.registers(table, addressKey: "offset", defaults)
      table.finish()
      guard let layout, !models.isEmpty else { return nil }
      return SunSpecLayout(models: models, layout: layout)
    }
    let known = layouts.compactMap(\.self)
    return known.count == layouts.count && !known.isEmpty ? .sunSpec(known) : nil
  }

  private static func registers(_ table: TableReader, addressKey: String, _ defaults: Defaults)
    -> RegisterLayout?
  {
    let longest = table.wholeNumber("longest_read", in: 1...RegisterRequest.largestCount)
    let spans = (table.array("readable") ?? []).compactMap { node -> ReadableSpan? in
      guard let row = table.table(node, "a readable span") else { return nil }
      let from = row.wholeNumber("from", in: 0...65535, .required(example: "from = 0x0034"))
      let count = row.wholeNumber(
        "count", in: 1...RegisterRequest.largestCount, .required(example: "count = 24"))
      let where_ = row.choice("table", of: RegisterTable.self) ?? defaults.table
      row.finish()
      guard let from, let count else { return nil }
      return ReadableSpan(table: where_, range: from..<from + count)
    }
    let fieldsTable = table.table("fields")
    var fields: [RegisterField] = []
    var isComplete = true
    for quantity in DeviceQuantity.allCases where fieldsTable.has(quantity.rawValue) {
      let row = fieldsTable.table(quantity.rawValue)
      if let field = Self.field(quantity, row, addressKey: addressKey, defaults) {
        fields.append(field)
      } else {
        isComplete = false
      }
    }
    fieldsTable.finish()
    if isComplete, !fields.contains(where: { $0.quantity == .power }) {
      fieldsTable.log.error(
        "\(table.name) has no field 'power'", at: fieldsTable.position,
        do: "every device has an active power; add [fields.power]")
      return nil
    }
    return isComplete
      ? RegisterLayout(fields: fields, spans: spans, longestRead: longest ?? RegisterRequest.largestCount)
      : nil
  }

  private static func field(
    _ quantity: DeviceQuantity, _ row: TableReader, addressKey: String, _ defaults: Defaults
  ) -> RegisterField? {
    let address = row.wholeNumber(
      addressKey, in: 0...65535, .required(example: "\(addressKey) = 0x0034"))
    let type = row.choice("type", of: RegisterType.self, .required(example: #"type = "int32""#))
    let unit = row.choice("unit", of: Unit.self) ?? (quantity.unit.isEmpty ? Unit.none : nil)
    let scale = row.number("scale", in: -1_000_000...1_000_000) ?? 1
    let table = row.choice("table", of: RegisterTable.self) ?? defaults.table
    let order = row.choice("word_order", of: WordOrder.self)
    let factor = row.wholeNumber("scale_factor", in: 0...65535).flatMap(UInt16.init(exactly:))
    let isOptional = row.flag("optional") ?? false
    let codes = (row.array("absent") ?? []).compactMap { node -> UInt64? in
      guard case .integer(let code) = node.value else {
        row.log.error("an absent code is a whole number", at: node.position, do: "write it as in 0x8000")
        return nil
      }
      return UInt64(bitPattern: code)
    }
    let source = row.text("source")
    _ = row.flag("confirmed")
    row.finish()
    if source == nil, !defaults.hasSource {
      row.log.error(
        "\(row.name) has no 'source'", at: row.position, do: "say where its registers are documented")
    }
    guard let unit, unit.meaning.unit == quantity.unit else {
      row.log.error(
        "\(row.name) needs a 'unit' of \(quantity.unit.isEmpty ? "1 or %" : quantity.unit)", at: row.position,
        do: "power is W or kW, energy Wh or kWh, voltage V, current A, frequency Hz")
      return nil
    }
    if scale == 0 {
      row.error("'scale' is 0", at: "scale", do: "give what one count means, such as 0.1")
    }
    guard let address, let type, let first = UInt16(exactly: address), scale != 0 else { return nil }
    guard address + type.registerCount <= 0x10000 else {
      row.error("the value would end beyond the last register", at: addressKey, do: "check the address")
      return nil
    }
    return RegisterField(
      quantity: quantity, table: table, address: first, type: type,
      isLowWordFirst: order.map { $0 == .lowFirst } ?? defaults.isLowWordFirst,
      scale: scale * unit.meaning.factor, scaleFactor: factor, isOptional: isOptional, absentCodes: codes)
  }

  private static func identity(_ table: TableReader, _ defaults: Defaults) -> DeviceTemplate.Identity? {
    let address = table.wholeNumber("address", in: 0...65535, .required(example: "address = 0x000B"))
    let where_ = table.choice("table", of: RegisterTable.self) ?? defaults.table
    let values = (table.array("values", .required(example: "values = [345]")) ?? []).compactMap {
      table.number($0, "a value of the identity", in: 0...65535).flatMap { UInt16(exactly: $0) }
    }
    table.finish()
    guard let address = address.flatMap(UInt16.init(exactly:)), !values.isEmpty else { return nil }
    return DeviceTemplate.Identity(table: where_, address: address, values: values)
  }

  private static func example(_ table: TableReader) -> DeviceTemplate.Example? {
    var image = RegisterImage()
    for kind in RegisterTable.allCases {
      for node in table.array(kind.rawValue) ?? [] {
        guard let row = table.table(node, "registers of an example") else { continue }
        let address = row.wholeNumber("at", in: 0...65535, .required(example: "at = 0x0034"))
        let words = row.array("words", .required(example: "words = [0x44FA, 0x0000]")) ?? []
        row.finish()
        guard let address else { continue }
        for (index, word) in words.prefix(256).enumerated() {
          guard let value = row.number(word, "a register", in: 0...65535) else { continue }
          image.set(UInt16(exactly: value) ?? 0, at: address + index, in: kind)
        }
      }
    }
    var shows: [DeviceQuantity: Double?] = [:]
    let readings = table.table("shows")
    for quantity in DeviceQuantity.allCases where readings.has(quantity.rawValue) {
      shows[quantity] = readings.number(quantity.rawValue, in: -1e12...1e12)
    }
    readings.finish()
    for node in table.array("lacks") ?? [] {
      guard let name = table.text(node, "a quantity"), let quantity = DeviceQuantity(rawValue: name) else {
        continue
      }
      shows[quantity] = .some(nil)
    }
    table.finish()
    return DeviceTemplate.Example(image: image, shows: shows)
  }
}

/// Settings of a serial line: `{ baud = 9600, parity = "none", stop_bits = 1 }`.
enum SerialReader {
  static let bauds = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115_200]

  static func read(_ table: TableReader) -> SerialSettings? {
    let settings = Self.settings(table)
    table.finish()
    return settings
  }

  /// The same keys where others stand beside them.
  static func settings(_ table: TableReader) -> SerialSettings? {
    let baud = table.wholeNumber("baud", in: 1200...115_200)
    let parity = table.choice("parity", of: SerialSettings.Parity.self) ?? .none
    let stopBits = table.wholeNumber("stop_bits", in: 1...2) ?? 1
    if let baud, !Self.bauds.contains(baud) {
      table.error(
        "'baud' is \(baud), which no serial port is set to", at: "baud",
        do: "use one of \(Self.bauds.map(String.init).joined(separator: ", "))")
      return nil
    }
    return SerialSettings(baud: baud ?? 9600, parity: parity, stopBits: stopBits)
  }
}

/// A file of `boards/modbus-relays`.
enum RelayBoardTemplateReader {
  static func read(_ root: TableReader, id: String) -> RelayBoardTemplate? {
    let title = root.text("title", .required(example: #"title = "Maker Type""#))
    let channels = root.wholeNumber("channels", in: 1...64, .required(example: "channels = 8"))
    let first = root.wholeNumber("first_coil", in: 0...65000) ?? 0
    let serial = root.has("serial") ? SerialReader.read(root.table("serial")) : nil
    _ = root.text("source", .required(example: #"source = "the maker's manual""#))
    _ = root.flag("confirmed")
    _ = root.text("note")
    root.finish()
    guard let title, let channels, let first = UInt16(exactly: first) else { return nil }
    return RelayBoardTemplate(id: id, title: title, channels: channels, firstCoil: first, serial: serial)
  }
}
