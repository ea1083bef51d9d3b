import Control
import Quantities
import SiteModel
import Simulation
import Testing

/// Readings of a poll, absent ones nil.
private func readings(_ site: SimulatedSite) -> [MeterReading?] {
  site.poll(at: site.host.moment.monotonic).map { try? $0.get() }
}

@Test func `counters rise in whole steps and add up to the true energy`() throws {
  let site = SimulatedSite(site: .simulated(), start: start, seed: 5)
  for number in 0..<4 { try site.set(rig(0, number), closed: true) }
  site.advance()
  let first = readings(site)
  let before = site.energy
  var last = first
  for _ in 0..<20_000 {
    site.advance()
    let now = readings(site)
    for (old, new) in zip(last, now) {
      let (old, new) = (try #require(old), try #require(new))
      let forward = try #require(new.forward)
      #expect(forward >= old.forward ?? .zero)
      #expect((new.reverse == nil) == (new.meter != 0), "only the grid meter counts both ways")
      let steps = forward.value / 0.01
      #expect(abs(steps - steps.rounded()) < 1e-4)
    }
    last = now
  }
  let after = site.energy
  func moved(_ meter: Int) throws -> Double {
    let (from, to) = (try #require(first[meter]?.forward), try #require(last[meter]?.forward))
    return (to - from).value
  }
  #expect(abs(try moved(0) - (after.imported - before.imported).value) <= 0.010001)
  #expect(abs(try moved(1) - (after.generated - before.generated).value) <= 0.010001)
  #expect(abs(try moved(2) + moved(3) - (after.rigs - before.rigs).value) <= 0.020001)
}

@Test func `a power reading is true within its noise and its step`() throws {
  let site = SimulatedSite(site: .simulated(), start: start, seed: 5)
  for _ in 0..<2000 {
    site.advance()
    let reading = try #require(readings(site)[0])
    #expect(abs((reading.power - site.power.grid).value) <= 0.0005 + 0.01 * abs(site.power.grid.value))
    #expect(reading.takenAt == site.host.moment.monotonic)
  }
}

@Test func `a counter that is full begins again from nothing and goes on counting`() throws {
  let world = SimulatedSite(
    site: .simulated(load: 30, sun: false), start: start, seed: 2,
    // A plan with faults makes counters that are nearly full; this one strikes long after the test.
    faults: .scripted([
      FaultEpisode(kind: .busTimeout, start: MonotonicInstant(milliseconds: 1 << 50), length: .seconds(1))
    ]))
  var rollOvers = 0
  var energy = 0.0
  var last: Double?
  for _ in 0..<(3 * 86_400) {
    world.advance()
    let forward = try #require(readings(world)[0]?.forward).value
    if let last {
      if forward < last {
        rollOvers += 1
        #expect(forward < 1 && last > 999_998)
        energy += forward + 1_000_000 - last
      } else {
        energy += forward - last
      }
    }
    last = forward
  }
  #expect(rollOvers == 1)
  #expect(world.tally[.meterRollOver].strikes == 1)
  #expect(abs(energy - world.energy.imported.value) < 0.05)
}

@Test func `a slot's truth is known once the trusted clock has passed both boundaries`() throws {
  let site = SimulatedSite(site: .simulated(load: 20), start: start, seed: 4)
  let slot = Slot(start: start + .minutes(30), length: .minutes(30))
  while site.wall < slot.start {
    site.advance()
    _ = readings(site)
  }
  let before = site.energy
  #expect(site.truth(of: slot) == nil)
  while site.wall < slot.end {
    site.advance()
    _ = readings(site)
  }
  let truth = try #require(site.truth(of: slot))
  let after = site.energy
  #expect(truth.meters[0].forward == after.imported - before.imported)
  #expect(truth.meters[0].reverse == after.exported - before.exported)
  #expect(truth.meters[1].forward == after.generated - before.generated)
  #expect(
    abs(truth.meters[0].tolerance.value - 0.02) < 1e-5, "readings lie on the boundaries: two counter steps")
  #expect(site.truth(of: Slot(start: start, length: .minutes(30))) == nil, "the run began with its start")
}

@Test func `a hole in the readings over a boundary widens what a record may be off`() throws {
  let hole = FaultEpisode(
    kind: .busUnplugged, start: MonotonicInstant(milliseconds: 3_597_000), length: .seconds(6))
  let site = SimulatedSite(
    site: .simulated(load: 20, sun: false), start: start, seed: 4, faults: .scripted([hole]))
  for _ in 0..<3700 {
    site.advance()
    _ = readings(site)
  }
  let truth = try #require(site.truth(of: Slot(start: start + .minutes(30), length: .minutes(30))))
  // About 20 kW over the seven seconds between the last reading before the hole and the first one after it.
  #expect(abs(truth.meters[0].tolerance.value - (0.02 + 7.0 / 3600 * 20)) < 0.02)
}

@Test func `old samples of a slow device do not count as readings at the boundary`() throws {
  let slow = FaultEpisode(
    kind: .busSlow, start: MonotonicInstant(milliseconds: 3_500_000), length: .minutes(4), severity: 1)
  let site = SimulatedSite(
    site: .simulated(load: 20, sun: false), start: start, seed: 4, faults: .scripted([slow]))
  for _ in 0..<3700 {
    site.advance()
    _ = readings(site)
  }
  let truth = try #require(site.truth(of: Slot(start: start + .minutes(30), length: .minutes(30))))
  // A sample every nine seconds: about 20 kW flowed between the two around the boundary.
  #expect(abs(truth.meters[0].tolerance.value - (0.02 + 9.0 / 3600 * 20)) < 0.02)
}

@Test(arguments: [0.1, 0.9]) func `a clock that is set right at a boundary has passed it`(severity: Double)
  throws
{
  let step = FaultEpisode(
    kind: .clockStep, start: MonotonicInstant(milliseconds: 3_000_000), length: .minutes(10),
    severity: severity)
  let site = SimulatedSite(
    site: .simulated(load: 20, sun: false), start: start, seed: 4, faults: .scripted([step]))
  for _ in 0..<5500 {
    site.advance()
    _ = readings(site)
  }
  #expect(site.truth(of: Slot(start: start + .minutes(30), length: .minutes(30))) != nil)
  let truth = try #require(site.truth(of: Slot(start: start + .minutes(60), length: .minutes(30))))
  #expect(abs(truth.meters[0].forward.value - 10) < 0.6)
}
