import Quantities

/// The year of Japan's exchange, one file each: it begins in April, in Japan, nine hours ahead and without daylight
/// saving.
enum MarketYear {
  static func containing(_ instant: UTCInstant) -> Int {
    let zone = ZoneRules(
      name: "Asia/Tokyo", eras: [.init(start: .init(milliseconds: .min), offsetSeconds: 32_400)])
    let date = zone.date(of: instant).components
    return date.month < 4 ? date.year - 1 : date.year
  }

  /// What is needed besides the present year's file: on its last day the next one, which holds tomorrow, and in the first
  /// days the one before, as far `behind` as prices are asked for.
  static func other(at now: UTCInstant, behind: Duration) -> (year: Int, isLater: Bool)? {
    let year = Self.containing(now)
    if Self.containing(now + .hours(24)) != year { return (year + 1, true) }
    return Self.containing(now - behind) == year ? nil : (year - 1, false)
  }
}
