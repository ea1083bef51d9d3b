import Cryptography
import Glibc
import LinuxHost
import SiteModel

/// The certificate of the web interface: the site file's, or one that the site makes for itself and renews before it ends.
enum WebCertificate {
  struct Unusable: Error, CustomStringConvertible { let description: String }

  /// Under which names others reach the site: those of the site file, the computer's own, loopback, and where it listens.
  static func names(of web: WebSettings) -> [String] {
    var own: [String] = []
    var buffer = [CChar](repeating: 0, count: 256)
    if gethostname(&buffer, buffer.count - 1) == 0 {
      let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        .lowercased()
      if ServerCertificate.isName(name) { own = name.contains(".") ? [name] : [name, name + ".local"] }
    }
    let host = ["0.0.0.0", "::"].contains(web.listen.host) ? [] : [web.listen.host]
    var names: [String] = []
    for name in web.names + own + host + ["localhost", "127.0.0.1", "::1"] where !names.contains(name) {
      if ServerCertificate.isName(name) { names.append(name) }
    }
    return names
  }

  /// Makes one where there is none that is good.
  static func load(_ web: WebSettings, _ paths: SitePaths) throws -> (certificate: String, key: String) {
    if let files = web.files {
      let certificate = String(decoding: try readFile(files.certificate, limit: 64 << 10), as: UTF8.self)
      guard let key = try SecretFile.read(files.key) else {
        throw Unusable(description: "\(files.key), the key of [web], is not there")
      }
      return (certificate, key)
    }
    let names = Self.names(of: web)
    let now = time(nil)
    if let certificate = try? readFile(paths.webCertificate, limit: 64 << 10),
      let key = try SecretFile.read(paths.webKey)
    {
      let text = String(decoding: certificate, as: UTF8.self)
      if ServerCertificate.isGood(text, for: names, now: now) { return (text, key) }
    }
    guard let made = ServerCertificate(for: names, now: now) else {
      throw Unusable(description: "no certificate can be made for \(names.joined(separator: ", "))")
    }
    try replaceServiceFile(paths.webKey, made.keyPEM)
    try replaceServiceFile(paths.webCertificate, made.certificatePEM)
    return (made.certificatePEM, made.keyPEM)
  }
}
