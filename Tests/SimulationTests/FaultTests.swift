import Control
import Ports
import Quantities
import SiteModel
import Simulation
import Testing

/// Drives a world as a running site does, for some days.
private func tally(days: Int, seed: UInt64, faults: FaultPlan) -> FaultTally {
  let site = SimulatedSite(site: .simulated(load: 15), start: start, seed: seed, faults: faults)
  let store = SimulatedStore(site)
  for tick in 1...(days * 86_400) {
    site.advance()
    _ = site.poll(at: site.host.moment.monotonic)
    if tick % 120 == 0 {
      let number = tick / 120
      // A relay that refuses is part of the exercise.
      try? site.set(
        rig(number / 8 % 2 == 0 ? 0 : 1, number % (number / 8 % 2 == 0 ? 8 : 4)), closed: number / 16 % 2 == 0
      )
      for bank in 0..<2 { for number in 0..<4 { _ = site.level(of: rig(bank, number)) } }
    }
    if tick % 600 == 0 {
      var batch = RecordBatch()
      batch.sequence = Int64(tick)
      // So is a store that fails.
      try? store.commit(batch)
      for feed in Feed.allCases { _ = site.ask(feed) }
    }
    if let fault = site.processFault(isIdle: tick % 30 != 0), fault.victim == .board {
      site.powerOff()
      site.powerOn()
      site.holdLines()
    }
  }
  return site.tally
}

@Test(arguments: [UInt64(1), 2]) func `with many faults every kind strikes within ten days`(seed: UInt64) {
  let tally = tally(days: 10, seed: seed, faults: .seeded(.many))
  #expect(tally.silent.map(\.name) == [])
}

@Test func `without faults nothing strikes`() {
  let tally = tally(days: 1, seed: 1, faults: .seeded(.none))
  #expect(tally.silent == FaultKind.allCases)
}

@Test func `the last quarter of each day is calm and the devices tell the truth again`() throws {
  let site = SimulatedSite(site: .simulated(), start: start, seed: 8, faults: .seeded(.many))
  var disturbed = 0
  for tick in 1...(2 * 86_400) {
    site.advance()
    let answers = site.poll(at: site.host.moment.monotonic)
    let isCalm = tick % 86_400 > 64_810
    if !isCalm {
      disturbed += site.isDisturbed ? 1 : 0
      continue
    }
    #expect(!site.isDisturbed)
    let grid = try #require(try? answers[0].get())
    #expect(abs((grid.power - site.power.grid).value) <= 0.0005 + 0.01 * abs(site.power.grid.value))
    #expect(site.lines == site.contacts)
    #expect(site.unreliableRigs.isEmpty)
  }
  #expect(disturbed > 20_000)
}

private func world(
  _ kind: FaultKind, target: UInt64 = 0, severity: Double = 0.1, length: Duration = .minutes(10)
)
  -> SimulatedSite
{
  SimulatedSite(
    site: .simulated(load: 20, sun: false), start: start, seed: 3,
    faults: .scripted([
      FaultEpisode(
        kind: kind, start: MonotonicInstant(milliseconds: 60_000), length: length, target: target,
        severity: severity)
    ]))
}

/// Runs into the fault, the lines in hand.
private func struck(_ site: SimulatedSite) -> [Result<MeterReading, MeterFault>] {
  for _ in 0..<90 {
    site.advance()
    _ = site.poll(at: site.host.moment.monotonic)
  }
  site.advance()
  return site.poll(at: site.host.moment.monotonic)
}

@Test(
  arguments: zip(
    [FaultKind.busTimeout, .busChecksum, .busException, .busWrongUnit, .meterNotANumber],
    [MeterFault.timeout, .checksum, .exception, .wrongUnit, .notANumber]))
func `a bus fault takes the reading of its meter and of no other`(kind: FaultKind, fault: MeterFault) {
  let site = world(kind)
  let answers = struck(site)
  #expect(answers[0] == .failure(fault))
  #expect(answers.dropFirst().allSatisfy { (try? $0.get()) != nil })
  #expect(site.gridEvidence == .nothing)
}

@Test func `an unplugged adapter takes all readings`() {
  #expect(struck(world(.busUnplugged)).allSatisfy { $0 == .failure(.busDown) })
}

@Test func `a stuck meter repeats itself and the observer knows`() throws {
  let site = world(.meterStuck)
  let first = try struck(site)[0].get()
  site.advance()
  let second = try site.poll(at: site.host.moment.monotonic)[0].get()
  #expect(first.power == second.power && first.forward == second.forward)
  #expect(first.takenAt < second.takenAt)
  #expect(site.gridEvidence == .lie(second.power))
}

@Test func `a swapped sign turns power round and leaves the counters`() throws {
  let site = world(.meterSwappedSign)
  let reading = try struck(site)[0].get()
  #expect(reading.power < Kilowatts(-10))
  let before = try #require(reading.forward)
  site.advance(seconds: 60)
  let after = try #require(try site.poll(at: site.host.moment.monotonic)[0].get().forward)
  #expect(after > before)
}

@Test func `a slow device hands out an old sample with its own time`() throws {
  let site = world(.busSlow, severity: 1)
  _ = struck(site)
  var ages: Set<Int64> = []
  for _ in 0..<30 {
    site.advance()
    let reading = try site.poll(at: site.host.moment.monotonic)[0].get()
    ages.insert(site.host.moment.monotonic.millisecondsSince(reading.takenAt))
  }
  #expect(ages.min() == 0 && ages.max() == 8000)
}

@Test func `a reset sets the counters to nothing once`() throws {
  let site = world(.meterCounterReset)
  let reading = try struck(site)[0].get()
  #expect(try #require(reading.forward) < KilowattHours(1))
  #expect(site.tally[.meterCounterReset].effects == 1)
}

@Test func `a welded contact keeps its rig powered after the line opens`() throws {
  let site = world(.relayWelded)
  try site.set(rig(0, 2), closed: true)
  _ = struck(site)
  try site.set(rig(0, 2), closed: false)
  site.advance(seconds: 120)
  #expect(site.level(of: rig(0, 2)) == false)
  #expect(abs(site.power(ofBank: 0).value - 3) < 0.5)
  #expect(site.unreliableRigs == [rig(0, 2)])
  site.advance(seconds: 600)
  #expect(site.power(ofBank: 0) == .zero, "once the fault is over the contact follows its line")
}

@Test func `a contact stuck open leaves its rig without power`() throws {
  let site = world(.relayStuckOpen)
  try site.set(rig(0, 2), closed: true)
  _ = struck(site)
  site.advance(seconds: 5)
  #expect(site.level(of: rig(0, 2)) == true)
  #expect(site.power(ofBank: 0) == .zero)
}

@Test(arguments: [false, true]) func `a relay that refuses comes in a pair`(switches: Bool) throws {
  let site = world(switches ? .relayRefusesButSwitches : .relayRefuses)
  _ = struck(site)
  #expect(throws: RelayFault.inputOutput) { try site.set(rig(0, 1), closed: true) }
  #expect(site.level(of: rig(0, 1)) == switches)
}

@Test func `a read-back can lie`() throws {
  let site = world(.relayReadBackLies, target: 4)
  _ = struck(site)
  try site.set(rig(0, 4), closed: true)
  #expect(site.level(of: rig(0, 4)) == false)
  #expect(site.contacts[4])
}

@Test func `a feed fails alone and in its own way`() {
  for (kind, condition) in [
    (FaultKind.feedDown, FeedCondition.down), (.feedRateLimited, .rateLimited), (.feedNonsense, .nonsense(1)),
    (.feedLate, .late(.milliseconds(3_780_000))),
  ] {
    let site = world(kind, target: 1)
    #expect(site.ask(.importPrice) == .works)
    _ = struck(site)
    #expect(site.ask(.importPrice) == condition)
    #expect(site.ask(.weather) == .works)
    #expect(site.tally[kind].strikes == 1)
  }
}

@Test(
  arguments: zip(
    [FaultKind.controllerKilled, .holderKilled, .powerCut],
    [ProcessFault.Victim.controller, .holder, .board]))
func `a process dies at the chosen gap between two effects, once`(
  kind: FaultKind, victim: ProcessFault.Victim
) {
  let site = world(kind, target: 2)
  _ = struck(site)
  let faults = (0..<10).map { _ in site.processFault(isIdle: false) }
  #expect(faults.compactMap(\.?.victim) == [victim])
  #expect(faults.firstIndex { $0 != nil } == 2)
  #expect(site.tally[kind].strikes == 1)
}

@Test func `a process that does nothing dies all the same`() {
  let site = world(.controllerKilled, target: 5)
  var died: Int?
  for tick in 0..<700 where died == nil {
    site.advance()
    if site.processFault(isIdle: true) != nil { died = tick }
  }
  #expect(died == 359, "half way through the episode")
}
