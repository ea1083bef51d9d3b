import Control
import Foundation
import Quantities
import SiteModel
import Testing

struct RestartTests {
  @Test func `keeps its state through JSON`() throws {
    var bench = Bench(benchSite(banks: [benchBank("a"), benchBank("b", count: 2)]))
    bench.plan([2, 1])
    bench.run(10)
    bench.send(.lockOut(rig(1, bank: 1), why: "smoke"))
    bench.send(.overrideSet(Override(bank: 0, running: 1, expires: bench.now.wall + .hours(1), by: "Ann")))
    bench.send(.emergencyStop(true))
    let state = bench.controller.state
    #expect(state.emergencyStop && state.clock != nil && state.banks[0].startsToday == 2)
    let decoded = try JSONDecoder().decode(ControllerState.self, from: JSONEncoder().encode(state))
    #expect(decoded == state)
    let again = Bench(bench.site, restored: decoded)
    #expect(again.controller.state.banks == state.banks)
    #expect(again.controller.state.emergencyStop)
  }

  @Test func `rises its revision with its state and with nothing else`() {
    var bench = Bench()
    bench.plan([2])
    bench.run(10)
    let revision = bench.controller.stateRevision
    let state = bench.controller.state.banks
    bench.run(100)
    #expect(bench.controller.stateRevision == revision)
    #expect(bench.controller.state.banks == state)
    bench.send(.lockOut(rig(3), why: ""))
    #expect(bench.controller.stateRevision > revision)
  }

  @Test func `takes what fits of a damaged or foreign state`() {
    let state = ControllerState(banks: [
      .init(name: "other", rigs: [.init(closed: true)], shed: 1),
      .init(
        name: "a", rigs: Array(repeating: .init(cycles: -5), count: 4), startsToday: -3, startDay: .max,
        shed: 99, override: Override(bank: 9, running: 77, expires: UTCInstant(seconds: 0), by: "?")),
    ])
    var bench = Bench(benchSite(), restored: state)
    bench.run(10)
    let kept = bench.controller.state.banks[0]
    #expect(kept.shed <= 4 && kept.startsToday == 0 && kept.override == nil && kept.rigs[0].cycles == 0)
  }

  @Test func `leaves everything as it is until the first plan comes`() {
    let site = benchSite()
    var bench = Bench(site)
    bench.plan([2])
    bench.run(20)
    var again = Bench(site, restored: bench.controller.state)
    again.lines = bench.lines
    again.run(30)
    #expect(again.running == [2])
    again.run(40)
    #expect(again.running == [0])
  }

  @Test func `keeps dwell, plan and override over a new site file with the same banks`() {
    var bench = Bench(benchSite(banks: [benchBank(minimumOn: .minutes(10))]))
    bench.plan([3])
    bench.run(300)
    var site = bench.site
    site.control.stagger = .seconds(7)
    let effects = bench.controller.reconfigure(site: site, at: bench.now)
    #expect(!effects.contains { if case .switchRelay = $0 { true } else { false } })
    bench.run(10)
    #expect(bench.running == [3])
    bench.plan([0], id: 2)
    bench.run(250)
    #expect(bench.running == [3])
    bench.run(60)
    #expect(bench.running == [0])
  }

  @Test func `opens the rigs of a bank that left and keeps those that moved`() {
    let old = benchSite(banks: [benchBank("a", count: 2), benchBank("b", count: 2)])
    var bench = Bench(old)
    bench.plan([2, 2])
    bench.run(20)
    bench.controller.handle(.lockOut(rig(0, bank: 1), why: "smoke"), at: bench.now).forEach { _ in }
    var site = old
    site.banks = [benchBank("b", count: 2), benchBank("c", count: 5)]
    let effects = bench.controller.reconfigure(site: site, at: bench.now)
    let opened = effects.compactMap { effect -> RigID? in
      if case .switchRelay(let command) = effect, !command.closed { return command.rig }
      return nil
    }
    #expect(opened == [rig(0), rig(1)])
    let status = bench.controller.status()
    #expect(status.rigs.count == 7)
    #expect(status.banks.map(\.running) == [1, 0])
    #expect(status.rigs[0].isLockedOut && status.rigs[1].isClosed)
    #expect(status.planID == nil)
  }
}
