import SiteModel

/// `[emergency_stop]`.
enum EmergencyStopSection {
  private enum Contact: String, CaseIterable {
    case normallyClosed = "normally-closed"
    case normallyOpen = "normally-open"
  }

  static func read(_ table: TableReader, folder: SiteFolder) -> EmergencyStop? {
    let computer = table.text("computer", .required(example: #"computer = "raspberry-pi-4""#))
    let label = table.node("pin", .required(example: "pin = 32")).flatMap {
      PinLabel.text($0, "'pin'", table)
    }
    let contact = table.choice("contact", of: Contact.self) ?? .normallyClosed
    table.finish()
    guard let computer, let label,
      let header = RelayBoardSection.load(
        computer, "sbc", key: "computer", folder, table,
        { path throws(SiteFileProblems) in try TemplateFiles.header(path: path) })
    else { return nil }
    guard let pin = header.pins.first(where: { $0.label == label }) else {
      table.error(
        "\(header.title) has no pin \(label)", at: "pin",
        do: "it has \(header.pins.filter { $0.reserved == nil }.map(\.label).joined(separator: ", "))")
      return nil
    }
    if let reserved = pin.reserved {
      table.error(
        "pin \(label) of \(header.title) is not free: \(reserved)", at: "pin", do: "use another pin")
      return nil
    }
    return EmergencyStop(
      pin: GPIOPin(title: "pin \(label)", place: pin.place, names: pin.names, isActiveLow: false),
      isNormallyClosed: contact == .normallyClosed)
  }
}
