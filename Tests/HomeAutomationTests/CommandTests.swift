import HomeAutomation
import Quantities
import SiteModel
import Testing

struct CommandTests {
  private static func connected() -> BrokerBench {
    var bench = BrokerBench()
    bench.show(BrokerBench.picture())
    bench.pass(.seconds(5))
    return bench
  }

  @Test(arguments: [
    ("rig/s19-2/set", "ON", "s19-2", "on"), ("rig/s19-2/set", "off", "s19-2", "off"),
    ("rig/s19-4/set", "AUTO", "s19-4", "auto"), ("bank/s19/set", "ON", "s19", "on"),
    ("bank/s19/set", "OFF", "s19", "off"), ("bank/s19/set", "3", "s19", "3"),
    ("bank/s19/set", "0.0", "s19", "0"), ("bank/s19/set", "4", "s19", "4"),
  ])
  func `a message is a command`(topic: String, payload: String, target: String, word: String) {
    var bench = Self.connected()
    bench.send("rigshift/test/\(topic)", payload)
    #expect(bench.commands.map(\.target) == [target] && bench.commands.map(\.word) == [word])
  }

  @Test(arguments: [
    ("rig/s19-2/set", "TOGGLE", HomeCommand.Ignored.meaningless), ("rig/s19-2/set", "", .meaningless),
    ("rig/s19-2/set", "2", .meaningless), ("bank/s19/set", "5", .meaningless),
    ("bank/s19/set", "-1", .meaningless), ("bank/s19/set", "1e0", .meaningless),
    ("bank/s19/set", "99999999999999999999", .meaningless), ("bank/s19/set", "٣", .meaningless),
    ("rig/s19-5/set", "ON", .unknownTarget), ("rig/s19-0/set", "ON", .unknownTarget),
    ("bank/s17/set", "ON", .unknownTarget), ("rig/s19-2/state", "ON", .unknownTarget),
    ("rig/s19-2/set", String(repeating: "ON ", count: 20), .oversized),
  ])
  func `rubbish is ignored with its reason`(topic: String, payload: String, why: HomeCommand.Ignored) {
    var bench = Self.connected()
    bench.send("rigshift/test/\(topic)", payload)
    #expect(bench.commands.isEmpty)
    #expect(bench.notices.last == .ignored(why, topic: "rigshift/test/\(topic)", count: 1))
  }

  @Test func `a retained command never switches`() {
    var bench = Self.connected()
    bench.send("rigshift/test/rig/s19-2/set", "ON", isRetained: true)
    #expect(bench.commands.isEmpty)
    #expect(bench.notices.last == .ignored(.retained, topic: "rigshift/test/rig/s19-2/set", count: 1))
  }

  @Test func `where commands are not enabled they are refused, and that is said once in ten minutes`() {
    var bench = Self.connected()
    bench.settings.acceptsCommands = false
    bench.notices = []
    bench.pass(.minutes(11)) { bench, _ in
      bench.show(BrokerBench.picture())
      bench.send("rigshift/test/rig/s19-2/set", "ON")
    }
    #expect(bench.commands.isEmpty)
    #expect(
      bench.notices == [
        .ignored(.notEnabled, topic: "rigshift/test/rig/s19-2/set", count: 1),
        .ignored(.notEnabled, topic: "rigshift/test/rig/s19-2/set", count: 600),
      ])
  }

  @Test func `a flood is cut to what a person could mean`() {
    var bench = Self.connected()
    bench.notices = []
    for _ in 0..<10_000 { bench.send("rigshift/test/rig/s19-2/set", "ON") }
    #expect(bench.commands.count == 200)
    #expect(bench.notices == [.ignored(.tooMany, topic: "rigshift/test/rig/s19-2/set", count: 1)])
    bench.pass(.seconds(10))
    for _ in 0..<10_000 { bench.send("rigshift/test/rig/s19-2/set", "ON") }
    #expect((201...203).contains(bench.commands.count))
  }

  @Test func `what arrives after the connection has ended is not carried out`() {
    var bench = Self.connected()
    bench.crash(loses: false)
    bench.send("rigshift/test/rig/s19-2/set", "ON")
    #expect(bench.commands.isEmpty)
  }

  /// Bytes of every kind, near commands and far from them: only the exact words come through, and never in another's name.
  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func `no rubbish becomes a command`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bench = Self.connected()
    let words = ["ON", "OFF", "AUTO", "1", "4", "5", "on", "0.0", ".0", "", "\u{0}", "é", "ON\n"]
    let names = ["s19-1", "s19-4", "s19-5", "s19", "s19-", "-", "+", "#", "", "s19-1/set", "\u{0}"]
    let right: Set<String> = ["ON", "OFF", "AUTO", "on"]
    for _ in 0..<2000 {
      let kind = ["rig", "bank", "meter", ""][random.below(4)]
      let name = names[random.below(names.count)]
      let topic = "\(random.chance(0.9) ? "rigshift/test" : "rigshift")/\(kind)/\(name)/set"
      var payload = Array(words[random.below(words.count)].utf8)
      if random.chance(0.2) { payload += (0..<random.below(40)).map { _ in UInt8(random.below(256)) } }
      if random.chance(0.1), !payload.isEmpty {
        payload[random.below(payload.count)] = UInt8(random.below(256))
      }
      let isRetained = random.chance(0.1)
      let before = bench.commands.count
      bench.now = bench.now + .seconds(6)
      bench.handle(.received(MQTTMessage(topic: topic, payload: payload, isRetained: isRetained)))
      guard bench.commands.count > before else { continue }
      let word = String(decoding: payload, as: UTF8.self)
      let isOfRig = kind == "rig" && ["s19-1", "s19-4"].contains(name)
      let isOfBank = kind == "bank" && name == "s19"
      #expect(topic.hasPrefix("rigshift/test/") && !isRetained && (isOfRig || isOfBank), "\(topic)")
      #expect(
        right.contains(word.uppercased())
          || isOfBank && Double(word).map { (0...4).contains($0) && $0 == $0.rounded() } == true,
        "\(payload)")
      #expect(bench.commands.last?.target == name)
    }
    #expect(bench.commands.count > 20)
  }
}
