import Quantities
import SiteModel

/// `soft_stop` of `[[banks]]`: how rigs are asked to stop before their relays open.
enum SoftStopSection {
  private static let minerPort = 4028

  /// Nil when it has errors.
  static func read(_ table: TableReader, rigs: Int?, minimumOff: Duration) -> SoftStop? {
    let drain = table.duration(
      "drain", in: .seconds(1) ... .minutes(15), .required(example: #"drain = "30 s""#))
    let miners = Self.miners(table)
    let request = table.text("request")
    let command = Self.command(table)
    table.finish()
    guard (miners == nil) != (command == nil) else {
      if !table.has("miners"), !table.has("command") {
        table.log.error(
          "nothing says how rigs are asked to stop", at: table.position,
          do: "give 'miners', the addresses of the rigs, or 'command', a program")
      } else if table.has("miners"), table.has("command") {
        table.error(
          "'miners' and 'command' are two ways of one thing", at: "command", do: "remove one of the two")
      }
      return nil
    }
    if let rigs, let miners, miners.count != rigs {
      table.error(
        "'miners' has \(miners.count) addresses for \(rigs) rigs", at: "miners",
        do: "give one per rig, in rig order")
    }
    if let request, !Self.isRequest(request) {
      table.error(
        "'request' is no command of a miner's API", at: "request",
        do: "write one word of up to 32 letters, such as \"quit\" or \"pause\"")
      return nil
    }
    if request != nil, miners == nil {
      table.error("'request' is for miners", at: "request", do: "remove it, or name the miners")
    }
    guard let drain else { return nil }
    guard minimumOff >= drain else {
      table.error(
        "a rig could be started again before it had time to stop", at: "drain",
        do: "make minimum_off at least \(DurationText.string(drain)), or the drain shorter")
      return nil
    }
    let way: SoftStop.Way? =
      miners.map { .miners($0, request: request ?? "quit") } ?? command.map { .command($0) }
    return way.map { SoftStop(way: $0, drain: drain) }
  }

  private static func isRequest(_ text: String) -> Bool {
    (1...32).contains(text.count) && text.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_") }
  }

  /// Nil when there are none, or a wrong one among them.
  private static func miners(_ table: TableReader) -> [HostPort]? {
    guard let nodes = table.array("miners") else { return nil }
    var miners: [HostPort] = []
    for (index, node) in nodes.enumerated() {
      guard let text = table.text(node, "entry \(index + 1) of 'miners'") else { return nil }
      let withPort = text.contains(":") ? text : "\(text):\(Self.minerPort)"
      guard let address = HostPort(withPort) else {
        table.log.error(
          "entry \(index + 1) of 'miners' is \"\(text)\", which is no address", at: node.position,
          do: "write a host such as \"192.168.1.31\", with another port than 4028 as \"192.168.1.31:4029\"")
        return nil
      }
      miners.append(address)
    }
    return miners
  }

  private static func command(_ table: TableReader) -> [String]? {
    guard let nodes = table.array("command") else { return nil }
    var words: [String] = []
    for (index, node) in nodes.enumerated() {
      guard let word = table.text(node, "word \(index + 1) of 'command'") else { return nil }
      words.append(word)
    }
    guard let program = words.first, program.hasPrefix("/"), words.count <= 32 else {
      table.error(
        "'command' does not begin with the path of a program", at: "command",
        do: "write the program and up to 31 arguments, such as [\"/usr/local/bin/stop-rig\", \"{rig}\"]")
      return nil
    }
    return words
  }
}
