import Quantities
import SiteModel

/// `[mqtt]`.
enum MQTTSection {
  /// `site` is the site's name, from which topics are named unless the section names them.
  static func read(_ table: TableReader, site: String?, _ folder: SiteFolder) -> MQTTSettings? {
    let broker = table.address("broker", .required(example: #"broker = "192.168.1.10:8883""#))
    let version = table.choice("version", of: MQTTSettings.Version.self)
    let tls = Self.tls(table, folder)
    let username = table.text("username")
    let passwordFile = table.text("password_file").map(folder.resolve)
    let base = Self.topic("base_topic", table)
    let prefix = Self.topic("discovery_prefix", table)
    let isDiscoverable = table.flag("discovery")
    let acceptsCommands = table.flag("commands")
    let hold = table.duration("command_hold", in: .minutes(1) ... .hours(7 * 24))
    let interval = table.duration("interval", in: .seconds(1) ... .hours(1))
    table.finish()
    self.checkUser(username, passwordFile, table)
    guard let broker, let topic = base ?? Self.topic(of: site, table) else { return nil }
    self.checkEncryption(broker, tls, passwordFile, table)
    var settings = MQTTSettings(broker: broker, baseTopic: topic)
    settings.tls = tls
    settings.username = username
    settings.passwordFile = passwordFile
    if let version { settings.version = version }
    if let prefix { settings.discoveryPrefix = prefix }
    if let isDiscoverable { settings.isDiscoverable = isDiscoverable }
    if let acceptsCommands { settings.acceptsCommands = acceptsCommands }
    if let hold { settings.commandHold = hold }
    if let interval { settings.interval = interval }
    return settings
  }

  private static func tls(_ table: TableReader, _ folder: SiteFolder) -> MQTTSettings.TLS? {
    let isWanted = table.flag("tls")
    let authorities = table.text("ca_file").map(folder.resolve)
    let certificate = table.text("cert_file").map(folder.resolve)
    let key = table.text("key_file").map(folder.resolve)
    if (certificate == nil) != (key == nil) {
      table.error(
        "'cert_file' and 'key_file' belong together", at: certificate == nil ? "key_file" : "cert_file",
        do: certificate == nil ? "add cert_file with the certificate" : "add key_file with its key")
    }
    let files = ["ca_file", "cert_file", "key_file"].filter { table.has($0) }
    guard isWanted != false else {
      for file in files {
        table.error("'\(file)' is of no use with tls = false", at: file, do: "set tls = true, or remove it")
      }
      return nil
    }
    guard isWanted == true || !files.isEmpty else { return nil }
    var identity: MQTTSettings.Identity?
    if let certificate, let key { identity = .init(certificate: certificate, key: key) }
    return MQTTSettings.TLS(authorities: authorities, identity: identity)
  }

  private static func checkUser(_ username: String?, _ passwordFile: String?, _ table: TableReader) {
    guard passwordFile != nil, username == nil else { return }
    table.error(
      "'password_file' is of no use without a user", at: "password_file",
      do: #"add a line such as: username = "rigshift""#)
  }

  private static func checkEncryption(
    _ broker: HostPort, _ tls: MQTTSettings.TLS?, _ passwordFile: String?, _ table: TableReader
  ) {
    guard tls == nil, passwordFile != nil, !broker.isLoopback else { return }
    table.warning(
      "the password crosses the network to \(broker) without encryption", at: "password_file",
      do: "set tls = true, with the broker's port for TLS and, for an authority of your own, ca_file")
  }

  /// Levels of letters, digits, `-` and `_`, with `/` between them.
  private static func topic(_ key: String, _ table: TableReader) -> String? {
    guard let text = table.text(key) else { return nil }
    let levels = text.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = levels.allSatisfy { level in
      !level.isEmpty
        && level.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
            || $0 == UInt8(ascii: "_")
        }
    }
    guard isPlain, text.utf8.count <= 100 else {
      table.error(
        "'\(key)' is \"\(text)\", which is not a plain topic", at: key,
        do: "use up to 100 letters, digits, '-' and '_' with '/' between levels, such as \"rigshift/home\"")
      return nil
    }
    return text
  }

  private static func topic(of site: String?, _ table: TableReader) -> String? {
    guard let site, !table.has("base_topic") else { return nil }
    if let topic = MQTTSettings.topic(forSite: site) { return topic }
    table.log.error(
      "the site's name has no letters that a topic can have", at: table.position,
      do: #"add a line such as: base_topic = "rigshift/home""#)
    return nil
  }
}
