import Quantities

/// A few zones around 2024, written out from the IANA tables.
enum Zones {
  static let tokyo = zone("Asia/Tokyo", [("1951-09-08T15:00Z", 32_400)])
  static let london = zone(
    "Europe/London", [("2023-10-29T01:00Z", 0), ("2024-03-31T01:00Z", 3600), ("2024-10-27T01:00Z", 0)])
  static let sydney = zone(
    "Australia/Sydney",
    [("2023-09-30T16:00Z", 39_600), ("2024-04-06T16:00Z", 36_000), ("2024-10-05T16:00Z", 39_600)])
  /// Moves by half an hour.
  static let lordHowe = zone(
    "Australia/Lord_Howe",
    [("2023-09-30T15:30Z", 39_600), ("2024-04-06T15:00Z", 37_800), ("2024-10-05T15:30Z", 39_600)])
  /// Springs forward at midnight: 2024-03-31 begins at 01:00.
  static let beirut = zone("Asia/Beirut", [("2023-10-28T21:00Z", 7200), ("2024-03-30T22:00Z", 10_800)])
  /// Falls back from 01:00 to 00:00: 2024-11-03 has two midnights.
  static let havana = zone(
    "America/Havana", [("2024-03-10T05:00Z", -14_400), ("2024-11-03T05:00Z", -18_000)])

  private static func zone(_ name: String, _ eras: [(String, Int)]) -> ZoneRules {
    ZoneRules(name: name, eras: eras.map { ZoneRules.Era(start: at($0.0), offsetSeconds: $0.1) })
  }
}

/// The instant a test wrote down; stops the test run on a slip of the pen.
func at(_ text: String) -> UTCInstant {
  guard let instant = ISO8601.instant(text) else { fatalError("not an instant: \(text)") }
  return instant
}

func date(_ text: String) -> CivilDate {
  guard let date = ISO8601.date(text) else { fatalError("not a date: \(text)") }
  return date
}

func slot(_ start: String, _ end: String) -> Slot {
  guard let slot = Slot(start: at(start), end: at(end)) else { fatalError("not a slot: \(start) to \(end)") }
  return slot
}
