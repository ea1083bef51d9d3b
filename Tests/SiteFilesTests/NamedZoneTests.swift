import Quantities
import SiteFiles
import SiteModel
import Testing

struct NamedZoneTests {
  /// A local day and the hours it has.
  struct Day: Sendable {
    var zone: String
    var date: (Int, Int, Int)
    var hours: Double
  }

  static let days: [Day] = [
    Day(zone: "Europe/Berlin", date: (2024, 3, 30), hours: 24),
    Day(zone: "Europe/Berlin", date: (2024, 3, 31), hours: 23),
    Day(zone: "Europe/Berlin", date: (2024, 10, 27), hours: 25),
    Day(zone: "Europe/Berlin", date: (2099, 3, 29), hours: 23),
    Day(zone: "America/New_York", date: (2024, 3, 10), hours: 23),
    Day(zone: "America/New_York", date: (2024, 11, 3), hours: 25),
    Day(zone: "Australia/Sydney", date: (2024, 4, 7), hours: 25),
    Day(zone: "Australia/Sydney", date: (2024, 10, 6), hours: 23),
    Day(zone: "Australia/Lord_Howe", date: (2024, 4, 7), hours: 24.5),
    Day(zone: "Asia/Tokyo", date: (2024, 3, 31), hours: 24),
    Day(zone: "Africa/Cairo", date: (2024, 4, 26), hours: 23),
    Day(zone: "UTC", date: (2024, 3, 31), hours: 24),
  ]

  @Test(arguments: days)
  func `a local day has its true length`(day: Day) throws {
    let zone = try Self.zone(day.zone)
    let date = try #require(CivilDate(year: day.date.0, month: day.date.1, day: day.date.2))
    #expect(zone.day(date).hours == day.hours)
  }

  @Test(arguments: [
    ("Asia/Tokyo", 0, 9 * 3600), ("Asia/Kolkata", 1_726_704_000, 19_800), ("Europe/London", 0, 3600),
    ("Pacific/Apia", 1_325_000_000, -10 * 3600), ("Pacific/Apia", 1_325_300_000, 14 * 3600),
  ])
  func `an offset is the one of its time`(name: String, seconds: Int, offset: Int) throws {
    #expect(try Self.zone(name).offsetSeconds(at: UTCInstant(seconds: Int64(seconds))) == offset)
  }

  private static func zone(_ name: String) throws -> ZoneRules {
    let minimal = PackageFiles.text(PackageFiles.root + "/boards/examples/minimal.toml")
    let text = minimal.replacing("Europe/Berlin", with: name)
    return try SiteFile.parse(Array(text.utf8), path: "site.toml").site.zone
  }
}
