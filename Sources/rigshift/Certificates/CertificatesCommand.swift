import Certificates
import JSONText
import LinuxHost
import PeerProtocol
import Ports
import Quantities
import SQLiteStore
import SiteModel

/// `rigshift certificates`: questions to a site's log, answered from its database without the controller.
enum CertificatesCommand {
  static let options: Set<String> = [
    "site", "data", "database", "from", "to", "kind", "limit", "key", "witness", "checkpoint", "output",
    "peer", "from-peer",
  ]

  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    switch arguments.words.first {
    case "list": return try CertificateListing.list(arguments)
    case "show": return try CertificateListing.show(arguments)
    case "checkpoint": return try CertificateListing.checkpoint(arguments)
    case "key": return try CertificateListing.key(arguments)
    case "verify": return try LogVerification.run(arguments)
    case "prove": return try ProofExport.prove(arguments)
    case "export": return try ProofExport.export(arguments)
    case "import": return try ChainImport.run(arguments)
    case "restore": return try await MirrorRestore.run(arguments)
    case let unknown:
      throw .init(
        message:
          "certificates \(unknown ?? ""): say list, show, verify, prove, export, import, restore, checkpoint or key"
      )
    }
  }
}

/// A log with where it lies.
struct OpenLog {
  let log: SQLiteLog
  let path: String
  /// The key file beside it, nil when the database was named itself.
  let keyPath: String?
  /// Nil when the database was named itself.
  let site: Site?
  /// For the mirror of a peer's log: whose it is, and what was cosigned of it here.
  let peer: (name: String, key: NodeID, cosigned: SignedNote?)?

  /// Opens the log a person named with `--database`, or the site's; says why not and returns nil.
  init?(_ arguments: Arguments) {
    if let path = arguments["database"] {
      self.init(path: path, keyPath: nil, site: nil)
    } else {
      guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return nil }
      let paths = SitePaths(site: site, data: arguments["data"])
      if let name = arguments["peer"] {
        self.init(mirrorOf: name, PeerPaths(paths))
        return
      }
      self.init(path: paths.database, keyPath: SiteKey.path(paths), site: site)
    }
  }

  private init?(mirrorOf name: String, _ paths: PeerPaths) {
    do throws(StoreError) {
      let store = try SQLitePeerStore(path: paths.database)
      guard let peer = try store.peers().first(where: { $0.name == name }) else {
        tell("no peer is called '\(name)'; `rigshift peer list` lists them")
        return nil
      }
      self.path = paths.mirror(of: peer.node)
      self.log = try SQLiteLog(path: self.path)
      let origin = try self.log.certificate(1).flatMap { Genesis($0.data) }?.origin
      self.peer = (
        name, peer.node, try origin.flatMap { (origin) throws(StoreError) in try store.witnessed(origin) }
      )
    } catch {
      tell("the mirror of \(name): \(error.text(path: paths.mirrors))")
      return nil
    }
    self.keyPath = nil
    self.site = nil
  }

  private init?(path: String, keyPath: String?, site: Site?) {
    do throws(StoreError) { self.log = try SQLiteLog(path: path) } catch {
      tell(error.text(path: path))
      return nil
    }
    self.path = path
    self.keyPath = keyPath
    self.site = site
    self.peer = nil
  }

  /// What the log's first entry says, nil for a log without a readable one.
  func genesis() throws(StoreError) -> Genesis? { try self.log.certificate(1).flatMap { Genesis($0.data) } }
}

/// One line for a person.
func tell(_ text: String) { Terminal.writeError("rigshift: \(text)\n") }

/// Runs a question to a log; a failure is told and ends with 1.
func answering(_ path: String, _ question: () throws(StoreError) -> Int32) -> Int32 {
  do throws(StoreError) { return try question() } catch {
    tell(error.text(path: path))
    return 1
  }
}

extension Arguments {
  /// A key such as `certificates key` prints.
  func noteKeys(_ option: String) throws(UsageError) -> [NoteKey] {
    var keys: [NoteKey] = []
    for text in self.all(option) {
      guard let key = NoteKey(text) else {
        throw UsageError(message: "--\(option) '\(text)' is no key: NAME+HASH+KEY")
      }
      keys.append(key)
    }
    return keys
  }

  /// A date of the site (its local midnight) or an instant; nil when the option is absent.
  func instant(_ option: String, zone: ZoneRules) throws(UsageError) -> UTCInstant? {
    guard let text = self[option] else { return nil }
    if let date = ISO8601.date(text) { return zone.day(date).start }
    guard let instant = ISO8601.instant(text) else {
      throw UsageError(
        message: "--\(option) is a date such as 2025-06-01 or a time such as 2025-06-01T00:00:00Z")
    }
    return instant
  }
}
