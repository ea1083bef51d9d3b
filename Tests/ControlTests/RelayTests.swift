import Control
import Quantities
import SiteModel
import Testing

/// The three proofs of a relay command at work in the controller.
struct RelayTests {
  @Test func `takes a rig whose relay does not close for open and lets it rest`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 2)]))
    bench.readsBack = false
    bench.plan([1])
    bench.run(2)
    #expect(bench.running == [1])
    bench.send(.relayReadBack(rig(0), closed: false))
    bench.run(3)
    #expect(bench.alarms == [.relayMismatch])
    #expect(bench.commands.contains { $0.rig == rig(0) && !$0.closed && $0.reason == .relayFault })
    #expect(bench.lines == [[false, true]])
    #expect(bench.status(0)?.isClosed == false)
    #expect(bench.controller.status().banks[0].available == 1)
  }

  @Test func `clears the mismatch when the relay obeys again`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1)]))
    bench.readsBack = false
    bench.plan([1])
    bench.run(2)
    bench.send(.relayReadBack(rig(0), closed: false))
    bench.run(3)
    bench.plan([1], id: 2)
    bench.readsBack = true
    bench.run(610)
    #expect(bench.running == [1])
    #expect(bench.effects.contains(.alarmCleared(.relayMismatch, rig(0))))
  }

  @Test func `does not close a rig again that dropped by itself before its minimum off time`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1, minimumOff: .minutes(5))]))
    bench.plan([1])
    bench.run(400)
    #expect(bench.running == [1])
    bench.lines = [[false]]  // the holder let go
    let dropped = bench.elapsed
    bench.forgetEffects()
    bench.run(280)
    #expect(!bench.commands.contains { $0.closed })
    #expect(bench.events.contains(.relayMismatch))
    bench.run(60)
    #expect(bench.running == [1])
    #expect(bench.elapsed - dropped >= 300_000)
  }

  @Test func `tells a relay that stays closed again every few seconds and records that once`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1)]))
    bench.plan([1])
    bench.run(10)
    bench.readsBack = false
    bench.plan([0], id: 2)
    bench.forgetEffects()
    for _ in 0..<300 {
      bench.run(1)
      bench.send(.relayReadBack(rig(0), closed: true))
    }
    let count = bench.commands.count { !$0.closed }
    #expect((75...150).contains(count))
    #expect(bench.decisions.count { !$0.closed } == 1)
    #expect(bench.alarms == [.relayMismatch])
  }

  @Test func `takes a refused close for open, gives the start back, and tries again later`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1, startsPerDay: 1)]))
    bench.readsBack = false
    bench.plan([1])
    bench.run(2)
    bench.send(.relaySent(rig(0), closed: true, accepted: false))
    #expect(bench.running == [0])
    #expect(bench.events.contains(.relayRefused))
    bench.run(30)
    #expect(bench.running == [0])
    bench.run(60)
    #expect(bench.running == [1])
  }

  @Test func `a refusal of a command long overtaken says nothing`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1)]))
    bench.plan([1])
    bench.run(4)
    bench.send(.relaySent(rig(0), closed: false, accepted: false))
    bench.run(4)
    #expect(bench.running == [1])
    #expect(!bench.events.contains(.relayRefused))
  }

  @Test func `finds a welded contact by its watts and locks the rig out`() {
    var bench = Bench(benchSite(meters: twoMeters))
    bench.plan([4])
    bench.run(600)
    bench.stuck[rig(0)] = true
    bench.plan([3], id: 2)
    bench.run(40)
    #expect(bench.status(0)?.isWelded == true)
    #expect(bench.alarms == [.contactWelded])
    #expect(bench.controller.state.banks[0].rigs[0].lockedOut == "contact welded")
    bench.stuck = [:]
    bench.send(.lockOutCleared(rig(0)))
    #expect(bench.effects.contains(.alarmCleared(.contactWelded, rig(0))))
  }

  @Test func `finds a silent rig by its watts and forgives it when it is stopped`() {
    var bench = Bench(benchSite(meters: twoMeters))
    bench.ramp = 120_000
    bench.plan([2])
    bench.run(600)
    bench.stuck[rig(2)] = false
    bench.plan([3], id: 2)
    bench.run(200)
    #expect(bench.status(2)?.isSilent == true)
    #expect(bench.alarms == [.rigSilent])
    bench.plan([0], id: 3)
    bench.run(5)
    #expect(bench.effects.contains(.alarmCleared(.rigSilent, rig(2))))
  }

  @Test func `does not believe a bank's meter that shows nothing of its rigs until it does`() {
    var bench = Bench(benchSite(meters: twoMeters))
    bench.stuck = [rig(0): false, rig(1): false]
    bench.plan([2])
    bench.run(100)
    #expect(bench.controller.believes(meter: 1))
    bench.run(300)
    #expect(!bench.controller.believes(meter: 1))
    #expect(bench.controller.believes(meter: 0))
    bench.stuck = [:]
    bench.run(30)
    #expect(bench.controller.believes(meter: 1))
  }

  @Test func `finds nothing wrong with rigs that do what they are told`() {
    var bench = Bench(benchSite(meters: twoMeters))
    bench.ramp = 120_000
    var generator = SplitMix64(seed: 7)
    for id in Int64(1)...50 {
      bench.plan([generator.below(5)], id: id)
      bench.run(60 + generator.below(600))
    }
    #expect(bench.alarms.isEmpty)
  }

  @Test func `trims to surplus within the plan's limits and back`() {
    let control = ControlSettings(recloseHold: .seconds(30), trimHold: .seconds(60))
    var site = benchSite(control: control)
    site.photovoltaics = [PVArray(name: "roof", area: 100, efficiency: 0.2)]
    var bench = Bench(site)
    bench.plan([1], trimLimit: [2], expectedImport: 0)
    bench.other = -12
    bench.run(70)
    #expect(bench.running == [2])
    #expect(bench.commands.last?.authority == .trim)
    bench.run(900)
    #expect(bench.running == [2])
    bench.other = -2
    bench.plan([1], trimLimit: [2], expectedImport: 0, id: 2)
    bench.run(70)
    #expect(bench.running == [1])
    #expect(bench.commands.last?.authority == .trim)
  }
}
