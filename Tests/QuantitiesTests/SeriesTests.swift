import Quantities
import Testing

@Suite struct IntervalSeriesTests {
  /// 10 for an hour, a gap of an hour, 20 for half an hour, 40 for half an hour.
  private let series: IntervalSeries

  init() throws {
    self.series = try IntervalSeries([
      .init(slot: slot("2024-09-19T00:00Z", "2024-09-19T01:00Z"), value: 10),
      .init(slot: slot("2024-09-19T02:00Z", "2024-09-19T02:30Z"), value: 20),
      .init(slot: slot("2024-09-19T02:30Z", "2024-09-19T03:00Z"), value: 40),
    ])
  }

  @Test func `means weight values by time`() {
    #expect(self.series.mean(over: slot("2024-09-19T02:00Z", "2024-09-19T03:00Z")) == 30)
    #expect(self.series.mean(over: slot("2024-09-19T02:10Z", "2024-09-19T02:50Z")) == 30)
    #expect(self.series.mean(over: slot("2024-09-19T02:20Z", "2024-09-19T03:00Z")) == 35)
    #expect(self.series.mean(over: slot("2024-09-19T00:07Z", "2024-09-19T00:08Z")) == 10)
  }

  @Test func `a gap leaves no mean but a partial one`() throws {
    let across = slot("2024-09-19T00:30Z", "2024-09-19T02:30Z")
    #expect(self.series.mean(over: across) == nil)
    let partial = try #require(self.series.partialMean(over: across))
    #expect(partial.mean == 15)
    #expect(partial.coverage == 0.5)
    #expect(self.series.partialMean(over: slot("2024-09-19T01:00Z", "2024-09-19T02:00Z")) == nil)
    #expect(IntervalSeries.empty.partialMean(over: across) == nil)
  }

  @Test func `gaps are named in order`() {
    #expect(
      self.series.gaps(in: slot("2024-09-18T23:00Z", "2024-09-19T04:00Z")) == [
        slot("2024-09-18T23:00Z", "2024-09-19T00:00Z"), slot("2024-09-19T01:00Z", "2024-09-19T02:00Z"),
        slot("2024-09-19T03:00Z", "2024-09-19T04:00Z"),
      ])
    #expect(self.series.gaps(in: slot("2024-09-19T02:00Z", "2024-09-19T03:00Z")).isEmpty)
    let night = slot("2024-09-20T00:00Z", "2024-09-20T01:00Z")
    #expect(self.series.gaps(in: night) == [night])
  }

  @Test func `a value holds from its start until its end`() {
    #expect(self.series.value(at: at("2024-09-19T00:00Z")) == 10)
    #expect(self.series.value(at: at("2024-09-19T01:00Z")) == nil)
    #expect(self.series.value(at: at("2024-09-19T02:30Z")) == 40)
    #expect(self.series.value(at: at("2024-09-19T03:00Z")) == nil)
  }

  @Test func `overlap and disorder are refused by index`() {
    let hour = slot("2024-09-19T00:00Z", "2024-09-19T01:00Z")
    let half = slot("2024-09-19T00:30Z", "2024-09-19T01:30Z")
    #expect(throws: IntervalSeries.Problem.overlap(index: 1)) {
      try IntervalSeries([.init(slot: hour, value: 1), .init(slot: half, value: 1)])
    }
    #expect(throws: IntervalSeries.Problem.notFinite(index: 0)) {
      try IntervalSeries([.init(slot: hour, value: .nan)])
    }
  }

  @Test func `the mean of the largest numbers is finite`() throws {
    let first = slot("2024-09-19T00:00Z", "2024-09-19T01:00Z")
    let series = try IntervalSeries([.init(slot: first, value: .greatestFiniteMagnitude)])
    #expect(series.mean(over: first) == .greatestFiniteMagnitude)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `the mean of a slot is the weighted mean of its parts`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var intervals: [IntervalSeries.Interval] = []
    var start = at("2024-01-01T00:00Z")
    for _ in 0..<40 {
      let length = Duration.minutes(1 + random.below(90))
      intervals.append(.init(slot: Slot(start: start, length: length), value: random.uniform(-50, 50)))
      start = start + length
    }
    let series = try IntervalSeries(intervals)
    let whole = try #require(Slot(start: intervals[0].slot.start, end: start))
    let cut = whole.start + .minutes(1 + random.below(30))
    let (a, b) = (
      try #require(Slot(start: whole.start, end: cut)), try #require(Slot(start: cut, end: whole.end))
    )
    let mean = try #require(series.mean(over: whole))
    let parts =
      try #require(series.mean(over: a)) * (a.hours / whole.hours)
      + #require(series.mean(over: b)) * (b.hours / whole.hours)
    #expect((mean - parts).magnitude < 1e-9)
  }
}

@Suite struct PointSeriesTests {
  private let reach = PointSeries.Reach(between: .hours(3), beyond: .hours(1))
  /// 0 at midnight, 10 at one, 4 at four, 4 at nine.
  private let series: PointSeries

  init() throws {
    self.series = try PointSeries([
      .init(at: at("2024-09-19T00:00Z"), value: 0), .init(at: at("2024-09-19T01:00Z"), value: 10),
      .init(at: at("2024-09-19T04:00Z"), value: 4), .init(at: at("2024-09-19T09:00Z"), value: 4),
    ])
  }

  @Test func `the mean is the area under the lines`() {
    func mean(_ start: String, _ end: String) -> Double? {
      self.series.mean(over: slot(start, end), reach: self.reach)
    }
    #expect(mean("2024-09-19T00:00Z", "2024-09-19T01:00Z") == 5)
    #expect(mean("2024-09-19T00:30Z", "2024-09-19T01:00Z") == 7.5)
    #expect(mean("2024-09-19T01:00Z", "2024-09-19T04:00Z") == 7)
    #expect(mean("2024-09-19T00:30Z", "2024-09-19T02:30Z") == 8.25)
  }

  @Test func `the ends hold as long as they may`() {
    #expect(self.series.mean(over: slot("2024-09-18T23:00Z", "2024-09-19T01:00Z"), reach: self.reach) == 2.5)
    #expect(self.series.mean(over: slot("2024-09-19T09:30Z", "2024-09-19T10:00Z"), reach: self.reach) == 4)
    #expect(self.series.mean(over: slot("2024-09-18T22:59Z", "2024-09-19T01:00Z"), reach: self.reach) == nil)
    #expect(self.series.mean(over: slot("2024-09-19T09:30Z", "2024-09-19T10:01Z"), reach: self.reach) == nil)
  }

  @Test func `no line crosses a gap that is too wide`() {
    #expect(self.series.mean(over: slot("2024-09-19T03:59Z", "2024-09-19T04:01Z"), reach: self.reach) == nil)
    #expect(self.series.mean(over: slot("2024-09-19T03:00Z", "2024-09-19T04:00Z"), reach: self.reach) == 5)
    let short = PointSeries.Reach(between: .hours(1), beyond: .zero)
    #expect(self.series.mean(over: slot("2024-09-19T03:00Z", "2024-09-19T04:00Z"), reach: short) == nil)
    #expect(
      PointSeries.empty.mean(over: slot("2024-09-19T03:00Z", "2024-09-19T04:00Z"), reach: self.reach) == nil)
  }

  @Test func `an only point holds around itself`() throws {
    let single = try PointSeries([.init(at: at("2024-09-19T00:00Z"), value: 7)])
    #expect(single.mean(over: slot("2024-09-18T23:00Z", "2024-09-19T01:00Z"), reach: self.reach) == 7)
    #expect(single.mean(over: slot("2024-09-19T00:00Z", "2024-09-19T01:01Z"), reach: self.reach) == nil)
  }

  @Test func `disorder and NaN are refused by index`() {
    let midnight = at("2024-09-19T00:00Z")
    #expect(throws: PointSeries.Problem.order(index: 1)) {
      try PointSeries([.init(at: midnight, value: 1), .init(at: midnight, value: 1)])
    }
    #expect(throws: PointSeries.Problem.notFinite(index: 0)) {
      try PointSeries([.init(at: midnight, value: .infinity)])
    }
  }
}
