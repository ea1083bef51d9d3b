import Control
import Quantities
import SiteModel
import Testing

/// A demand-response event lowers the cap that the import guard keeps.
struct CapInForceTests {
  private static let noon = UTCInstant(milliseconds: 1_735_732_800_000)

  private static func event(_ cap: Double?, from start: Int, to end: Int, name: String = "evening")
    -> DemandEvent
  {
    DemandEvent(
      name: name, window: Slot(start: noon + .seconds(start), length: .seconds(end - start)),
      importCap: cap.map { Kilowatts($0) })
  }

  /// Four rigs of 3 kW and 5 kW of other load run under a cap of 20 kW.
  private func loaded(_ events: [DemandEvent]) -> Bench {
    var site = benchSite(banks: [benchBank(minimumOn: .hours(1))], cap: 20)
    site.demandEvents = events
    var bench = Bench(site)
    bench.plan([4])
    bench.run(400)
    return bench
  }

  @Test func `the lowest cap of the events under way holds, and the connection's otherwise`() {
    var cap = CapInForce(
      connection: Kilowatts(20),
      events: [
        Self.event(12, from: 100, to: 200), Self.event(8, from: 150, to: 160),
        Self.event(nil, from: 0, to: 900),
        Self.event(30, from: 300, to: 400), Self.event(-1, from: 500, to: 510),
      ])
    var seen: [Double] = []
    for second in [0, 99, 100, 149, 150, 159, 160, 199, 200, 350, 505, 510, 155, 99] {
      let before = cap.cap
      #expect(cap.enter(Self.noon + .seconds(second)) == (cap.cap != before))
      seen.append(cap.cap)
    }
    #expect(seen == [20, 20, 12, 12, 8, 8, 12, 12, 20, 20, 0, 20, 8, 20])
  }

  @Test func `rigs that the plan leaves on under an event's cap are shed, whatever their minimum on time`() {
    var bench = self.loaded([Self.event(12, from: 420, to: 900)])
    #expect(bench.running == [4])
    bench.run(21)
    #expect(
      bench.running == [4], "nothing is known of the new cap before a reading could show that it is kept")
    bench.run(8)
    #expect(bench.running == [2])
    #expect(Set(bench.commands.suffix(2).map(\.authority)) == [.importGuard])
    guard case .importOverCap(_, let cap, _)? = bench.commands.last?.reason else {
      Issue.record("shed for another reason")
      return
    }
    #expect(cap == Kilowatts(12))
  }

  @Test func `a plan that stops its rigs for the event in time sets off no guard`() {
    var bench = Bench(benchSite(banks: [benchBank()], cap: 20))
    bench.send(.demandEvents([Self.event(12, from: 900, to: 1800)]))
    bench.send(.plan(Self.steps([4, 2], length: 900)))
    bench.run(899)
    #expect(bench.running == [4])
    bench.run(60)
    #expect(bench.running == [2])
    #expect(!bench.events.contains(.guardTripped))
  }

  @Test func `no rig starts beyond the event's cap, and all may when it is over`() {
    var bench = Bench(benchSite(banks: [benchBank()], cap: 20))
    bench.send(.demandEvents([Self.event(12, from: 0, to: 900)]))
    bench.plan([4])
    bench.run(890)
    #expect(bench.running == [2])
    bench.run(600)
    #expect(bench.running == [4])
    #expect(!bench.events.contains(.guardTripped))
  }

  @Test func `events given later replace the earlier ones, and a new site file keeps them`() {
    var bench = Bench(benchSite(banks: [benchBank()], cap: 20))
    bench.send(.demandEvents([Self.event(12, from: 0, to: 5000)]))
    bench.plan([4])
    bench.run(600)
    #expect(bench.running == [2])
    _ = bench.controller.reconfigure(site: bench.site, at: bench.now)
    bench.run(600)
    #expect(bench.running == [2])
    bench.send(.demandEvents([]))
    bench.run(600)
    #expect(bench.running == [4])
  }

  @Test func `while nobody knows the time the last cap stays`() {
    var bench = Bench(benchSite(banks: [benchBank(fallback: .hold(.hours(1)))], cap: 20))
    bench.send(.demandEvents([Self.event(12, from: 0, to: 700)]))
    bench.plan([4])
    bench.run(600)
    bench.isSynchronised = false
    bench.wallOffset += 3_600_000
    bench.run(100)
    #expect(bench.running == [2])
  }

  @Test func `too many events are refused`() {
    var bench = Bench()
    let many = Array(repeating: Self.event(1, from: 0, to: 1000), count: ControlLimits.demandEvents + 1)
    bench.send(.demandEvents(many))
    #expect(bench.events.contains(.refused))
  }

  private static func steps(_ running: [Int], length: Int) -> PlanDirective {
    PlanDirective(
      id: 1,
      steps: running.enumerated().map { index, count in
        PlanDirective.Step(
          slot: Slot(start: noon + .seconds(index * length), length: .seconds(length)), running: [count],
          expectedImport: Kilowatts(10))
      })
  }
}
