import JSONText

/// What a log says of itself in its first entry.
public struct Genesis: Sendable, Hashable {
  public let origin: String
  /// The key that signs the log from its start.
  public let key: NoteKey
  public let site: String
  /// IANA name of the site's time zone.
  public let timeZone: String
  /// ISO 4217 code of all costs.
  public let currency: String

  /// Reads the data of the first certificate; nil when they are not a genesis.
  public init?(_ data: [UInt8]) {
    guard let value = try? JSONValue.parse(data), value["kind"]?.string == EntryKind.genesis.rawValue,
      let origin = value["origin"]?.string, let key = value["public_key"]?.string.flatMap({ NoteKey($0) }),
      key.name == origin, let site = value["site"]?.string, let timeZone = value["time_zone"]?.string,
      let currency = value["currency"]?.string
    else { return nil }
    self.origin = origin
    self.key = key
    self.site = site
    self.timeZone = timeZone
    self.currency = currency
  }
}
