import Quantities
import SiteModel

/// `[peers]` and `[peers.grid_compatible]`.
enum PeersSection {
  static func read(_ table: TableReader) -> PeerSettings {
    var settings = PeerSettings()
    settings.listen = table.address("listen")
    settings.address = table.address("address")
    if let length = table.duration("staleness", in: .seconds(5) ... .hours(1)) { settings.staleness = length }
    if let limit = table.wholeNumber("mirror_limit_mb", in: 1...1_000_000) { settings.mirrorLimit = limit }
    if table.has("grid_compatible") {
      settings.gridCompatible = Self.compatible(table.table("grid_compatible"))
    }
    table.finish()
    if settings.address != nil, settings.listen == nil {
      table.error(
        "'address' says where peers reach this site, which listens nowhere", at: "address",
        do: "add a line such as: listen = \"0.0.0.0:7443\"")
    }
    return settings
  }

  private static func compatible(_ table: TableReader) -> PeerSettings.GridCompatible? {
    let listen = table.address("listen", .required(example: #"listen = "127.0.0.1:8080""#))
    let id = table.wholeNumber("id", in: 0...1_000_000_000, .required(example: "id = 1"))
    table.finish()
    guard let listen else { return nil }
    guard Self.isPrivate(listen.host) else {
      table.error(
        "'listen' is \"\(listen)\", where anybody could speak the older protocol, which has no identities",
        at: "listen", do: "listen on loopback or an address of a private network, such as \"127.0.0.1:8080\"")
      return nil
    }
    guard let id else { return nil }
    return PeerSettings.GridCompatible(listen: listen, id: id)
  }

  /// Loopback, RFC 1918, RFC 4193, link-local.
  private static func isPrivate(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let lower = host.lowercased()
    if lower.contains(":") {
      return lower.hasPrefix("fc") || lower.hasPrefix("fd") || lower.hasPrefix("fe80:")
    }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4, let first = parts[0], let second = parts[1], parts[2] != nil, parts[3] != nil
    else { return false }
    switch (first, second) {
    case (127, _), (10, _), (192, 168), (169, 254), (172, 16...31): return true
    case _: return false
    }
  }
}
