public import SiteModel

/// What a controller asks of the relay holder: one line, answered by one line.
public enum HolderRequest: Sendable, Hashable {
  /// The first line of a connection: the digest of the controller's relay table.
  case hello(String)
  case command(RigID, closed: Bool)
  /// A tick is complete.
  case heartbeat
  /// What every line shows.
  case levels
  /// The controller leaves: policy now.
  case policy

  public var line: String {
    switch self {
    case .hello(let digest): "hello \(digest)"
    case .command(let rig, let closed): "set \(rig.bank) \(rig.rig) \(closed ? 1 : 0)"
    case .heartbeat: "beat"
    case .levels: "levels"
    case .policy: "policy"
    }
  }

  /// Nil for anything else.
  public init?(line: String) {
    let words = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
    switch (words.first, words.count) {
    case ("hello", 2): self = .hello(String(words[1]))
    case ("beat", 1): self = .heartbeat
    case ("levels", 1): self = .levels
    case ("policy", 1): self = .policy
    case ("set", 4):
      guard let bank = Int(words[1]), let rig = Int(words[2]), words[3] == "0" || words[3] == "1" else {
        return nil
      }
      self = .command(RigID(bank: bank, rig: rig), closed: words[3] == "1")
    case (_, _): return nil
    }
  }
}

/// What the holder answers.
public enum HolderReply: Sendable, Hashable {
  /// Closed lines per bank, and what happened since the last answer.
  case done(closedCounts: [Int], [OutputReport])
  /// Nothing was done; why.
  case refused(String)

  public var line: String {
    switch self {
    case .refused(let why): return "no \(why)"
    case .done(let counts, let reports):
      var line = "ok " + counts.map(String.init).joined(separator: ",")
      for report in reports {
        switch report {
        case .sent(let rig, let closed, let accepted):
          line += " s\(rig.bank).\(rig.rig).\(closed ? 1 : 0).\(accepted ? 1 : 0)"
        case .readBack(let rig, let closed): line += " r\(rig.bank).\(rig.rig).\(closed ? 1 : 0)"
        case .emergencyStop(let isPressed): line += " e\(isPressed ? 1 : 0)"
        }
      }
      return line
    }
  }

  /// Nil for anything else.
  public init?(line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    if words.first == "no" {
      self = .refused(words.dropFirst().joined(separator: " "))
      return
    }
    guard words.first == "ok", words.count >= 2 else { return nil }
    let counts = words[1].split(separator: ",").map { Int($0) }
    let reports = words.dropFirst(2).map(Self.report)
    let known = (counts.compactMap(\.self), reports.compactMap(\.self))
    guard known.0.count == counts.count, known.1.count == reports.count else { return nil }
    self = .done(closedCounts: known.0, known.1)
  }

  private static func report(_ word: Substring) -> OutputReport? {
    let numbers = word.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    let known = numbers.compactMap(\.self)
    if word == "e0" || word == "e1" { return .emergencyStop(word == "e1") }
    guard known.count == numbers.count, known.dropFirst(2).allSatisfy({ $0 == 0 || $0 == 1 }) else {
      return nil
    }
    switch (word.first, known.count) {
    case ("s", 4):
      return .sent(RigID(bank: known[0], rig: known[1]), closed: known[2] == 1, accepted: known[3] == 1)
    case ("r", 3): return .readBack(RigID(bank: known[0], rig: known[1]), closed: known[2] == 1)
    case (_, _): return nil
    }
  }
}
