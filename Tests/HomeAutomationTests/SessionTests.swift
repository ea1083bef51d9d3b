import HomeAutomation
import Quantities
import SiteModel
import Testing

struct SessionTests {
  @Test func `a new connection is given everything once, and the availability last`() {
    var bench = BrokerBench()
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(5))
    #expect(bench.retained == bench.image(of: BrokerBench.picture()))
    #expect(bench.published.count == bench.retained.count)
    #expect(bench.published.last?.name == "rigshift/test/availability")
    #expect(bench.notices == [.connected])
    #expect(bench.subscriptions.starts(with: ["rigshift/test/rig/+/set", "rigshift/test/bank/+/set"]))
  }

  @Test func `nobody connects before there is something to show`() {
    var bench = BrokerBench()
    bench.pass(.minutes(1))
    #expect(bench.attempts.isEmpty)
  }

  @Test func `only what changed is published: a switch at once, a figure when its interval is over`() {
    var bench = BrokerBench()
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(5))
    bench.published = []
    // Sixty seconds of a power that differs in each of them.
    bench.pass(.seconds(60)) { $0.show(BrokerBench.picture(power: 3 + Double($1) / 100)) }
    #expect(Set(bench.published.map(\.name)) == ["rigshift/test/meter/main/power"])
    #expect((5...7).contains(bench.published.count), "\(bench.published.count)")
    bench.published = []
    var picture = BrokerBench.picture(power: 3.59)
    picture.rigs[1].isOn = true
    bench.show(picture)
    bench.pass(.milliseconds(250))
    #expect(bench.published.map(\.name).contains("rigshift/test/rig/s19-2/state"))
    bench.pass(.seconds(10))
    #expect(bench.retained["rigshift/test/meter/main/power"] == "3.59")
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `an hour without a broker costs a few attempts, and leaves nothing to catch up on`(seed: UInt64) {
    var bench = BrokerBench(seed: seed)
    bench.show(BrokerBench.picture())
    bench.pass(.minutes(2)) { bench, _ in bench.show(BrokerBench.picture()) }
    bench.crash(loses: seed.isMultiple(of: 2))
    bench.attempts = []
    bench.published = []
    bench.pass(.hours(1)) { $0.show(BrokerBench.picture(power: Double($1))) }
    #expect(bench.published.isEmpty)
    #expect((30...80).contains(bench.attempts.count), "\(bench.attempts.count)")
    bench.isUp = true
    let latest = BrokerBench.picture(power: 42)
    let back = bench.now
    bench.attempts = []
    bench.pass(.minutes(3)) { bench, _ in bench.show(latest) }
    #expect(bench.retained == bench.image(of: latest))
    #expect(bench.published.count == bench.retained.count)
    #expect(bench.attempts.count == 1 && bench.attempts[0] - back <= .seconds(121))
    // One line for the outage, one for its end, however many attempts there were between.
    #expect(
      bench.notices == [
        .connected, .lost(why: "connection lost", needsPerson: false),
        .lost(why: "connection refused", needsPerson: false), .connected,
      ])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `pauses double up to two minutes and are not the same for two sites`(seed: UInt64) {
    var bench = BrokerBench(seed: seed)
    bench.isUp = false
    bench.show(BrokerBench.picture())
    bench.pass(.minutes(30))
    let pauses = zip(bench.attempts.dropFirst(), bench.attempts).map { $0 - $1 }
    for (index, pause) in pauses.enumerated() {
      let most = min(Duration.seconds(120), .seconds(2 << min(index, 10)))
      #expect(pause >= most / 2 && pause <= most + .milliseconds(250), "\(index): \(pause)")
    }
    var other = BrokerBench(seed: seed + 1000)
    other.isUp = false
    other.show(BrokerBench.picture())
    other.pass(.minutes(30))
    #expect(bench.attempts != other.attempts)
  }

  @Test func `a broker that throws a site out at once is asked more and more seldom`() {
    var bench = BrokerBench()
    bench.show(BrokerBench.picture())
    bench.pass(.hours(1)) { bench, _ in
      bench.show(BrokerBench.picture())
      if bench.session.isConnected { bench.handle(.ended(why: "taken over", needsPerson: true)) }
    }
    #expect(bench.attempts.count < 80, "\(bench.attempts.count)")
  }

  @Test func `a broker that does not acknowledge is given twenty messages and left after half a minute`() {
    var bench = BrokerBench()
    bench.acknowledges = false
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(29))
    #expect(bench.published.count == 20 && bench.session.isConnected)
    bench.pass(.seconds(2))
    #expect(!bench.session.isConnected)
    #expect(bench.notices.last == .lost(why: "the broker stopped acknowledging", needsPerson: false))
    bench.acknowledges = true
    bench.pass(.seconds(10)) { bench, _ in bench.show(BrokerBench.picture()) }
    #expect(bench.retained == bench.image(of: BrokerBench.picture()))
  }

  @Test func `a large site goes to the broker a hundred messages a second, and completely`() {
    var picture = BrokerBench.picture()
    picture.rigs = (1...2000).map { .init(name: "s19-\($0)", isOn: false) }
    picture.banks[0].rigs = 2000
    var bench = BrokerBench()
    bench.pass(.seconds(120)) { bench, second in
      bench.show(picture)
      #expect(bench.published.count <= 100 + 100 * (second + 1))
    }
    #expect(bench.retained == bench.image(of: picture))
    #expect(bench.retained.count < 3000)
  }

  @Test func `a site whose control loop shows nothing for half a minute is offline until it does`() {
    var bench = BrokerBench()
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(29))
    #expect(bench.retained["rigshift/test/availability"] == "online")
    bench.pass(.seconds(3))
    #expect(bench.retained["rigshift/test/availability"] == "offline")
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(1))
    #expect(bench.retained["rigshift/test/availability"] == "online")
  }

  @Test func `descriptions of what the site no longer has are removed, those of other sites are not`() {
    var bench = BrokerBench()
    let old = "homeassistant/switch/rigshift_test/rig_s17-1/config"
    let foreign = "homeassistant/switch/rigshift_other/rig_s19-1/config"
    bench.retained = [old: "{}", foreign: "{}"]
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(5))
    #expect(bench.retained[old] == nil && bench.retained[foreign] == "{}")
    // The search ends, and what goes later goes by itself: commands off means no switches.
    bench.pass(.seconds(10))
    #expect(bench.subscriptions.count == 2)
    #expect(bench.retained["homeassistant/switch/rigshift_test/rig_s19-1/config"] != nil)
    bench.settings.acceptsCommands = false
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(5))
    #expect(bench.retained["homeassistant/switch/rigshift_test/rig_s19-1/config"] == nil)
    #expect(bench.retained["homeassistant/binary_sensor/rigshift_test/rig_s19-1/config"] != nil)
    bench.retained[foreign] = nil
    #expect(bench.retained == bench.image(of: BrokerBench.picture()))
  }

  @Test func `the last word of a site that stops is offline`() {
    var bench = BrokerBench()
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(5))
    #expect(
      bench.session.farewell(at: bench.now)
        == [.publish(RetainedTopic("rigshift/test/availability", "offline"))])
    #expect(!bench.session.isAcknowledged)
    var unheard = BrokerBench()
    #expect(unheard.session.farewell(at: unheard.now).isEmpty)
  }

  @Test func `a refusing broker is complained of once in ten minutes`() {
    var bench = BrokerBench()
    bench.refusal = "not authorised"
    bench.pass(.minutes(25)) { $0.show(BrokerBench.picture(power: Double($1))) }
    let counts = bench.notices.compactMap { notice in
      if case .refused("not authorised", let count) = notice { count } else { nil }
    }
    #expect(counts.count == 3 && counts[0] == 1 && counts[1] > 50, "\(counts)")
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `after any course of events the broker shows the latest`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bench = BrokerBench(seed: seed)
    var picture = BrokerBench.picture()
    for _ in 0..<60 {
      switch random.below(7) {
      case 0: bench.crash(loses: random.chance(0.5))
      case 1: bench.isUp = true
      case 2: bench.acknowledges.toggle()
      case 3: bench.handle(.connected)
      case 4: bench.handle(.ended(why: "so", needsPerson: false))
      case 5: picture.rigs[random.below(4)].isOn.toggle()
      case _: picture.meters[0].reading = random.chance(0.3) ? nil : .init(power: Kilowatts(random.uniform()))
      }
      let latest = picture
      bench.pass(.seconds(1 + Int64(random.below(40)))) { bench, _ in bench.show(latest) }
    }
    bench.isUp = true
    bench.acknowledges = true
    let latest = picture
    bench.pass(.minutes(10)) { bench, _ in bench.show(latest) }
    for (topic, payload) in bench.image(of: latest) { #expect(bench.retained[topic] == payload, "\(topic)") }
  }
}
