import Cryptography
import SiteModel

/// `[web]`.
enum WebSection {
  private static let mostNames = 16

  static func read(_ table: TableReader) -> WebSettings? {
    let listen = table.address("listen", .required(example: #"listen = "127.0.0.1:8080""#))
    let usesTLS = table.flag("tls")
    let names = Self.names(table)
    let certificate = table.text("certificate")
    let key = table.text("key")
    table.finish()
    guard let listen else { return nil }
    if !listen.isLoopback, usesTLS == false {
      table.error(
        "'tls' is false, but others on the network reach \(listen)", at: "tls",
        do: "take it out, or listen on loopback, such as \"127.0.0.1:8080\"")
    }
    if let present = certificate == nil ? key.map({ _ in "key" }) : key == nil ? "certificate" : nil {
      table.error(
        "'\(present)' is there without '\(present == "key" ? "certificate" : "key")'", at: present,
        do: "name both files, or neither, and the site makes a certificate of its own")
    }
    return WebSettings(
      listen: listen, usesTLS: usesTLS, names: names,
      files: certificate.flatMap { certificate in key.map { .init(certificate: certificate, key: $0) } })
  }

  private static func names(_ table: TableReader) -> [String] {
    let nodes = table.array("names") ?? []
    if nodes.count > Self.mostNames {
      table.error("'names' has more than \(Self.mostNames)", at: "names", do: "name those that are used")
    }
    return nodes.prefix(Self.mostNames).compactMap { node in
      guard let name = table.text(node, "a name in 'names'") else { return nil }
      guard ServerCertificate.isName(name) else {
        table.error(
          "'names' has \"\(name)\", which is no host name and no address", at: "names",
          do: "write names without http:// and port, such as \"site.local\" or \"192.168.1.20\"")
        return nil
      }
      return name.lowercased()
    }
  }
}
