import Certificates
import Cryptography
import Glibc
import LinuxHost
import SiteModel

/// Why a site cannot sign its log, in one sentence.
struct SiteKeyError: Error, CustomStringConvertible {
  let description: String
}

/// The site's key, in a file of its own beside the record, or a credential that systemd hands over.
enum SiteKey {
  /// What a service unit calls the credential: `LoadCredential=rigshift.key:...`.
  private static let credential = "rigshift.key"

  /// Who signs the log of which `head` is the end. Makes a key for a log that does not exist yet, and never for one that
  /// does: its entries could not be continued under another.
  static func identity(of site: Site, paths: SitePaths, head: LogHead?) throws -> LogIdentity {
    let path = Self.path(paths)
    let key = try Self.load(path)
    if let head {
      guard let key else {
        throw SiteKeyError(
          description:
            "\(path) is missing, and only the key in it can continue the log in \(paths.database); "
            + "put the key back, or move the record away to begin a new one")
      }
      guard key.publicKey == head.publicKey else {
        throw SiteKeyError(
          description: "the key in \(path) did not sign the log in \(paths.database); "
            + "put the right key back, or move the record away to begin a new one")
      }
      return LogIdentity(siteName: site.name, key: key)
    }
    if let key { return LogIdentity(siteName: site.name, key: key) }
    let made = Ed25519PrivateKey.generate()
    try SecretFile.create(path, made.pem)
    return LogIdentity(siteName: site.name, key: made)
  }

  /// The key, nil when there is none yet.
  static func load(_ path: String) throws -> Ed25519PrivateKey? {
    guard let text = try SecretFile.read(path) else { return nil }
    guard let key = Ed25519PrivateKey(pem: text) else {
      throw SiteKeyError(description: "\(path) holds no Ed25519 private key in PEM form")
    }
    return key
  }

  static func path(_ paths: SitePaths) -> String {
    guard let folder = getenv("CREDENTIALS_DIRECTORY") else { return paths.key }
    let handed = String(cString: folder) + "/" + Self.credential
    return access(handed, R_OK) == 0 ? handed : paths.key
  }
}
