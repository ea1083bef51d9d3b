import Quantities
import Testing

@Suite struct ISO8601Tests {
  @Test(arguments: [
    ("1970-01-01T00:00Z", 0), ("1970-01-01T00:00:01Z", 1000), ("1970-01-01T00:00:00.25Z", 250),
    ("1970-01-01T00:00:00.2509Z", 250), ("1970-01-01T09:00+09:00", 0), ("1970-01-01T09:00+0900", 0),
    ("1969-12-31T20:30-03:30", 0), ("1970-01-01 00:00z", 0), ("1969-12-31T24:00Z", 0),
    ("2024-02-29T12:00:00Z", 1_709_208_000_000), ("1969-12-31T23:59:59.999Z", -1),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000),
  ])
  func `reads the instants it should`(text: String, milliseconds: Int64) {
    #expect(ISO8601.instant(text) == UTCInstant(milliseconds: milliseconds))
  }

  @Test(arguments: [
    "", "2024-09-19", "2024-09-19T16:00", "2024-09-19T16Z", "2024-09-19T16:60Z", "2024-09-19T25:00Z",
    "2024-09-19T24:01Z", "2024-02-30T00:00Z", "2023-02-29T00:00Z", "2024-13-01T00:00Z", "1899-12-31T00:00Z",
    "2201-01-01T00:00Z", "2024-09-19T16:00+9", "2024-09-19T16:00+0:900", "2024-09-19T16:00+:0900",
    "2024-09-19T16:00+09:0", "2024-09-19T16:00+19:00", "2024-09-19T16:00+09:60", "2024-09-19T16:00Z ",
    "2024-09-19T16:00:00.Z", "2024-9-19T16:00Z", "２０24-09-19T16:00Z", "2024-09-19T16:00:61Z", "NaN",
    "2024-09-19T16:00:00.00000000000000000000000000000001Z",
  ])
  func `refuses what is not an instant`(text: String) {
    #expect(ISO8601.instant(text) == nil)
  }

  @Test func `reads a local time only with an offset within a day`() {
    #expect(ISO8601.instant("2024-09-19T16:00", offsetSeconds: 32_400) == at("2024-09-19T07:00Z"))
    #expect(ISO8601.instant("2024-09-19T16:00Z", offsetSeconds: 32_400) == nil)
    #expect(ISO8601.instant("2024-09-19T16:00", offsetSeconds: 86_401) == nil)
    #expect(ISO8601.instant("2024-09-19T16:00", offsetSeconds: .min) == nil)
  }

  @Test(arguments: [
    "1900-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2024-02-29T23:59:59Z", "2024-09-19T16:30:00.007Z",
    "2200-12-31T23:59:59Z",
  ])
  func `writes what it read`(text: String) {
    #expect(ISO8601.instant(text).map { ISO8601.string($0) } == text)
  }

  @Test func `writes local time with its offset on both sides of a clock change`() {
    let change = at("2024-10-27T01:00Z")
    #expect(ISO8601.string(change - .seconds(1), in: Zones.london) == "2024-10-27T01:59:59+01:00")
    #expect(ISO8601.string(change, in: Zones.london) == "2024-10-27T01:00:00+00:00")
    #expect(ISO8601.string(change, in: Zones.havana) == "2024-10-26T21:00:00-04:00")
    #expect(ISO8601.string(change, in: Zones.lordHowe) == "2024-10-27T12:00:00+11:00")
  }

  @Test func `writes instants at the ends of time without trapping`() {
    #expect(ISO8601.string(UTCInstant(milliseconds: .min)).hasSuffix("16:47:04.192Z"))
    #expect(ISO8601.string(UTCInstant(milliseconds: .max)).hasSuffix("07:12:55.807Z"))
  }

  @Test func `every day of three centuries reads back`() throws {
    var number = try #require(CivilDate(year: 1900, month: 1, day: 1)).dayNumber
    let last = try #require(CivilDate(year: 2200, month: 12, day: 31)).dayNumber
    #expect(last - number == 109_937)
    var weekday = 0  // 1900-01-01 was a Monday
    while number <= last {
      let day = CivilDate(dayNumber: number)
      let (year, month, dayOfMonth) = day.components
      if CivilDate(year: year, month: month, day: dayOfMonth) != day || day.weekday != weekday
        || ISO8601.date(ISO8601.string(day)) != day
      {
        Issue.record("day \(number) came back wrong")
        return
      }
      number += 1
      weekday = (weekday + 1) % 7
    }
  }

  @Test func `writes a minute of the day`() {
    #expect(ISO8601.string(minuteOfDay: 0) == "00:00")
    #expect(ISO8601.string(minuteOfDay: 605) == "10:05")
    #expect(ISO8601.string(minuteOfDay: 1440) == "24:00")
  }
}
