/// What a miner's API says of a request. Firmware writes broken JSON often enough, so only the one member that matters is
/// looked for; nothing else of a reply is believed.
public enum MinerReply {
  /// What a request becomes on the wire.
  public static func request(_ command: String) -> [UInt8] { Array("{\"command\":\"\(command)\"}".utf8) }

  /// Whether the request was taken: true for success, information and warning, false for an error; nil where the reply does
  /// not say.
  public static func isAccepted(_ reply: [UInt8]) -> Bool? {
    let name = Array("\"STATUS\"".utf8)
    var verdict: Bool?
    var index = 0
    while let found = self.firstIndex(of: name, in: reply, from: index) {
      index = found + name.count
      var rest = reply[index...].drop { $0 == UInt8(ascii: " ") }
      guard rest.popFirst() == UInt8(ascii: ":") else { continue }
      rest = rest.drop { $0 == UInt8(ascii: " ") }
      guard rest.popFirst() == UInt8(ascii: "\""), let letter = rest.popFirst() else { continue }
      switch letter {
      case UInt8(ascii: "E"), UInt8(ascii: "F"): return false
      case UInt8(ascii: "S"), UInt8(ascii: "I"), UInt8(ascii: "W"): verdict = true
      case _: break
      }
    }
    return verdict
  }

  private static func firstIndex(of name: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= name.count else { return nil }
    return (start..<max(start, bytes.count - name.count + 1)).first { bytes[$0...].starts(with: name) }
  }
}
