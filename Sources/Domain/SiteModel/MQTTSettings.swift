/// The broker through which home automation sees the site, and what it may do.
public struct MQTTSettings: Sendable, Hashable {
  /// What a connection is encrypted with and proved by.
  public struct TLS: Sendable, Hashable {
    /// PEM of the authorities that are believed; nil believes those of the system.
    public var authorities: String?
    /// PEM of the certificate the site shows, and its key; nil shows none.
    public var identity: Identity?
    public init(authorities: String? = nil, identity: Identity? = nil) {
      self.authorities = authorities
      self.identity = identity
    }
  }

  public struct Identity: Sendable, Hashable {
    public var certificate: String
    public var key: String
    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  public enum Version: String, Sendable, Hashable, CaseIterable {
    case three = "3.1.1"
    /// The broker may be told how large a message may be at most.
    case five = "5"
  }

  public var broker: HostPort
  public var version = Version.five
  /// Nil sends everything as it is.
  public var tls: TLS?
  public var username: String?
  /// A file with the password, readable by its owner alone.
  public var passwordFile: String?
  /// Every topic of the site begins with it. Letters, digits, `-`, `_` and `/`.
  public var baseTopic: String
  /// Where Home Assistant looks for descriptions of devices.
  public var discoveryPrefix = "homeassistant"
  /// Whether the site describes itself there.
  public var isDiscoverable = true
  /// Whether messages may hold rigs on or off.
  public var acceptsCommands = false
  /// How long a command holds: an override ends by itself.
  public var commandHold = Duration.seconds(3600)
  /// A figure, such as a meter's power, is published at most this often. Switches and alarms are not held back.
  public var interval = Duration.seconds(10)

  public init(broker: HostPort, baseTopic: String) {
    self.broker = broker
    self.baseTopic = baseTopic
  }

  /// Of a site's name, what a topic may contain; nil when that is nothing.
  public static func topic(forSite name: String) -> String? {
    let words = name.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    return words.isEmpty ? nil : "rigshift/" + words.joined(separator: "-").prefix(60)
  }
}
