import Devices
import SiteModel

/// `[[relay_boards]]`: boards on a bus, and boards on pins of the computer.
enum RelayBoardSection {
  static func read(_ root: TableReader, buses: [Placed<Bus>?], folder: SiteFolder) -> [Placed<RelayBoard>?] {
    (root.tables("relay_boards") ?? []).map { table in
      let name = table.identifier("name", .required(example: #"name = "relays""#))
      let isOnPins = table.has("computer")
      let template = table.text(
        "template", .required(example: "template = \"\(isOnPins ? "active-low" : "waveshare-modbus-8")\""))
      let board =
        isOnPins
        ? Self.onPins(table, name: name, template: template, folder: folder)
        : Self.onBus(table, name: name, template: template, buses: buses, folder: folder)
      table.finish()
      return board.map { Placed(value: $0, table: table) }
    }
  }

  private static func onBus(
    _ table: TableReader, name: String?, template: String?, buses: [Placed<Bus>?], folder: SiteFolder
  ) -> RelayBoard? {
    for key in ["pins", "remedy"] {
      table.refuse(key, because: "belongs to a board on pins", do: "remove it, or name the 'computer'")
    }
    let place = BusSections.place(table, buses: buses)
    guard let template,
      let path = TemplateFiles.path(
        of: template, kind: "modbus-relays", folder: folder, table, key: "template")
    else { return nil }
    do throws(SiteFileProblems) {
      let described = try TemplateFiles.relayBoard(path: path)
      guard let name, let place else { return nil }
      return RelayBoard(
        name: name, title: described.title,
        attachment: .bus(BoardWiring(bus: place.bus, unit: place.unit, template: described)))
    } catch {
      BusSections.blame(template, error, table, key: "template")
      return nil
    }
  }

  private static func onPins(
    _ table: TableReader, name: String?, template: String?, folder: SiteFolder
  ) -> RelayBoard? {
    for key in ["bus", "unit"] {
      table.refuse(key, because: "belongs to a board on a bus", do: "remove it, or remove 'computer'")
    }
    let computer = table.text("computer", .required(example: #"computer = "raspberry-pi-4""#))
    let given = table.array("pins")?.compactMap { PinLabel.text($0, "a pin", table) }
    let remedy = table.text("remedy")
    guard let computer, let template,
      let header: PinHeader = Self.load(
        computer, "sbc", key: "computer", folder, table,
        { path throws(SiteFileProblems) in
          try TemplateFiles.header(path: path)
        }),
      let module: RelayModule = Self.load(
        template, "relays", key: "template", folder, table,
        { path throws(SiteFileProblems) in
          try TemplateFiles.relayModule(path: path)
        })
    else { return nil }
    if given != nil, !module.pins.isEmpty {
      table.error(
        "'pins' are given, but \(module.title) has pins of its own", at: "pins", do: "remove them")
      return nil
    }
    let labels = given ?? module.pins
    guard !labels.isEmpty else {
      table.log.error(
        "\(table.name) has no 'pins'", at: table.position,
        do: "name the pins of its relays in order, such as: pins = [29, 31]")
      return nil
    }
    guard let name else { return nil }
    let wiring = PinWiring(
      table: table, boardName: name, header: header, isActiveLow: module.active == .low,
      hasRemedy: remedy != nil)
    let pins = labels.enumerated().map { wiring.pin($1, channel: $0) }
    let known = pins.compactMap(\.self)
    guard known.count == pins.count else { return nil }
    return RelayBoard(name: name, title: "\(module.title) on \(header.title)", attachment: .pins(known))
  }

  static func load<Described>(
    _ name: String, _ kind: String, key: String, _ folder: SiteFolder, _ table: TableReader,
    _ read: (String) throws(SiteFileProblems) -> Described
  ) -> Described? {
    guard let path = TemplateFiles.path(of: name, kind: kind, folder: folder, table, key: key) else {
      return nil
    }
    do throws(SiteFileProblems) {
      return try read(path)
    } catch {
      BusSections.blame(name, error, table, key: key)
      return nil
    }
  }
}

/// Finds the pins of one relay board on a header, and refuses those that are no place for a relay.
private struct PinWiring {
  var table: TableReader
  var boardName: String
  var header: PinHeader
  var isActiveLow: Bool
  var hasRemedy: Bool

  func pin(_ label: String, channel: Int) -> GPIOPin? {
    let key = self.table.has("pins") ? "pins" : "template"
    guard let pin = self.header.pins.first(where: { $0.label == label }) else {
      let remedy =
        Spelling.nearest(to: label, among: self.header.pins.map(\.label)).map { "did you mean \($0)?" }
        ?? "it has \(self.header.pins.filter { $0.reserved == nil }.map(\.label).joined(separator: ", "))"
      self.table.error("\(self.header.title) has no pin \(label) for a relay", at: key, do: remedy)
      return nil
    }
    if let reserved = pin.reserved {
      self.table.error(
        "pin \(label) of \(self.header.title) is not free: \(reserved)", at: key, do: "use another pin")
      return nil
    }
    if !self.hasRemedy, let danger = self.danger(pin) {
      self.table.error(
        "pin \(label) of \(self.header.title) \(danger)", at: key,
        do: "mend it in hardware (pull resistor, supply enable, dead-man relay) and name it, such as: "
          + "remedy = \"10 kOhm pull-up on each input\"; or use another pin")
      return nil
    }
    return GPIOPin(
      title: "\(self.boardName)-\(channel + 1) (pin \(label))", place: pin.place, names: pin.names,
      isActiveLow: self.isActiveLow)
  }

  /// What the relay may do while nobody drives the pin.
  private func danger(_ pin: PinHeader.Pin) -> String? {
    switch pin.pull {
    case nil: "may close its relay while the computer starts: what it reads then is not known"
    case .up: self.isActiveLow ? nil : "closes its relay while the computer starts: it is pulled up"
    case .down: self.isActiveLow ? "closes its relay while the computer starts: it is pulled down" : nil
    }
  }
}
