public import SiteModel

/// The names under which a site appears at its broker.
public struct HomeTopics: Sendable, Hashable {
  let base: String
  let discoveryPrefix: String

  public init(_ settings: MQTTSettings) {
    self.base = settings.baseTopic
    self.discoveryPrefix = settings.discoveryPrefix
  }

  /// `online` or `offline`, the latter also as the last will.
  public var availability: String { "\(self.base)/availability" }

  /// What tells this site from others: part of every unique identifier, and the client's name at the broker.
  public var node: String { self.base.replacing("/", with: "_") }

  /// What a site listens to for commands.
  var commands: [String] { ["\(self.base)/rig/+/set", "\(self.base)/bank/+/set"] }

  /// All descriptions of this site, also those that it no longer publishes.
  var descriptions: String { "\(self.discoveryPrefix)/+/\(self.node)/+/config" }

  func isDescription(_ topic: String) -> Bool {
    let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
    let prefix = self.discoveryPrefix.split(separator: "/", omittingEmptySubsequences: false)
    return levels.count == prefix.count + 4 && levels.starts(with: prefix)
      && levels[prefix.count + 1] == self.node && levels.last == "config"
  }

  func description(_ component: String, _ object: String) -> String {
    "\(self.discoveryPrefix)/\(component)/\(self.node)/\(object)/config"
  }

  func rig(_ name: String, _ leaf: String) -> String { "\(self.base)/rig/\(name)/\(leaf)" }
  func bank(_ name: String, _ leaf: String) -> String { "\(self.base)/bank/\(name)/\(leaf)" }
  func meter(_ name: String, _ leaf: String) -> String { "\(self.base)/meter/\(name)/\(leaf)" }
  func site(_ leaf: String) -> String { "\(self.base)/site/\(leaf)" }

  /// A name in the letters Home Assistant allows in identifiers, different for every name: `_` is doubled and any other
  /// letter becomes its number in hexadecimal between `_` and `-`.
  static func identifier(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-": text.unicodeScalars.append(scalar)
      case "_": text += "__"
      default: text += "_\(String(scalar.value, radix: 16))-"
      }
    }
    return text
  }
}
