import Ports
import Quantities
import SiteController
import SiteModel
import Testing

private let start = ISO8601.instant("2025-03-10T00:00:00Z")!  // a valid constant

private func site() -> Site {
  Site(
    name: "test", location: Location(latitude: 0, longitude: 0), zone: .utc, currency: "EUR",
    grid: GridConnection(importCap: Kilowatts(50)), meters: [Meter(name: "grid", subject: .grid)],
    banks: [RigBank(name: "a", count: 2, draw: Kilowatts(3), relayLines: ["1", "2"])],
    importTariff: .fixed(1),
    planner: PlannerSettings(slotMinutes: 5))
}

/// A settlement fed once a second by a meter on a steady 36 kW import: 0.01 kWh a second.
private struct Bench {
  var settlement = Settlement(site: site())
  var second: Int64 = 0
  var counter = 1000.0
  var closedRelays = [1]
  var records: [SlotRecord] = []
  var anomalies: [MeterAccount.Anomaly] = []

  mutating func run(seconds: Int64, metered: Bool = true, trusted: Bool = true) {
    for _ in 0..<seconds {
      let wall = start.advanced(byMilliseconds: self.second * 1000)
      if trusted {
        self.settlement.open(at: wall, site: site())
        if metered {
          let sample = MeterAccount.Sample(wall: wall, power: 36, forward: self.counter, reverse: 7)
          if let anomaly = self.settlement.take(
            sample, meter: 0, limits: .init(power: 200, resolution: 0.01, grace: 10_000))
          {
            self.anomalies.append(anomaly)
          }
        }
        self.records += self.settlement.advance(
          to: wall, closedRelays: self.closedRelays, site: site(), grace: 10_000)
      } else {
        self.settlement.suspend()
      }
      self.second += 1
      self.counter += 0.01
    }
  }
}

@Test func `a slot's energy is the difference of its boundary counters, and neighbours share one`() throws {
  var bench = Bench()
  bench.run(seconds: 901)
  try #require(bench.records.count == 3)
  for record in bench.records {
    #expect(abs((record.imported?.value ?? 0) - 3) < 1e-9)
    #expect(record.exported == KilowattHours(0))
    #expect(record.gapMilliseconds == 0)
    #expect(record.relayMilliseconds == [300_000])
  }
  #expect(bench.records[0].countersAtEnd == bench.records[1].countersAtStart)
  #expect(bench.records[1].slot.start == bench.records[0].slot.end)
}

@Test func `a hole in the readings inside a slot loses no energy`() throws {
  var bench = Bench()
  bench.run(seconds: 60)
  bench.run(seconds: 120, metered: false)
  bench.run(seconds: 121)
  let record = try #require(bench.records.first)
  #expect(abs((record.imported?.value ?? 0) - 3) < 1e-9)
  #expect(record.gapMilliseconds == 0)
}

@Test func `a hole over a slot boundary is left out of both slots and shown in both`() throws {
  var bench = Bench()
  bench.run(seconds: 271)  // last reading at second 270
  bench.run(seconds: 49, metered: false)  // next at second 320
  bench.run(seconds: 281)
  try #require(bench.records.count == 2)
  #expect(abs((bench.records[0].imported?.value ?? 0) - 2.7) < 1e-9)
  #expect(bench.records[0].gapMilliseconds == 30_000)
  #expect(abs((bench.records[1].imported?.value ?? 0) - 2.8) < 1e-9)
  #expect(bench.records[1].gapMilliseconds == 20_000)
}

@Test func `a boundary reading a few seconds late still splits the slots without a gap`() throws {
  var bench = Bench()
  bench.run(seconds: 298)
  bench.run(seconds: 5, metered: false)
  bench.run(seconds: 300)
  try #require(bench.records.count == 2)
  #expect(bench.records.map(\.gapMilliseconds) == [0, 0])
  let sum = bench.records.reduce(0) { $0 + ($1.imported?.value ?? 0) }
  #expect(abs(sum - 6) < 0.011)  // within one counter step of the later boundary
}

@Test func `slots nobody metered appear as whole gaps`() throws {
  var bench = Bench()
  bench.run(seconds: 100)
  bench.second += 3600
  bench.counter += 36
  bench.run(seconds: 400)
  #expect(bench.records.count == 13)
  #expect(bench.records[3].gapMilliseconds == 300_000)
  #expect(bench.records[3].imported == nil)
  for (earlier, later) in zip(bench.records, bench.records.dropFirst()) {
    #expect(later.slot.start == earlier.slot.end)
  }
}

@Test func `time under an untrusted clock belongs to no slot`() throws {
  var bench = Bench()
  bench.run(seconds: 100)
  bench.run(seconds: 100, trusted: false)
  bench.run(seconds: 101)
  let record = try #require(bench.records.first)
  #expect(record.gapMilliseconds == 101_000)  // from the last trusted reading to the first
  #expect(abs((record.imported?.value ?? 0) - 1.99) < 1e-9)
  #expect(record.relayMilliseconds == [199_000])
}

@Test(arguments: [-500.0, 400.0])
func `a counter that resets or leaps is an anomaly and never energy`(leap: Double) throws {
  var bench = Bench()
  bench.run(seconds: 100)
  bench.counter += leap
  bench.run(seconds: 201)
  let record = try #require(bench.records.first)
  #expect(bench.anomalies.count == 1)
  #expect(record.gapMilliseconds == 2000)  // until the second reading on the new base
  #expect(abs((record.imported?.value ?? 0) - 2.98) < 1e-9)
}

@Test(arguments: [-500.0, 0.05, 400.0, 1e12])
func `a single phantom counter is left out and costs nothing`(leap: Double) throws {
  var bench = Bench()
  bench.run(seconds: 100)
  bench.counter += leap
  bench.run(seconds: 1)
  bench.counter -= leap
  bench.run(seconds: 200)
  let record = try #require(bench.records.first)
  #expect(bench.anomalies.count == 1)
  #expect(record.gapMilliseconds == 0)
  #expect(abs((record.imported?.value ?? 0) - 3) < 1e-3)
}

@Test func `a phantom small enough to pass for a step is taken back by the next reading`() throws {
  var bench = Bench()
  bench.run(seconds: 100)
  bench.counter += 0.05
  bench.run(seconds: 1)
  bench.counter -= 0.05
  bench.run(seconds: 200)
  let record = try #require(bench.records.first)
  #expect(bench.anomalies.count == 1)
  #expect(record.gapMilliseconds == 0)
  #expect(abs((record.imported?.value ?? 0) - 3) < 1e-9)
}

@Test func `a settlement survives being written down and read back in the middle of a slot`() throws {
  var bench = Bench()
  bench.run(seconds: 100)
  bench.settlement = try JSONRoundTrip.of(bench.settlement)
  bench.settlement.resume()
  bench.run(seconds: 201)
  let record = try #require(bench.records.first)
  #expect(abs((record.imported?.value ?? 0) - 3) < 1e-9)
}

@Test func `after a step of the clock the open slot counts from then on and says so`() throws {
  var bench = Bench()
  bench.run(seconds: 200)
  bench.settlement.discredit()
  bench.second -= 100
  bench.run(seconds: 301)
  try #require(bench.records.count == 1)
  let record = bench.records[0]
  #expect(abs((record.imported?.value ?? 0) - 2) < 1e-9)
  #expect(record.gapMilliseconds == 100_000)
  #expect(record.relayMilliseconds == [200_000])
}
