import Control
import Quantities
import SiteModel
import Testing

/// A person holds single rigs on or off, whatever the plan makes of the bank.
struct RigOverrideTests {
  private func hold(_ bench: inout Bench, _ rig: Int, on: Bool, seconds: Int = 3600) {
    bench.send(
      .rigOverrideSet(
        RigOverride(
          rig: RigID(bank: 0, rig: rig), on: on, expires: bench.now.wall + .seconds(seconds), by: "Ann")))
  }

  private func bench(minimumOn: Duration = .zero, minimumOff: Duration = .zero) -> Bench {
    var site = benchSite()
    site.banks[0].minimumOn = minimumOn
    site.banks[0].minimumOff = minimumOff
    var bench = Bench(site)
    bench.plan([2])
    bench.run(Int((minimumOn + minimumOff).hours * 3600) + 200)
    return bench
  }

  @Test func `a rig held on runs as one of those the plan wants`() throws {
    var bench = self.bench()
    let other = try #require((0..<4).first { !bench.lines[0][$0] })
    self.hold(&bench, other, on: true)
    bench.run(30)
    #expect(bench.lines[0][other])
    #expect(bench.running == [2])
    #expect(bench.status(other)?.reason == .override(by: "Ann"))
    #expect(bench.status(other)?.switchedBy == .override)
    #expect(bench.events.contains(.overrideSet))
  }

  @Test func `a rig held on runs even where the plan wants none`() {
    var bench = self.bench()
    self.hold(&bench, 3, on: true)
    bench.plan([0], id: 2)
    bench.run(30)
    #expect(bench.lines[0] == [false, false, false, true])
  }

  @Test func `a rig held off is replaced by another and left alone`() throws {
    var bench = self.bench()
    let running = try #require((0..<4).first { bench.lines[0][$0] })
    self.hold(&bench, running, on: false)
    bench.run(30)
    #expect(!bench.lines[0][running])
    #expect(bench.running == [2])
    bench.plan([4], id: 2)
    bench.run(60)
    #expect(bench.running == [3])
    #expect(!bench.lines[0][running])
  }

  @Test func `ends with its time, or when it is cleared`() throws {
    var bench = self.bench()
    self.hold(&bench, 0, on: false, seconds: 60)
    self.hold(&bench, 1, on: false)
    bench.plan([4], id: 2)
    bench.run(40)
    #expect(bench.running == [2])
    bench.run(40)
    #expect(bench.running == [3])
    #expect(bench.events.contains(.overrideExpired))
    bench.send(.rigOverrideCleared(RigID(bank: 0, rig: 1)))
    bench.run(20)
    #expect(bench.running == [4])
    #expect(bench.controller.state.banks[0].rigs.allSatisfy { $0.override == nil })
  }

  @Test func `keeps both dwell times, and others run while a rig held on rests`() throws {
    var bench = self.bench(minimumOn: .minutes(10), minimumOff: .minutes(20))
    bench.plan([0], id: 2)
    bench.run(5)
    #expect(bench.running == [0])
    let rested = try #require((0..<4).first { bench.status($0)?.switchedFor == .plan(id: 2) })
    self.hold(&bench, rested, on: true)
    bench.plan([2], id: 3)
    bench.run(30)
    // One place is free for a rig that is ripe, the other is kept for the one held on.
    #expect(bench.running == [1])
    #expect(!bench.lines[0][rested])
    bench.run(1200)
    #expect(bench.lines[0][rested])
    #expect(bench.running == [2])
    self.hold(&bench, rested, on: false)
    bench.run(60)
    #expect(bench.lines[0][rested])
    if case .minimumOn = bench.status(rested)?.heldBy {} else { Issue.record("nothing holds it on") }
    bench.run(600)
    #expect(!bench.lines[0][rested])
  }

  @Test func `gives way to a lock-out, the emergency stop and a stale meter`() {
    var bench = self.bench()
    self.hold(&bench, 3, on: true)
    bench.run(30)
    #expect(bench.lines[0][3])
    bench.send(.lockOut(RigID(bank: 0, rig: 3), why: "smoke"))
    bench.run(5)
    #expect(!bench.lines[0][3])
    #expect(bench.status(3)?.reason == .lockedOut("smoke"))
    bench.send(.lockOutCleared(RigID(bank: 0, rig: 3)))
    bench.run(60)
    #expect(bench.lines[0][3])
    bench.meterWorks = false
    bench.run(600)
    #expect(bench.running == [0])
    bench.meterWorks = true
    bench.run(200)
    #expect(bench.lines[0][3])
    bench.send(.emergencyStop(true))
    bench.run(5)
    #expect(bench.running == [0])
  }

  @Test func `survives a restart and a new site file`() {
    var bench = self.bench()
    self.hold(&bench, 2, on: false)
    var again = Bench(bench.site, restored: bench.controller.state)
    again.plan([4])
    again.run(400)
    #expect(!again.lines[0][2])
    #expect(again.running == [3])
    var renamed = again.site
    renamed.name = "another name"
    let now = again.now
    _ = again.controller.reconfigure(site: renamed, at: now)
    again.run(60)
    #expect(!again.lines[0][2])
  }

  @Test func `is refused for a rig that is not there or a time that has passed`() {
    var bench = self.bench()
    bench.send(
      .rigOverrideSet(
        RigOverride(rig: RigID(bank: 0, rig: 9), on: true, expires: bench.now.wall + .hours(1), by: "x")))
    self.hold(&bench, 1, on: true, seconds: 0)
    #expect(!bench.events.contains(.overrideSet))
    #expect(bench.events.contains(.refused))
  }
}
