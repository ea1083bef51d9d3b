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
        "2024-09-19T00:30:00+09:00 to 2024-09-19T01:00:00+09:00: prices.csv has no value here; its fallback profile "
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
}
