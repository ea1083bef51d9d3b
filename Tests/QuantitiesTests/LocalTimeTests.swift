import Quantities
import Testing

@Suite struct LocalTimeTests {
  @Test(arguments: [
    (Zones.london, "2024-03-31", 23.0), (Zones.london, "2024-10-27", 25), (Zones.london, "2024-10-28", 24),
    (Zones.sydney, "2024-10-06", 23), (Zones.sydney, "2024-04-07", 25), (Zones.lordHowe, "2024-10-06", 23.5),
    (Zones.lordHowe, "2024-04-07", 24.5), (Zones.beirut, "2024-03-31", 23), (Zones.havana, "2024-11-03", 25),
    (Zones.tokyo, "2024-10-27", 24), (ZoneRules.utc, "2024-03-31", 24),
  ])
  func `a local day has the hours its clock gives it`(zone: ZoneRules, day: String, hours: Double) {
    #expect(zone.day(date(day)).hours == hours)
  }

  @Test(arguments: [Zones.london, Zones.sydney, Zones.lordHowe, Zones.beirut, Zones.havana, Zones.tokyo])
  func `days of a year follow each other and every hour of them belongs to its date`(zone: ZoneRules) {
    var day = date("2024-01-01")
    var end = zone.day(day).start
    while day <= date("2024-12-31") {
      let slot = zone.day(day)
      #expect(slot.start == end)
      var hour = slot.start
      while hour < slot.end {
        if zone.date(of: hour) != day {
          Issue.record("\(ISO8601.string(hour)) is not on \(ISO8601.string(day))")
        }
        hour = hour + .minutes(30)
      }
      end = slot.end
      day = day.advanced(byDays: 1)
    }
  }

  @Test func `a skipped time moves to the end of the gap`() {
    #expect(Zones.london.instant(of: date("2024-03-31"), minutes: 90) == at("2024-03-31T01:00Z"))
    #expect(Zones.sydney.instant(of: date("2024-10-06"), minutes: 150) == at("2024-10-05T16:00Z"))
    #expect(Zones.beirut.instant(of: date("2024-03-31")) == at("2024-03-30T22:00Z"))
  }

  @Test func `a repeated time is the first of the two`() {
    #expect(Zones.london.instant(of: date("2024-10-27"), minutes: 90) == at("2024-10-27T00:30Z"))
    #expect(Zones.sydney.instant(of: date("2024-04-07"), minutes: 150) == at("2024-04-06T15:30Z"))
    #expect(Zones.havana.instant(of: date("2024-11-03")) == at("2024-11-03T04:00Z"))
  }

  @Test func `the wall clock shows the repeated hour twice`() {
    #expect(Zones.london.minuteOfDay(of: at("2024-10-27T00:30Z")) == 90)
    #expect(Zones.london.minuteOfDay(of: at("2024-10-27T01:30Z")) == 90)
    #expect(Zones.london.minuteOfDay(of: at("2024-03-31T00:59Z")) == 59)
    #expect(Zones.london.minuteOfDay(of: at("2024-03-31T01:00Z")) == 120)
  }

  @Test func `the next change of the clock is strictly later`() {
    #expect(Zones.london.nextChange(after: at("2024-03-31T00:59Z")) == at("2024-03-31T01:00Z"))
    #expect(Zones.london.nextChange(after: at("2024-03-31T01:00Z")) == at("2024-10-27T01:00Z"))
    #expect(Zones.london.nextChange(after: at("2024-10-27T01:00Z")) == nil)
    #expect(ZoneRules.utc.nextChange(after: UTCInstant(milliseconds: .min)) == nil)
  }

  @Test func `before 1970 milliseconds of the day count up from midnight`() {
    #expect(ZoneRules.utc.millisecondOfDay(of: UTCInstant(milliseconds: -1)) == 86_399_999)
    #expect(ZoneRules.utc.date(of: UTCInstant(milliseconds: -1)) == date("1969-12-31"))
  }

  @Test func `dates at the ends of time saturate instead of trapping`() {
    let last = CivilDate(dayNumber: .max)
    #expect(last == last.advanced(byDays: .max))
    #expect(Zones.tokyo.instant(of: last) > at("2200-01-01T00:00Z"))
    #expect(Zones.tokyo.instant(of: CivilDate(dayNumber: .min)) < at("1900-01-01T00:00Z"))
    #expect(last.components.month >= 1)
    #expect(Zones.tokyo.date(of: UTCInstant(milliseconds: .max)) == last)
  }

  @Test(arguments: [
    (2024, 2, 30), (2023, 2, 29), (1900, 2, 29), (2024, 0, 1), (2024, 13, 1), (2024, 4, 31), (1899, 12, 31),
    (2201, 1, 1), (2024, 1, 0), (Int.min, 1, 1), (2024, 1, .max),
  ])
  func `a day that does not exist is no date`(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test func `a time of day lies within the day`() {
    #expect(TimeOfDay(minutes: -1) == nil)
    #expect(TimeOfDay(minutes: 1441) == nil)
    #expect(TimeOfDay(minutes: 1440)?.minutes == 1440)
  }
}
