import Forecasting
import Quantities
import SiteModel
import Testing

@Suite struct DailyProfileTests {
  /// 1 before 01:30, 2 until 02:00, 3 until noon, 4 until midnight.
  private let steps = profile([(0, 1), (1.5, 2), (2, 3), (12, 4)])

  @Test func `a slot across a step is weighted by time`() {
    #expect(self.steps.mean(over: slot("2024-09-19T11:00Z", "2024-09-19T13:00Z"), in: .utc) == 3.5)
    #expect(self.steps.mean(over: slot("2024-09-19T01:00Z", "2024-09-19T02:00Z"), in: .utc) == 1.5)
    #expect(self.steps.mean(over: slot("2024-09-19T23:30Z", "2024-09-20T00:30Z"), in: .utc) == 2.5)
    #expect(self.steps.mean(over: slot("2024-09-19T14:00Z", "2024-09-19T15:00Z"), in: Sample.tokyo) == 4)
  }

  @Test func `a day of 25 hours repeats the hour the clock repeats`() {
    // 00:00-01:00 summer, 01:00-02:00 summer, 01:00-02:00 winter, then 22 hours.
    let mean = self.steps.mean(over: Sample.london.day(day("2024-10-27")), in: Sample.london)
    let firstHour = 1.0
    let hourFromOne = 0.5 * 1 + 0.5 * 2
    let rest = 10.0 * 3 + 12.0 * 4
    #expect(agree(mean * 25, firstHour + 2 * hourFromOne + rest))
    // The wall clock shows 01:00 again: back to the first step.
    #expect(self.steps.mean(over: slot("2024-10-27T00:30Z", "2024-10-27T01:00Z"), in: Sample.london) == 2)
    #expect(self.steps.mean(over: slot("2024-10-27T01:00Z", "2024-10-27T01:30Z"), in: Sample.london) == 1)
  }

  @Test(arguments: [(Sample.london, "2024-03-31"), (Sample.sydney, "2024-10-06")])
  func `a day of 23 hours leaves out the hour the clock leaves out`(zone: ZoneRules, date: String) {
    let hours = profile((0..<24).map { (Double($0), Double($0)) })
    let slot = zone.day(day(date))
    #expect(slot.hours == 23)
    let skipped = zone == Sample.london ? 1.0 : 2.0
    #expect(agree(hours.mean(over: slot, in: zone) * 23, 276 - skipped))
  }

  @Test func `a day of 25 hours south of the equator repeats its own hour`() {
    let hours = profile((0..<24).map { (Double($0), Double($0)) })
    let slot = Sample.sydney.day(day("2024-04-07"))
    #expect(slot.hours == 25)
    #expect(agree(hours.mean(over: slot, in: Sample.sydney) * 25, 276 + 2))
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `the mean agrees with reading the clock each minute`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let zone = [Sample.london, Sample.sydney, Sample.tokyo][random.below(3)]
    let start = at("2024-03-29T00:00Z") + .minutes(random.below(300 * 24 * 60))
    let minutes = 1 + random.below(3000)
    var sum = 0.0
    for minute in 0..<minutes {
      sum += self.steps.value(atMinute: zone.minuteOfDay(of: start + .minutes(minute)))
    }
    let mean = self.steps.mean(over: Slot(start: start, length: .minutes(minutes)), in: zone)
    #expect(agree(mean, sum / Double(minutes)))
  }
}
