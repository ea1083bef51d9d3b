import Forecasting
import Quantities
import SiteModel
import Testing

@Suite struct SeriesResolverTests {
  private let hours = slots(from: "2024-09-19T00:00+09:00", minutes: 60, count: 3)
  private let fallback = profile([(0, 100), (1.5, 200)])

  /// 10 until 00:30, a gap until 01:00, 20 until 03:00.
  private func series() throws -> IntervalSeries {
    try IntervalSeries([
      .init(slot: slot("2024-09-19T00:00+09:00", "2024-09-19T00:30+09:00"), value: 10),
      .init(slot: slot("2024-09-19T01:00+09:00", "2024-09-19T03:00+09:00"), value: 20),
    ])
  }

  private func source(_ fallback: DailyProfile?) -> ValueSource {
    .file(SeriesFile(path: "prices.csv", format: .csv, fallback: fallback))
  }

  private func resolve(_ source: ValueSource, _ series: IntervalSeries? = nil) throws -> ResolvedSeries {
    try SeriesResolver.values(of: source, series: series, slots: self.hours, zone: Sample.tokyo)
  }

  @Test func `fixed values and profiles need no file`() throws {
    let fixed = try self.resolve(.fixed(-4.5))
    #expect(fixed.values == [-4.5, -4.5, -4.5])
    #expect(fixed.origins == [.fixed, .fixed, .fixed])
    let daily = try self.resolve(.profile(self.fallback))
    #expect(daily.values == [100, 150, 200])
    #expect(daily.origins == [.profile, .profile, .profile])
    #expect(daily.notes.isEmpty)
  }

  @Test func `the fallback fills exactly the gap, and says so`() throws {
    let resolved = try self.resolve(self.source(self.fallback), try self.series())
    #expect(resolved.values == [55, 20, 20])
    #expect(resolved.estimated == [true, false, false])
    #expect(
      resolved.notes.map { $0.line(in: Sample.tokyo) } == [
        "2024-09-19 00:30 to 2024-09-19 01:00: prices.csv has no value here; its fallback profile "
          + "stands in"
      ])
  }

  @Test func `a file that could not be read is one long gap`() throws {
    let resolved = try self.resolve(self.source(self.fallback))
    #expect(resolved.values == [100, 150, 200])
    #expect(resolved.notes.map(\.stretch) == [slot("2024-09-19T00:00+09:00", "2024-09-19T03:00+09:00")])
  }

  @Test func `a gap without fallback is an error that names it`() throws {
    let series = try self.series()
    let error = #expect(throws: SeriesGap.self) { try self.resolve(self.source(nil), series) }
    #expect(
      error?.description
        == "prices.csv: no value for 2024-09-19T00:30:00+09:00 to 2024-09-19T01:00:00+09:00; add the missing rows, or "
        + "give the source a fallback profile")
  }

  @Test func `half hours average onto hours and hours spread over quarters`() throws {
    let half = try IntervalSeries([
      .init(slot: slot("2024-09-19T00:00Z", "2024-09-19T00:30Z"), value: 10),
      .init(slot: slot("2024-09-19T00:30Z", "2024-09-19T01:00Z"), value: 30),
    ])
    let hour = try SeriesResolver.values(
      of: self.source(nil), series: half, slots: slots(from: "2024-09-19T00:00Z", minutes: 60, count: 1),
      zone: .utc)
    #expect(hour.values == [20])
    let quarters = try SeriesResolver.values(
      of: self.source(nil), series: half, slots: slots(from: "2024-09-19T00:00Z", minutes: 15, count: 4),
      zone: .utc)
    #expect(quarters.values == [10, 10, 30, 30])
    #expect(quarters.origins == [.file, .file, .file, .file])
  }

  /// A week of Tokyo days from Monday 2024-09-16 on, each hour its weekday times 100 plus its hour.
  private static func week(days: Int) throws -> IntervalSeries {
    try IntervalSeries(
      slots(from: "2024-09-16T00:00+09:00", minutes: 60, count: days * 24).enumerated().map {
        .init(slot: $1, value: Double($0 / 24 * 100 + $0 % 24))
      })
  }

  @Test(
    arguments: [
      // Days known, day asked for, day that stands in: Monday 16 to Sunday 22.
      (4, "2024-09-20", "2024-09-19", "working day"), (5, "2024-09-21", nil, "weekend day"),
      (7, "2024-09-23", "2024-09-20", "working day"), (7, "2024-09-28", "2024-09-22", "weekend day"),
    ])
  func `missing prices are those of the last known day of the same kind`(
    known: Int, missing: String, from: String?, kind: String
  ) throws {
    let day = slots(from: missing + "T00:00+09:00", minutes: 30, count: 48)
    guard let from else {
      #expect(throws: SeriesGap.self) {
        try SeriesResolver.values(
          of: self.source(nil), series: try Self.week(days: known), slots: day, zone: Sample.tokyo)
      }
      return
    }
    let resolved = try SeriesResolver.values(
      of: self.source(nil), series: try Self.week(days: known), slots: day, zone: Sample.tokyo)
    let weekday = Double(try #require(ISO8601.date(from)).weekday)
    #expect(resolved.values == (0..<48).map { weekday * 100 + Double($0 / 2) })
    #expect(resolved.estimated.allSatisfy { $0 })
    #expect(
      resolved.notes.map(\.text) == [
        "prices.csv has no value here; estimated by those of \(from), the last known \(kind)"
      ])
  }

  @Test func `an earlier day goes before the profile, and a half known day does not stand in`() throws {
    let friday = slots(from: "2024-09-20T00:00+09:00", minutes: 60, count: 24)
    let whole = try SeriesResolver.values(
      of: self.source(.constant(7)), series: try Self.week(days: 4), slots: friday, zone: Sample.tokyo)
    #expect(whole.origins.allSatisfy { $0 == .earlierDay })
    let half = try IntervalSeries(Array(try Self.week(days: 1).intervals.prefix(20)))
    let profiled = try SeriesResolver.values(
      of: self.source(.constant(7)), series: half, slots: friday, zone: Sample.tokyo)
    #expect(profiled.origins.allSatisfy { $0 == .estimated })
    #expect(profiled.values.allSatisfy { $0 == 7 })
  }

  @Test(arguments: [("2024-03-31", 23), ("2024-10-27", 25)])
  func `on the days the clock changes an earlier day stands in by local time`(date: String, hours: Int) throws
  {
    let zone = Sample.london
    let sunday = try #require(ISO8601.date(date))
    let saturday = zone.day(sunday.advanced(byDays: -1))
    let known = try IntervalSeries(
      (0..<24).map {
        IntervalSeries.Interval(
          slot: Slot(start: saturday.start + .hours($0), length: .hours(1)), value: Double($0))
      })
    let slots = (0..<hours).map { Slot(start: zone.day(sunday).start + .hours($0), length: .hours(1)) }
    let resolved = try SeriesResolver.values(of: self.source(nil), series: known, slots: slots, zone: zone)
    #expect(resolved.values == slots.map { Double(zone.minuteOfDay(of: $0.start) / 60) })
  }
}
