import Control
import Quantities
import SiteModel
import Testing

/// What lies under every authority: dwell, starts per day, stagger, and room under the cap.
struct DwellTests {
  @Test func `holds a rig on for its minimum on time and says until when`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1, minimumOn: .minutes(10))]))
    bench.plan([1])
    bench.run(3)
    let since = bench.status(0)?.since
    #expect(since == seconds(2))
    bench.plan([0], id: 2)
    bench.run(100)
    #expect(bench.running == [1])
    #expect(bench.status(0)?.heldBy == .minimumOn(until: seconds(602)))
    bench.run(498)
    #expect(bench.running == [1])
    bench.run(1)
    #expect(bench.running == [0])
  }

  @Test func `holds a rig off for its minimum off time`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 1, minimumOff: .minutes(10))]))
    bench.plan([1])
    bench.run(599)
    #expect(bench.running == [0])
    #expect(bench.status(0)?.heldBy == .minimumOff(until: seconds(600)))
    bench.run(1)
    #expect(bench.running == [1])
  }

  @Test func `counts every output as just switched after a restart`() {
    let site = benchSite(banks: [benchBank(count: 2, minimumOn: .minutes(5), minimumOff: .minutes(5))])
    var bench = Bench(site)
    bench.plan([1])
    bench.run(3000)
    #expect(bench.running == [1])
    var again = Bench(site, restored: bench.controller.state)
    again.lines = bench.lines
    again.send(.overrideSet(Override(bank: 0, running: 0, expires: again.now.wall + .hours(1), by: "Ann")))
    again.run(299)
    #expect(again.running == [1])
    again.run(1)
    #expect(again.running == [0])
  }

  @Test func `believes the lines after a restart`() {
    let site = benchSite(banks: [benchBank(minimumOn: .minutes(5), minimumOff: .minutes(5))])
    var bench = Bench(site)
    bench.plan([3])
    bench.run(600)
    var again = Bench(site, restored: bench.controller.state)
    again.run(10)
    #expect(again.controller.status().banks[0].running == 0)
    #expect(!again.events.contains(.relayMismatch))
    #expect(again.commands.isEmpty)
  }

  @Test func `closes one rig per stagger and opens all at once`() {
    var bench = Bench(benchSite(control: ControlSettings(stagger: .seconds(5))))
    bench.plan([4])
    bench.run(5)
    #expect(bench.running == [1])
    #expect(bench.status(3)?.heldBy == .stagger(until: seconds(10)))
    bench.run(10)
    #expect(bench.running == [3])
    bench.plan([0], id: 2)
    bench.run(1)
    #expect(bench.running == [0])
  }

  @Test func `staggers over all banks of the site`() {
    var bench = Bench(benchSite(banks: [benchBank("a", count: 2), benchBank("b", count: 2)]))
    bench.plan([2, 2])
    for expected in 1...4 {
      bench.run(2)
      #expect(bench.running.reduce(0, +) == expected)
    }
  }

  @Test func `starts no more often than the bank may in a local day`() {
    let zone = ZoneRules(
      name: "Asia/Tokyo", eras: [.init(start: UTCInstant(milliseconds: .min), offsetSeconds: 32_400)])
    var bench = Bench(benchSite(banks: [benchBank(count: 1, startsPerDay: 2)], zone: zone))
    for id in Int64(1)...3 {
      bench.plan([1], id: id)
      bench.run(5)
      bench.plan([0], id: id)
      bench.run(5)
    }
    #expect(bench.commands.count { $0.closed } == 2)
    bench.plan([1], id: 9)
    bench.run(1)
    #expect(bench.status(0)?.heldBy == .startLimit(perDay: 2))
    // 12:00 UTC is 21:00 in Tokyo: the day ends in three hours.
    bench.run(3 * 3600 - 31)
    bench.plan([1], id: 10)
    bench.run(5)
    #expect(bench.commands.count { $0.closed } == 3)
  }

  @Test func `starts only what fits under the cap`() {
    var bench = Bench(benchSite(cap: 12))
    bench.plan([4])
    bench.run(600)
    #expect(bench.running == [2])
    #expect(bench.status(3)?.heldBy == .noRoom(free: Kilowatts(1), needed: Kilowatts(3)))
    #expect(!bench.events.contains(.guardTripped))
  }

  @Test(arguments: [[Meter(name: "grid", subject: .grid)], twoMeters])
  func `counts rigs that still ramp up`(meters: [Meter]) {
    var bench = Bench(benchSite(cap: 12, meters: meters))
    bench.ramp = 120_000
    bench.plan([4])
    bench.run(1000)
    #expect(bench.running == [2])
    #expect(!bench.events.contains(.guardTripped))
  }

  @Test func `stops first in first out and starts the longest off`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 3)]))
    bench.plan([2])
    bench.run(10)
    #expect(bench.lines == [[true, true, false]])
    bench.plan([1], id: 2)
    bench.run(1)
    #expect(bench.lines == [[false, true, false]])
    bench.plan([2], id: 3)
    bench.run(5)
    #expect(bench.lines == [[false, true, true]])
  }

  @Test func `wears contacts evenly`() {
    var bench = Bench(benchSite(banks: [benchBank(count: 4)]))
    for id in Int64(1)...40 {
      bench.plan([2], id: id)
      bench.run(10)
      bench.plan([0], id: id)
      bench.run(10)
    }
    let cycles = bench.controller.status().rigs.map(\.cycles)
    #expect(cycles == [20, 20, 20, 20])
  }
}

let twoMeters = [Meter(name: "grid", subject: .grid), Meter(name: "rigs", subject: .bank(0))]
