import Cryptography
import JSONText
public import Quantities
public import SiteModel

/// The last good answer of a feed as it lies on disk: a line of JSON, then the body as the service sent it.
public struct KeptFeed: Sendable, Hashable {
  /// The largest body with its line.
  public static let maximumBytes = 9 << 20

  public var role: FeedRole
  /// When it was made or fetched, by the site's clock.
  public var issued: UTCInstant
  /// The end of what was asked for.
  public var until: UTCInstant
  public var validator: String?
  /// SHA-256 of what the service was asked for; a kept answer to another question is no answer.
  public var question: String
  public var body: [UInt8]

  public init(
    role: FeedRole, issued: UTCInstant, until: UTCInstant, validator: String?, question: String, body: [UInt8]
  ) {
    self.role = role
    self.issued = issued
    self.until = until
    self.validator = validator
    self.question = question
    self.body = body
  }

  public static func question(_ source: FeedSource, site: Site) -> String {
    let place = "\(site.location.latitude) \(site.location.longitude)"
    return SHA256.hash(Array("\(source.service) \(source.address) \(place)".utf8)).hexadecimal
  }

  public var bytes: [UInt8] {
    let line = JSONValue.object([
      .init("feed", .string(self.role.rawValue)), .init("issued", .string(ISO8601.string(self.issued))),
      .init("until", .string(ISO8601.string(self.until))),
      .init("validator", self.validator.map { .string($0) } ?? .null),
      .init("question", .string(self.question)), .init("sha256", .string(SHA256.hash(self.body).hexadecimal)),
    ])
    return Array(line.text().utf8) + [0x0a] + self.body
  }

  /// Nil for a file that is damaged or not one of ours.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.maximumBytes, let end = bytes.prefix(4096).firstIndex(of: 0x0a) else {
      return nil
    }
    let line: JSONValue
    do throws(JSONError) { line = try JSONValue.parse(Array(bytes[..<end])) } catch { return nil }
    let body = Array(bytes[(end + 1)...])
    guard let role = line["feed"]?.string.flatMap({ FeedRole(rawValue: $0) }),
      let issued = line["issued"]?.string.flatMap({ ISO8601.instant($0) }),
      let until = line["until"]?.string.flatMap({ ISO8601.instant($0) }),
      let question = line["question"]?.string, line["sha256"]?.string == SHA256.hash(body).hexadecimal
    else { return nil }
    self.init(
      role: role, issued: issued, until: until, validator: line["validator"]?.string, question: question,
      body: body)
  }
}
