import Control
import Ports
import Quantities
import SiteModel
import Simulation
import Testing

private func site(_ episodes: [FaultEpisode] = [], _ model: Site = .simulated()) -> SimulatedSite {
  SimulatedSite(site: model, start: start, seed: 6, faults: .scripted(episodes))
}

private func episode(
  _ kind: FaultKind, at seconds: Int64, for length: Duration, target: UInt64 = 0, severity: Double
)
  -> FaultEpisode
{
  FaultEpisode(
    kind: kind, start: MonotonicInstant(milliseconds: seconds * 1000), length: length, target: target,
    severity: severity)
}

@Test func `an undisturbed clock shows true time and is trusted`() {
  let world = site()
  #expect(world.isClockTrustworthy)
  world.advance(seconds: 5000)
  let (moment, evidence) = world.host
  #expect(moment.wall == start + .seconds(5000))
  #expect(moment.monotonic == MonotonicInstant(milliseconds: 5_000_000))
  #expect(evidence.isSynchronised)
}

@Test(arguments: [0.0, 0.3, 0.7, 0.999])
func `a step moves the wall clock only, ends trust and is put right`(severity: Double) {
  let world = site([episode(.clockStep, at: 100, for: .minutes(5), severity: severity)])
  world.advance(seconds: 99)
  world.advance(seconds: 1)
  let error = world.host.moment.wall - world.wall
  #expect(abs(error.hours) >= 10.0 / 3600 && abs(error.hours) <= 2.01)
  #expect((error > .zero) == (severity >= 0.5))
  #expect(world.host.moment.monotonic == world.now)
  #expect(!world.host.evidence.isSynchronised)
  #expect(!world.isClockTrustworthy)
  world.advance(seconds: 301)
  #expect(world.host.moment.wall == world.wall)
  #expect(world.isClockTrustworthy)
}

@Test func `a drifting clock goes wrong by parts per million and is slewed back, never stepped`() {
  let world = site([episode(.clockDrift, at: 100, for: .hours(2), severity: 1)])
  var most: Int64 = 0
  var last = world.host.moment.wall
  for _ in 0..<20_000 {
    world.advance()
    let wall = world.host.moment.wall
    #expect(abs(wall.millisecondsSince(last) - 1000) <= 1)
    last = wall
    most = max(most, abs(wall.millisecondsSince(world.wall)))
  }
  #expect(most > 1500 && most < 2500)
  #expect(world.isClockTrustworthy)
  world.advance(seconds: 10_000)
  #expect(world.host.moment.wall == world.wall)
}

@Test func `a clock without a source stays trusted for the holdover only`() {
  let control = ControlSettings(clockHoldover: .hours(2))
  let world = site(
    [episode(.clockUnsynchronised, at: 100, for: .hours(5), severity: 0.5)], .simulated(control: control))
  world.advance(seconds: 7000)
  #expect(!world.host.evidence.isSynchronised)
  #expect(world.isClockTrustworthy)
  world.advance(seconds: 400)
  #expect(!world.isClockTrustworthy)
}

@Test func `after a power cut the monotonic clock starts anew and the lines are open`() throws {
  let world = SimulatedSite(site: .simulated(), start: start, seed: 6, faults: .seeded(.many))
  world.advance(seconds: 3600)
  let relays = SimulatedRelayBank(world)
  // A relay of these rigs may be at fault in this world; the line is what counts here.
  try? relays.set(rig(0, 3), closed: true)
  world.powerOff()
  #expect(world.lines.allSatisfy { !$0 })
  #expect(relays.level(of: rig(0, 3)) == nil)
  #expect(throws: RelayFault.notOwned) { try relays.set(rig(0, 3), closed: true) }
  world.advance(seconds: 60)
  world.powerOn()
  #expect(world.host.moment.monotonic == MonotonicInstant(milliseconds: 0))
}

@Test func `clocks come up wrong at some boots, behind and without a source`() {
  var unset = 0
  for seed in 0..<40 {
    let world = SimulatedSite(site: .simulated(), start: start, seed: UInt64(seed), faults: .seeded(.some))
    let (moment, evidence) = world.host
    guard moment.wall != world.wall else { continue }
    unset += 1
    #expect(moment.wall < world.wall)
    #expect(!evidence.isSynchronised)
    #expect(!world.isClockTrustworthy)
    #expect(world.tally[.clockNotSetAtBoot].strikes == 1)
    world.advance(seconds: 3600)
  }
  #expect((12...28).contains(unset))
}

@Test func `lines fall when their process dies and need a new one`() throws {
  let world = site()
  let relays = SimulatedRelayBank(world)
  try relays.set(rig(0, 0), closed: true)
  try relays.set(rig(1, 1), closed: true)
  #expect(world.closedLines == [1, 1])
  world.advance()
  #expect(world.transitions.isEmpty)
  relays.release()
  #expect(world.closedLines == [0, 0])
  #expect(world.transitions.map(\.closed) == [false, false])
  #expect(throws: RelayFault.notOwned) { try relays.set(rig(0, 0), closed: true) }
  try SimulatedRelayBank(world).set(rig(0, 0), closed: true)
  #expect(relays.level(of: rig(0, 0)) == true)
}

@Test(arguments: [
  RigID(bank: -1, rig: 0), RigID(bank: 0, rig: 8), RigID(bank: 2, rig: 0), RigID(bank: 1, rig: -1),
])
func `a rig that does not exist has no line`(stranger: RigID) {
  let world = site()
  #expect(throws: RelayFault.notOwned) { try world.set(stranger, closed: true) }
  #expect(world.level(of: stranger) == nil)
}

private func batch(_ sequence: Int64) -> RecordBatch {
  var batch = RecordBatch()
  batch.sequence = sequence
  batch.checkpoint = [UInt8(sequence)]
  batch.slots = [
    SlotRecord(
      slot: Slot(start: start + .minutes(Int(sequence) * 30), length: .minutes(30)), banks: 2, meters: 4)
  ]
  return batch
}

@Test func `a store keeps batches in order and once`() throws {
  let store = SimulatedStore(site())
  try store.commit(batch(1))
  try store.commit(batch(2))
  try store.commit(batch(1))
  #expect(store.slots.count == 2)
  #expect(try store.recover().checkpoint == [2])
  #expect(try store.recover().lastSequence == 2)
  #expect(try store.recover().newestRecord == start + .minutes(90))
  #expect(store.takeNewSlots().count == 2)
  #expect(store.takeNewSlots().isEmpty)
}

@Test(
  arguments: [
    (FaultKind.storeFull, false), (.storeFailedNotWritten, false), (.storeFailedWritten, true),
  ])
func `a commit that fails comes in a pair: written and not`(kind: FaultKind, isWritten: Bool) throws {
  let world = site([episode(kind, at: 10, for: .minutes(1), severity: 0.5)])
  let store = SimulatedStore(world)
  try store.commit(batch(1))
  world.advance(seconds: 20)
  #expect(throws: kind == .storeFull ? StoreError.full : .failed(kind.name)) { try store.commit(batch(2)) }
  #expect(try store.recover().lastSequence == (isWritten ? 2 : 1))
  #expect(world.storeFailing == world.now)
  world.advance(seconds: 60)
  try store.commit(batch(2))
  #expect(store.slots.count == 2)
  #expect(world.storeFailing == nil)
}

@Test func `a slow store takes seconds and keeps the batch`() throws {
  let world = site([episode(.storeSlow, at: 10, for: .minutes(1), severity: 0.5)])
  let store = SimulatedStore(world)
  world.advance(seconds: 20)
  try store.commit(batch(1))
  #expect(store.lastCommitTook >= .seconds(1))
  #expect(store.commits == 1)
  #expect(world.storeFailing == nil)
}

@Test(arguments: [UInt64(0), 0x100]) func `power can fail in the middle of a commit`(target: UInt64) throws {
  let world = site([episode(.powerCut, at: 10, for: .minutes(10), target: target, severity: 0.2)])
  let store = SimulatedStore(world)
  world.advance(seconds: 20)
  #expect(throws: StoreError.self) { try store.commit(batch(1)) }
  #expect(world.processFault(isIdle: true)?.victim == .board)
  #expect(try store.recover().lastSequence == (target == 0 ? 0 : 1))
  try store.commit(batch(1))
  #expect(store.slots.count == 1)
}
