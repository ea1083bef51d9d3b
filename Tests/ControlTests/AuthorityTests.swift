import Control
import Quantities
import SiteModel
import Testing

/// The order of authority, seen from outside.
struct AuthorityTests {
  @Test func `ends every tick with a heartbeat`() {
    var bench = Bench()
    bench.run(3)
    bench.plan([4])
    bench.forgetEffects()
    bench.run(1)
    #expect(bench.effects.last == .heartbeat)
    #expect(bench.effects.count { $0 == .heartbeat } == 1)
  }

  @Test func `follows the plan's count and writes each decision before its switch`() {
    var bench = Bench()
    bench.plan([3])
    bench.run(10)
    #expect(bench.running == [3])
    for (index, effect) in bench.effects.enumerated() {
      if case .switchRelay(let command) = effect {
        #expect(bench.effects[index - 1] == .record(.decision(command)))
        #expect(command.authority == .plan)
        #expect(command.reason == .plan(id: 1))
      }
    }
    bench.plan([1], id: 2)
    bench.run(1)
    #expect(bench.running == [1])
  }

  @Test func `moves through the steps of a plan`() {
    var bench = Bench()
    bench.run(1)
    bench.send(.plan(bench.directive([[1], [4], [0]])))
    bench.run(3000)
    #expect(bench.running == [1])
    bench.run(3600)
    #expect(bench.running == [4])
    bench.run(3600)
    #expect(bench.running == [0])
  }

  @Test func `runs the minimum and no more without a plan`() {
    var bench = Bench(benchSite(banks: [benchBank(minimumRunning: 1)]))
    bench.plan([3])
    bench.run(10)
    bench.send(.planWithdrawn("the planner found nothing"))
    bench.run(10)
    #expect(bench.running == [1])
    #expect(bench.status(0)?.reason == .noPlan)
  }

  @Test func `says when the plan is over and asks for another`() {
    var bench = Bench()
    bench.plan([2])
    bench.run(10)
    bench.forgetEffects()
    bench.run(3600)
    #expect(bench.running == [0])
    #expect(bench.events.filter { $0 == .planWithdrawn }.count == 1)
    #expect(bench.effects.contains(.replan("the plan is over")))
  }

  @Test func `refuses a plan that does not fit and keeps the one in force`() {
    var bench = Bench()
    bench.plan([2])
    bench.run(10)
    bench.plan([5], id: 2)
    bench.run(10)
    #expect(bench.running == [2])
    #expect(bench.events.contains(.planRefused))
  }

  @Test func `an override rules over the plan until it expires`() {
    var bench = Bench()
    bench.plan([4])
    bench.run(10)
    bench.send(.overrideSet(Override(bank: 0, running: 1, expires: bench.now.wall + .seconds(60), by: "Ann")))
    bench.run(5)
    #expect(bench.running == [1])
    #expect(bench.status(3)?.reason == .override(by: "Ann"))
    #expect(bench.commands.last?.authority == .override)
    bench.run(70)
    #expect(bench.running == [4])
    #expect(bench.events.contains(.overrideExpired))
  }

  @Test func `refuses an override that is out of range or over`() {
    var bench = Bench()
    bench.run(1)
    let later = bench.now.wall + .hours(1)
    bench.send(.overrideSet(Override(bank: 1, running: 1, expires: later, by: "Ann")))
    bench.send(.overrideSet(Override(bank: 0, running: 5, expires: later, by: "Ann")))
    bench.send(.overrideSet(Override(bank: 0, running: 1, expires: bench.now.wall, by: "Ann")))
    #expect(!bench.events.contains(.overrideSet))
    #expect(bench.controller.state.banks[0].override == nil)
  }

  @Test func `a lock-out opens at once whatever the dwell, stays over a restart, and needs a person`() {
    var bench = Bench(benchSite(banks: [benchBank(minimumOn: .hours(1))]))
    bench.plan([4])
    bench.run(10)
    bench.send(.lockOut(rig(2), why: "smoke"))
    #expect(bench.running == [3])
    #expect(bench.commands.last?.authority == .lockOut)
    bench.run(600)
    #expect(bench.running == [3])
    #expect(bench.status(2)?.reason == .lockedOut("smoke"))
    var again = Bench(bench.site, restored: bench.controller.state)
    again.lines = bench.lines
    again.plan([4])
    again.run(600)
    #expect(again.running == [3])
    again.send(.lockOutCleared(rig(2)))
    again.run(10)
    #expect(again.running == [4])
  }

  @Test func `the emergency stop opens everything at once and alarms until released`() {
    var bench = Bench(benchSite(banks: [benchBank(minimumOn: .hours(1))]))
    bench.plan([4])
    bench.run(10)
    bench.send(.emergencyStop(true))
    #expect(bench.running == [0])
    #expect(bench.alarms == [.emergencyStop])
    bench.run(60)
    #expect(bench.running == [0])
    #expect(bench.status(0)?.reason == .emergencyStop)
    bench.send(.emergencyStop(false))
    bench.run(10)
    #expect(bench.running == [4])
    #expect(bench.effects.contains(.alarmCleared(.emergencyStop, nil)))
  }

  @Test func `records a flood of senseless events once`() {
    var bench = Bench()
    bench.run(1)
    bench.forgetEffects()
    for number in 0..<100 {
      bench.send(.reading(reading(7, 1, at: bench.now.monotonic)))
      bench.send(.readingFailed(meter: -1, .timeout))
      bench.send(.lockOut(rig(number + 4), why: ""))
      bench.send(.lockOutCleared(rig(-1)))
      bench.send(.overrideCleared(bank: 9))
      bench.send(.relaySent(rig(99), closed: true, accepted: true))
      bench.send(.relayReadBack(rig(0, bank: 3), closed: true))
    }
    #expect(bench.effects.count == 1)
    #expect(bench.events == [.refused])
  }
}
