import Foundation
public import Quantities

/// The zones the operating system knows by name, as tables of offsets. The one place that asks Foundation.
public enum NamedZones {
  /// 1970 to 2100: every instant a price file, a forecast or a record of this program can have.
  private static let first = UTCInstant(seconds: 0)
  private static let last = UTCInstant(seconds: 4_102_444_800)

  static var names: [String] { TimeZone.knownTimeZoneIdentifiers }

  /// The rules of an IANA zone such as `Asia/Tokyo`; nil when the name is not known. Abbreviations such as `JST`
  /// are not names.
  public static func rules(named name: String) -> ZoneRules? {
    guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
    var instant = Self.first
    var eras = [ZoneRules.Era(start: instant, offsetSeconds: Self.offset(of: zone, at: instant))]
    while let next = Self.transition(of: zone, after: instant), next < Self.last {
      let offset = Self.offset(of: zone, at: next)
      if offset != eras.last?.offsetSeconds { eras.append(.init(start: next, offsetSeconds: offset)) }
      instant = next
    }
    return ZoneRules(name: name, eras: eras)
  }

  private static func offset(of zone: TimeZone, at instant: UTCInstant) -> Int {
    zone.secondsFromGMT(for: Self.date(instant))
  }

  private static func transition(of zone: TimeZone, after instant: UTCInstant) -> UTCInstant? {
    guard let date = zone.nextDaylightSavingTimeTransition(after: Self.date(instant)) else { return nil }
    let seconds = date.timeIntervalSince1970.rounded()
    // Beyond the table, or no progress, ends the walk.
    guard seconds < 1e11, let next = Int64(exactly: seconds).map({ UTCInstant(seconds: $0) }), next > instant
    else {
      return nil
    }
    return next
  }

  private static func date(_ instant: UTCInstant) -> Date {
    Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
  }
}
