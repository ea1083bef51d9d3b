import LinuxHost
import SiteModel

/// Where a running site keeps its record and answers questions.
struct SitePaths: Sendable {
  let folder: String
  let database: String
  /// The key that signs the log.
  let key: String
  /// What is kept of the web interface's password and tokens.
  let access: String
  /// The certificate that the web interface makes for itself, and its key.
  let webCertificate: String
  let webKey: String
  /// Where the last good answers of feeds are kept.
  let feeds: String
  /// Past days that were computed.
  let history: String
  /// Who may open it may ask; the folder's permissions decide that.
  let socket: String
  /// Where the relay holder listens.
  let relays: String
  /// Alarms that stand, and messages that wait.
  let alarms: String

  /// `data` is the folder named on the command line; otherwise the site file's, otherwise the system's.
  init(site: Site, data: String?) {
    let name = String(site.name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    let database: String
    if let data {
      database = "\(data)/\(name).sqlite"
    } else {
      database = site.storage.path ?? "/var/lib/rigshift/\(name).sqlite"
    }
    self.database = database
    let stem = database.hasSuffix(".sqlite") ? String(database.dropLast(7)) : database
    self.key = stem + ".key"
    self.access = stem + ".access"
    self.feeds = stem + "-feeds"
    self.history = stem + "-history.sqlite"
    self.webCertificate = stem + ".web.crt"
    self.webKey = stem + ".web.key"
    self.alarms = stem + "-alarms.json"
    self.socket = database + ".socket"
    self.relays = database + ".relays"
    self.folder = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
  }
}
