import Control
import Forecasting
import Planning
import Ports
import Quantities
import SiteController
import SiteModel
import Testing

/// The rolling horizon: what a replan starts from.
@Suite struct HorizonTests {
  /// London's days of 23 and 25 hours in 2024.
  private static let london = ZoneRules(
    name: "Europe/London",
    eras: [(0, 0), (1_711_846_800, 3600), (1_729_990_800, 0)].map {
      ZoneRules.Era(start: UTCInstant(seconds: $0.0), offsetSeconds: $0.1)
    })

  private static func site(scenarios: Int = 1) -> Site {
    Site(
      name: "test", location: Location(latitude: 51, longitude: 0), zone: london, currency: "GBP",
      grid: GridConnection(importCap: Kilowatts(20)),
      photovoltaics: [PVArray(name: "roof", area: 100, efficiency: 0.2)],
      meters: [Meter(name: "grid", subject: .grid), Meter(name: "sun", subject: .generation)],
      banks: [
        RigBank(
          name: "a", count: 4, draw: Kilowatts(3), minimumOn: .hours(1), relayLines: ["1", "2", "3", "4"])
      ], importTariff: .fixed(0.2),
      planner: PlannerSettings(
        slotMinutes: 30, horizon: .hours(30), minimumRigHoursPerDay: 24, maximumRigHoursPerDay: 48,
        scenarios: scenarios))
  }

  private static func problem(
    at now: UTCInstant, delivered: Double, scenarios: Int = 1
  ) throws -> PlanProblem {
    let site = Self.site(scenarios: scenarios)
    var state = PlanningState.idle(site)
    state.rigHoursDelivered = delivered
    let slots = SiteProblem.slots(from: now, site: site)
    let outlook = try SiteOutlook.make(site: site, inputs: SiteInputs(), slots: slots)
    return SiteProblem.make(
      site: site, slots: slots, outlook: outlook, state: state, solver: SolverSettings())
  }

  @Test(arguments: [
    ("2024-03-31T00:00:00Z", 23.0), ("2024-10-26T23:00:00Z", 25), ("2024-06-10T23:00:00Z", 24),
  ])
  func `a day's rig-hours are asked for once, less what it has had, however long it is`(
    midnight: String, hours: Double
  ) throws {
    let start = try #require(ISO8601.instant(midnight))
    let now = start + .minutes(10 * 60 + 15)
    let problem = try Self.problem(at: now, delivered: 10)
    let today = try #require(problem.rigHourLimits.first)
    #expect(today.window == Slot(start: now, end: start + .minutes(Int(hours * 60))))
    #expect(today.minimum == 14)
    #expect(today.maximum == 38)
    let tomorrow = problem.rigHourLimits[1]
    #expect(tomorrow.window.start == today.window.end)
    #expect(abs((tomorrow.minimum ?? 0) - 24 * tomorrow.window.hours / 24) < 1e-9)
    #expect(
      problem.slots[0].slot == Slot(start: now, length: .minutes(15)), "what is left of the present slot")
    #expect(try #require(try Self.problem(at: now, delivered: 60).rigHourLimits.first).maximum == 0)
  }

  @Test func `scenarios carry their probabilities, and only the poorest leave room at the cap`() throws {
    let now = try #require(ISO8601.instant("2024-06-10T06:00:00Z"))
    let problem = try Self.problem(at: now, delivered: 0, scenarios: 10)
    #expect(problem.scenarioWeights.count == 10)
    #expect(abs(problem.scenarioWeights.reduce(0, +) - 1) < 1e-9)
    #expect(throws: Never.self) { try problem.check() }
    for (index, slot) in problem.slots.enumerated() {
      #expect(slot.renewable.count == 10)
      let cap = try #require(slot.importCap)
      let lowest = try #require(slot.renewable.min())
      let below = zip(slot.renewable, problem.scenarioWeights).filter {
        $0.0 - lowest < cap - Kilowatts(20) - Kilowatts(1e-9)
      }.reduce(0) { $0 + $1.1 }
      #expect(cap >= Kilowatts(20))
      // Slots decided for good begin within the minimum on time.
      #expect(below <= (index < 2 ? 0.1 : 0.5) + 1e-9)
    }
  }

  // MARK: Rig-hours around midnight

  @Test func `a slot that waits for its boundary reading past midnight is the old day's`() throws {
    let site = Self.site()
    let midnight = try #require(ISO8601.instant("2024-06-10T23:00:00Z"))
    var settlement = Settlement(site: site)
    let before = midnight - .minutes(30)
    settlement.open(at: before, site: site)
    for second in 0...(30 * 60 + 5) {
      _ = settlement.advance(
        to: before + .seconds(second), closedRelays: [2], site: site, grace: 10_000)
    }
    let now = midnight + .seconds(5)
    #expect(settlement.openRelayMilliseconds(on: midnight - .seconds(1), zone: site.zone) == 3_600_000)
    #expect(settlement.openRelayMilliseconds(on: now, zone: site.zone) == 10_000)
  }

  // MARK: Feeds and history

  private static func engine(_ recovered: Recovered = Recovered()) -> (SiteEngine, Moment) {
    let now = Moment(
      monotonic: MonotonicInstant(milliseconds: 0), wall: UTCInstant(seconds: 1_718_000_000))
    return (SiteEngine(site: Self.site(), recovered: recovered, identity: .test, now: now), now)
  }

  @Test func `a feed's step down or up is one event, not one per plan`() throws {
    var engine = Self.engine().0
    let now = Self.engine().1
    let down = FeedState(feed: "weather", rung: .lastGood, age: .hours(1), why: "it does not answer")
    let fresh = FeedState(feed: "weather", rung: .fresh, age: .zero)
    for state in [fresh, down, down, down, fresh, fresh] { engine.noteFeeds([state], at: now) }
    let next = engine.nextBatch()
    let batch = try #require(next)
    let events = batch.events.filter { $0.kind == .feedFallback || $0.kind == .feedRestored }
    #expect(events.map(\.kind) == [.feedFallback, .feedRestored])
    #expect(events[0].text == down.sentence)
    #expect(engine.feeds == [fresh])
  }

  @Test func `forecasts and generation come back from the record`() {
    let hour = UTCInstant(seconds: 1_717_999_200)
    let recovered = {
      var recovered = Recovered()
      recovered.forecasts = [ForecastRecord(madeAt: hour, power: [Kilowatts(3), Kilowatts(4)])]
      recovered.generation = [GenerationRecord(start: hour, generated: KilowattHours(2.5))]
      return recovered
    }()
    let history = Self.engine(recovered).0.history
    #expect(history.issues == [.init(hour: hour.milliseconds / 3_600_000, kilowatts: [3, 4])])
    #expect(history.generated(hour: hour.milliseconds / 3_600_000) == 2.5)
  }
}
