/// One line per event on standard error: a fixed text, then `key=value`. The number in angle brackets is the journal's
/// priority, left out on a terminal.
public struct Log: Sendable {
  public enum Level: Int, Sendable, Comparable {
    /// A person must act.
    case error = 3
    /// Degraded, and handled.
    case warning = 4
    /// Start, stop, mode, relay switched.
    case notice = 5
    /// At most once a minute.
    case info = 6
    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  private let hasPriorities: Bool

  public init() { self.hasPriorities = !Terminal.isInteractive }

  public func callAsFunction(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, String> = [:]) {
    var line = self.hasPriorities ? "<\(level.rawValue)>\(event)" : event
    for (key, value) in fields { line += " \(key)=\(Self.quoted(value))" }
    Terminal.writeError(line + "\n")
  }

  private static func quoted(_ value: String) -> String {
    let plain = value.unicodeScalars.allSatisfy { $0 > " " && $0 != "\"" && $0 != "\\" && $0 != "=" }
    if plain && !value.isEmpty { return value }
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case let control where control < " ": text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
