import Control
import Ports
import Quantities
import SiteModel
import Simulation
import Testing

/// A controller as small as can be honest enough for the canaries: follows a square wave of rigs with its dwell and
/// stagger, sheds over the cap, opens everything when the grid meter is silent.
private struct Follower {
  let site: SimulatedSite
  var silence = 0
  var lastClose = -10
  var switched = Array(repeating: -10_000, count: 12)
  var commands: [RelayCommand] = []

  mutating func tick(_ second: Int, planned: Int, relays: any RelayBank) {
    self.commands = []
    let grid = try? self.site.poll(at: self.site.host.moment.monotonic)[0].get()
    self.silence = grid == nil ? self.silence + 1 : 0
    let isOver = (grid?.power ?? .zero) > self.site.site.grid.importCap
    let rigs = (0..<8).map { rig(0, $0) }
    let on = rigs.filter { relays.level(of: $0) == true }
    if self.silence > 60 {
      for rig in on where second - self.switched[rig.rig] >= 600 {
        self.set(rig, false, .freshness, second, relays)
      }
    } else if isOver {
      for rig in on { self.set(rig, false, .importGuard, second, relays) }
    } else if on.count > planned {
      let free = on.filter { second - self.switched[$0.rig] >= 600 }
      for rig in free.prefix(on.count - planned) { self.set(rig, false, .plan, second, relays) }
    } else if on.count < planned, self.silence == 0, second - self.lastClose >= 2,
      let rig = rigs.first(where: { relays.level(of: $0) == false && second - self.switched[$0.rig] >= 300 })
    {
      self.lastClose = second
      self.set(rig, true, .plan, second, relays)
    }
  }

  private mutating func set(
    _ rig: RigID, _ closed: Bool, _ authority: Authority, _ second: Int, _ relays: any RelayBank
  ) {
    self.switched[rig.rig] = second
    self.commands.append(RelayCommand(rig: rig, closed: closed, authority: authority, reason: .noPlan))
    // The world of these tests has no fault in its relays.
    try? relays.set(rig, closed: closed)
  }
}

/// Two hours of plan, an overload, a dead bus, and one true slot record every half hour.
private func run(_ bug: PlantedBug?) throws -> ViolationLog {
  let site = SimulatedSite(
    site: .simulated(importCap: 27), start: start, seed: 5,
    faults: .scripted([
      FaultEpisode(
        kind: .busUnplugged, start: MonotonicInstant(milliseconds: 5_000_000), length: .minutes(20))
    ]), expected: steady())
  let relays: any RelayBank = bug.map { SabotagedRelayBank(site, bug: $0) } ?? SimulatedRelayBank(site)
  let memory = SimulatedStore(site)
  let store: any Store = bug.map { SabotagedStore(memory, bug: $0) } ?? memory
  var checker = InvariantChecker(site: site.site, start: site.now, wall: site.wall)
  var follower = Follower(site: site)
  var energy = site.energy
  for second in 1...18_000 {
    site.advance()
    let planned = second < 9000 ? (second / 1500 % 2 == 0 ? 4 : 1) : second < 10_000 ? 8 : 3
    follower.tick(second, planned: planned, relays: relays)
    checker.check(
      site.observation(
        ControlFacts(commands: follower.commands, allowed: [planned, 0], expected: [planned, 0])))
    guard second % 1800 == 0 else { continue }
    var record = SlotRecord(
      slot: Slot(start: site.wall - .minutes(30), length: .minutes(30)), banks: 2, meters: 4)
    record.imported = site.energy.imported - energy.imported
    record.exported = site.energy.exported - energy.exported
    record.generated = site.energy.generated - energy.generated
    record.rigs = site.energy.rigs - energy.rigs
    record.gapMilliseconds = site.truth(of: record.slot) == nil ? 1 : 0
    record.meterGapMilliseconds = Array(repeating: record.gapMilliseconds, count: 4)
    energy = site.energy
    var batch = RecordBatch()
    batch.sequence = Int64(second)
    batch.slots = [record]
    try store.commit(batch)
    for kept in memory.takeNewSlots() {
      checker.check(kept, truth: site.truth(of: kept.slot), now: site.now, wall: site.wall)
    }
  }
  return checker.log
}

@Test func `an honest follower breaks nothing`() throws {
  #expect(try run(nil).kept.map(\.sentence) == [])
}

@Test(arguments: PlantedBug.allCases) func `a planted bug breaks its invariant`(bug: PlantedBug) throws {
  let log = try run(bug)
  #expect(log.count(of: bug.breaks) > 0, "\(log.kept.map(\.sentence))")
}
