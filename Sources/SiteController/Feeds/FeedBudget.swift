import JSONText
public import Quantities

/// The calls a service has had of this site today, as they lie on disk beside its last good answer: a program that
/// restarts again and again must not ask more often than one that does not.
public struct FeedBudget: Sendable, Hashable {
  /// Whose budget it is; what is asked there does not matter.
  public var address: String
  /// When the day of the budget began, by the site's clock.
  public var since: UTCInstant
  public var calls: Int
  /// Until when the service asked for patience.
  public var notBefore: UTCInstant?

  private static let mostCalls = 1_000_000
  public static let maximumBytes = 4096

  public init(address: String, since: UTCInstant, calls: Int, notBefore: UTCInstant? = nil) {
    self.address = address
    self.since = since
    self.calls = calls
    self.notBefore = notBefore
  }

  public var bytes: [UInt8] {
    let line = JSONValue.object([
      .init("address", .string(self.address)), .init("since", .string(ISO8601.string(self.since))),
      .init("calls", .integer(Int64(self.calls))),
      .init("not_before", self.notBefore.map { .string(ISO8601.string($0)) } ?? .null),
    ])
    return Array(line.text().utf8) + [0x0a]
  }

  /// Nil for a file that is damaged or not one of ours.
  public init?(_ bytes: [UInt8]) {
    let line: JSONValue
    do throws(JSONError) {
      line = try JSONValue.parse(
        bytes, limits: JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 2))
    } catch {
      return nil
    }
    guard let address = line["address"]?.string, let calls = line["calls"]?.int,
      let since = line["since"]?.string.flatMap({ ISO8601.instant($0) }), (0...Self.mostCalls).contains(calls)
    else { return nil }
    self.init(
      address: address, since: since, calls: calls,
      notBefore: line["not_before"]?.string.flatMap { ISO8601.instant($0) })
  }

  /// What is used of it at `now`, in terms of a schedule. After a clock was set back its calls count as made just now.
  public func spent(at now: UTCInstant) -> FeedSchedule.Spent {
    FeedSchedule.Spent(
      calls: self.calls, since: max(.zero, now - self.since),
      patience: self.notBefore.map { max(.zero, $0 - now) } ?? .zero)
  }
}
