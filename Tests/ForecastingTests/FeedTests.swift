import Forecasting
import MarketFormats
import Quantities
import SiteModel
import Testing

@Suite struct FeedLadderTests {
  private static let start = at("2024-09-19T00:00Z")

  /// One asking: hours since the start, what the feed gives, and what is expected of the ladder.
  struct Step: Sendable {
    var hour: Int
    var answer: FeedAnswer<Int>
    var value: Int?
    var rung: FeedState.Rung?
    var ageHours: Int?
  }

  private static func given(_ value: Int, hour: Int) -> FeedAnswer<Int> {
    .given(value, issued: Self.start + .hours(hour))
  }

  /// Answers below zero are nonsense.
  @Test(
    arguments: [
      [Step(hour: 0, answer: .notAsked, value: nil, rung: nil)],
      [Step(hour: 0, answer: .failed("down"), value: nil, rung: .profile)],
      [Step(hour: 0, answer: given(-1, hour: 0), value: nil, rung: .profile)],
      [
        Step(hour: 1, answer: given(7, hour: 0), value: 7, rung: .fresh, ageHours: 1),
        Step(hour: 3, answer: .failed("down"), value: 7, rung: .lastGood, ageHours: 3),
        Step(hour: 4, answer: given(-2, hour: 4), value: 7, rung: .lastGood, ageHours: 4),
        Step(hour: 5, answer: given(8, hour: 5), value: 8, rung: .fresh, ageHours: 0),
      ],
      [Step(hour: 30, answer: given(7, hour: 0), value: 7, rung: .lastGood, ageHours: 30)],
      // A file from the future is as fresh as can be; a clock may be behind.
      [Step(hour: 0, answer: given(7, hour: 2), value: 7, rung: .fresh, ageHours: 0)],
    ])
  func `a feed goes down to its last good answer and comes back at once`(steps: [Step]) {
    var ladder = FeedLadder<Int>(feed: "weather", freshFor: .hours(24))
    for step in steps {
      let (value, state) = ladder.take(step.answer, at: Self.start + .hours(step.hour)) { value, _ in
        value < 0 ? "below zero" : nil
      }
      #expect(value == step.value)
      #expect(state?.rung == step.rung)
      #expect(state?.age == step.ageHours.map { .hours($0) })
      #expect((state?.why == nil) == (state?.rung ?? .fresh == .fresh))
    }
  }

  @Test func `a state says what stands in, how old it is and why`() {
    let state = FeedState(
      feed: "weather", rung: .lastGood, age: .hours(3), why: "no sun in 10 hours of daylight")
    #expect(
      state.sentence
        == "weather: the last good answer, 3 h old, stands in (no sun in 10 hours of daylight)")
  }
}

@Suite struct WeatherPlausibilityTests {
  private static let location = Location(latitude: 35.44, longitude: 139.63, elevation: 10)
  private static let now = at("2024-06-20T00:00Z")
  private static let hours = slots(from: "2024-06-20T00:00Z", minutes: 60, count: 48)

  private static func clear(_ slot: Slot) -> Double {
    SolarPosition(at: slot.start + .minutes(30), location: Self.location).clearSky.value
  }

  private static func points(_ value: (Int) -> Double) -> PointSeries {
    // Hours rise and the values are finite.
    try! PointSeries(Self.hours.enumerated().map { .init(at: $1.start, value: value($0)) })
  }

  private static func weather(
    sun: (Int, Slot) -> Double = { _, slot in 0.7 * clear(slot) },
    wind: @escaping (Int) -> Double = { _ in 4 },
    air: @escaping (Int) -> Double = { _ in 22 }
  ) -> WeatherSeries {
    let means = Self.hours.enumerated().map { IntervalSeries.Interval(slot: $1, value: sun($0, $1)) }
    return WeatherSeries(
      radiation: .means(try! IntervalSeries(means)),  // the hours are contiguous
      temperature: Self.points(air), winds: [.init(height: 10, speed: Self.points(wind))])
  }

  private static func problem(_ weather: WeatherSeries, last: WeatherSeries? = nil) -> String? {
    WeatherPlausibility.problem(with: weather, last: last, location: Self.location, at: Self.now)
  }

  @Test func `real weather passes: clear, overcast, calm at night, one odd value`() {
    #expect(Self.problem(Self.weather()) == nil)
    #expect(Self.problem(Self.weather(sun: { _, slot in 1.05 * Self.clear(slot) })) == nil)
    #expect(Self.problem(Self.weather(sun: { _, slot in 0.05 * Self.clear(slot) })) == nil)
    #expect(Self.problem(Self.weather(wind: { $0 < 12 ? 0 : 3 })) == nil)
    #expect(
      Self.problem(
        Self.weather(sun: { hour, slot in hour == 3 ? 1.35 * Self.clear(slot) + 90 : 0.5 * Self.clear(slot) })
      )
        == nil)
    #expect(Self.problem(Self.weather(), last: Self.weather(air: { _ in 30 })) == nil)
    #expect(Self.problem(WeatherSeries()) == nil, "what is absent is not wrong")
  }

  @Test func `nonsense is named`() {
    let midnight = Self.problem(Self.weather(sun: { _, _ in 500 }))
    #expect(midnight?.contains("where a clear sky gives at most 0") == true)
    // The day shifted by half a day: hours of the wrong zone.
    let shifted = Self.problem(
      Self.weather(sun: { _, slot in Self.clear(Slot(start: slot.start + .hours(12), length: .hours(1))) }))
    #expect(shifted?.contains("clear sky") == true)
    #expect(Self.problem(Self.weather(sun: { _, _ in 0 }))?.contains("no sun in") == true)
    #expect(Self.problem(Self.weather(wind: { $0 == 5 ? 80 : 5 }))?.contains("wind of 80 m/s") == true)
    #expect(Self.problem(Self.weather(wind: { _ in 0 }))?.contains("no wind at all") == true)
    #expect(
      Self.problem(Self.weather(air: { _ in -10 }), last: Self.weather())?.contains("32 K away") == true)
  }

  @Test func `a dark winter in the north is no nonsense`() {
    let north = Location(latitude: 69.6, longitude: 18.9, elevation: 0)
    let now = at("2024-12-20T00:00Z")
    let means = slots(from: "2024-12-20T00:00Z", minutes: 60, count: 48).map {
      IntervalSeries.Interval(slot: $0, value: 0)
    }
    let weather = WeatherSeries(radiation: .means(try! IntervalSeries(means)))  // the hours are contiguous
    #expect(WeatherPlausibility.problem(with: weather, last: nil, location: north, at: now) == nil)
  }
}

@Suite struct SeriesPlausibilityTests {
  private static let now = at("2024-09-19T00:00Z")

  private static func series(_ value: (Int) -> Double) -> IntervalSeries {
    // The hours are contiguous.
    try! IntervalSeries(
      slots(from: "2024-09-19T00:00Z", minutes: 60, count: 24).enumerated().map {
        .init(slot: $1, value: value($0))
      })
  }

  @Test func `prices of an ordinary, a negative and a dear day pass`() {
    let usual = Self.series { 8 + Double($0) / 2 }
    for day in [usual, Self.series { $0 < 18 ? -1 : 9 }, Self.series { _ in 190 }] {
      #expect(
        SeriesPlausibility.problem(with: day, kind: .price, last: usual, fallback: nil, at: Self.now) == nil)
    }
    #expect(
      SeriesPlausibility.problem(
        with: Self.series { _ in 0 }, kind: .price, last: usual, fallback: nil, at: Self.now) == nil)
  }

  @Test func `another unit is noticed against the last good prices or the profile`() {
    let usual = Self.series { _ in 0.2 }
    let perMegawattHour = Self.series { _ in 200 }
    #expect(
      SeriesPlausibility.problem(
        with: perMegawattHour, kind: .price, last: usual, fallback: nil, at: Self.now)
        == "about 1000 times the usual level; is it another unit?")
    #expect(
      SeriesPlausibility.problem(
        with: usual, kind: .price, last: nil, fallback: .constant(200), at: Self.now)
        == "about a 1000th of the usual level; is it another unit?")
    #expect(
      SeriesPlausibility.problem(with: perMegawattHour, kind: .price, last: nil, fallback: nil, at: Self.now)
        == nil, "nothing to compare with")
  }

  @Test func `carbon below zero or beyond any fuel is no carbon`() {
    for value in [-5.0, 3000] {
      #expect(
        SeriesPlausibility.problem(
          with: Self.series { _ in value }, kind: .carbon, last: nil, fallback: nil, at: Self.now) != nil)
    }
  }
}
