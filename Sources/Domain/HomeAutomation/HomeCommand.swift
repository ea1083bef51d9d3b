/// What a command is for.
public enum HomeTarget: Sendable, Hashable {
  case rig(String)
  case bank(String, rigs: Int)
}

/// What a message asks for.
public struct HomeCommand: Sendable, Hashable {
  public enum Wish: Sendable, Hashable {
    /// Holds a rig on or off, or so many rigs of a bank.
    case hold(String)
    /// Ends what holds it.
    case automatic
  }

  /// The name of a rig or a bank.
  public let target: String
  public let wish: Wish

  public init(target: String, wish: Wish) {
    self.target = target
    self.wish = wish
  }

  /// The wish as it was sent, in small letters.
  public var word: String {
    switch self.wish {
    case .hold(let level): level
    case .automatic: "auto"
    }
  }

  /// Why a message is no command.
  public enum Ignored: String, Error, Sendable, Hashable, CaseIterable {
    /// Kept by the broker, it would switch again at every connection, however old it is.
    case retained = "it was retained by the broker"
    case oversized = "it is longer than any command"
    case unknownTarget = "it is for no rig or bank of the site"
    case meaningless = "it says neither ON, OFF, AUTO nor, for a bank, a number of its rigs"
    case notEnabled = "commands are not enabled in the site file"
    case tooMany = "more commands come than a site takes"
  }

  /// The longest command with room around it.
  public static let maximumBytes = 32

  /// Reads one message; `targets` says what each topic commands.
  static func read(_ message: MQTTMessage, _ targets: [String: HomeTarget]) -> Result<HomeCommand, Ignored> {
    guard !message.isRetained else { return .failure(.retained) }
    guard message.payload.count <= Self.maximumBytes else { return .failure(.oversized) }
    guard let target = targets[message.topic] else { return .failure(.unknownTarget) }
    let word = String(decoding: message.payload, as: UTF8.self).uppercased()
    let name =
      switch target {
      case .rig(let name), .bank(let name, _): name
      }
    switch (target, word) {
    case (_, "AUTO"): return .success(HomeCommand(target: name, wish: .automatic))
    case (_, "ON"): return .success(HomeCommand(target: name, wish: .hold("on")))
    case (_, "OFF"): return .success(HomeCommand(target: name, wish: .hold("off")))
    case (.bank(_, let rigs), _):
      guard let count = Self.count(word), count <= rigs else { return .failure(.meaningless) }
      return .success(HomeCommand(target: name, wish: .hold("\(count)")))
    case (.rig, _): return .failure(.meaningless)
    }
  }

  /// A whole number as Home Assistant writes one: `3` or `3.0`.
  private static func count(_ word: String) -> Int? {
    let digits = word.hasSuffix(".0") ? word.dropLast(2) : word[...]
    guard !digits.isEmpty, digits.utf8.count <= 6, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(digits)
  }
}

/// A message as a broker hands it over.
public struct MQTTMessage: Sendable, Hashable {
  public let topic: String
  public let payload: [UInt8]
  /// Whether it was kept by the broker from before.
  public let isRetained: Bool
  public init(topic: String, payload: [UInt8], isRetained: Bool) {
    self.topic = topic
    self.payload = payload
    self.isRetained = isRetained
  }
}
