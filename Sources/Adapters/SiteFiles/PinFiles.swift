import Devices
import SiteModel

/// A computer's header as a file of `boards/sbc` describes it.
struct PinHeader {
  /// What a pin reads while the computer starts, before anybody drives it.
  enum Pull: String, CaseIterable {
    case up, down
  }

  struct Pin {
    /// As printed on the board or in its manual: `37`, `P8_12`.
    var label: String
    var place: GPIOPin.Place
    var names: [String]
    /// Nil where nobody knows.
    var pull: Pull?
    /// What the computer itself needs it for.
    var reserved: String?
  }

  var title: String
  var pins: [Pin]

  static func read(_ root: TableReader, id: String) -> PinHeader? {
    let title = root.text("title", .required(example: #"title = "Maker Type""#))
    let chip = root.text("chip")
    _ = root.text("source", .required(example: #"source = "where this is documented""#))
    _ = root.flag("confirmed")
    let nodes = root.array("pins", .required(example: "pins = [{ pin = 3, line = 2 }]")) ?? []
    let pins = nodes.compactMap { Self.pin($0, chip: chip, root) }
    root.finish()
    guard let title, !pins.isEmpty else { return nil }
    return PinHeader(title: title, pins: pins)
  }

  private static func pin(_ node: TOMLNode, chip: String?, _ root: TableReader) -> Pin? {
    guard let row = root.table(node, "a pin") else { return nil }
    let label = row.node("pin", .required(example: "pin = 37")).flatMap { PinLabel.text($0, "'pin'", row) }
    let name = row.text("name")
    let line = row.wholeNumber("line", in: 0...4095)
    let chip = row.text("chip") ?? chip
    let names = (row.array("names") ?? []).compactMap { row.text($0, "a line's name") }
    let pull = row.choice("pull", of: Pull.self)
    let reserved = row.text("reserved")
    row.finish()
    guard let label else { return nil }
    let place: GPIOPin.Place
    switch (name, chip, line) {
    case (let name?, _, nil): place = .named(name)
    case (nil, let chip?, let line?): place = .offset(chip: chip, UInt32(line))
    case (_, _, _):
      row.log.error(
        "pin \(label) has neither 'name' nor 'chip' and 'line'", at: row.position,
        do: "give the line's name, or the chip's label and the line's number")
      return nil
    }
    return Pin(label: label, place: place, names: names, pull: pull, reserved: reserved)
  }
}

/// A kind of relay board for pins, as a file of `boards/relays` describes it.
struct RelayModule {
  enum Level: String, CaseIterable {
    case low, high
  }

  var title: String
  /// The level that closes a relay.
  var active: Level
  /// The pins it sits on, in channel order; empty when it is wired by hand.
  var pins: [String]

  static func read(_ root: TableReader, id: String) -> RelayModule? {
    let title = root.text("title", .required(example: #"title = "Maker Type""#))
    let active = root.choice("active", of: Level.self, .required(example: #"active = "low""#))
    let pins = (root.array("pins") ?? []).compactMap { PinLabel.text($0, "a pin", root) }
    _ = root.text("source", .required(example: #"source = "the board's manual""#))
    _ = root.flag("confirmed")
    root.finish()
    guard let title, let active else { return nil }
    return RelayModule(title: title, active: active, pins: pins)
  }
}

/// A pin's label, which is a number on most headers.
enum PinLabel {
  static func text(_ node: TOMLNode, _ what: String, _ table: TableReader) -> String? {
    if case .integer(let number) = node.value { return "\(number)" }
    return table.text(node, what)
  }
}
