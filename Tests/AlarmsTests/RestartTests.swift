import Alarms
import JSONText
import Quantities
import Testing

/// What lies on disk between two runs.
struct RestartTests {
  private static func kept() -> (watch: Watch, queue: DeliveryQueue, bytes: [UInt8]) {
    var watch = Watch(reminder: .minutes(30))
    watch.see([.silent("gone")], for: .minutes(1))
    watch.see([], for: .minutes(6))
    watch.see([.welded("rigs-1"), .silent("rigs-2")], for: .minutes(1))
    _ = watch.acknowledge(2, until: "2025-06-01T20:00:00Z")
    var queue = DeliveryQueue(channels: [.mail, .webhook], seed: 1)
    for message in watch.messages { _ = queue.add(message, at: watch.now.monotonic) }
    return (watch, queue, KeptAlarms.bytes(watch.book, queue))
  }

  @Test func `alarms, who knows of them, and messages outlive a restart`() throws {
    let (before, queue, bytes) = Self.kept()
    var after = Watch(at: "2025-06-01T11:00:00Z", reminder: .minutes(30))
    after.now.monotonic = MonotonicInstant(milliseconds: 12)
    var newQueue = DeliveryQueue(channels: [.mail, .webhook], seed: 2)
    try KeptAlarms.restore(bytes, into: &after.book, &newQueue, at: after.now)
    #expect(after.book.open.map(\.id) == before.book.open.map(\.id))
    #expect(after.book.open.map(\.acknowledgement) == before.book.open.map(\.acknowledgement))
    #expect(after.book.open.map(\.since) == before.book.open.map(\.since))
    #expect(after.book.closed == before.book.closed)
    for channel in queue.channels { #expect(newQueue.waiting(for: channel) == queue.waiting(for: channel)) }
    // What was told is not told again, what is known stays known, and a new alarm has a new number.
    after.see([.welded("rigs-1"), .silent("rigs-2"), .silent("rigs-9")], for: .minutes(2))
    #expect(after.messages.map { $0.raised.map(\.about) } == [["rigs-9"]])
    #expect(after.book.open.map(\.id) == [2, 3, 4])
  }

  @Test func `an unanswered call is repeated after a restart, but not at once`() throws {
    var before = Watch(reminder: .minutes(30))
    before.see([.stop], for: .minutes(1))
    var queue = DeliveryQueue(seed: 1)
    let bytes = KeptAlarms.bytes(before.book, queue)
    var after = Watch(at: "2025-06-01T10:02:00Z", reminder: .minutes(30))
    try KeptAlarms.restore(bytes, into: &after.book, &queue, at: after.now)
    after.see([.stop], for: .minutes(29))
    #expect(after.messages.isEmpty)
    after.see([.stop], for: .minutes(2))
    #expect(after.messages.map(\.reason) == [.reminder])
  }

  @Test func `an alarm whose cause went with the restart ends after its hold`() throws {
    let (_, _, bytes) = Self.kept()
    var after = Watch(at: "2025-06-01T11:00:00Z")
    var queue = DeliveryQueue(seed: 1)
    try KeptAlarms.restore(bytes, into: &after.book, &queue, at: after.now)
    after.see([], for: .minutes(4))
    #expect(after.book.open.count == 2)
    after.see([], for: .minutes(2))
    #expect(after.book.open.isEmpty && after.messages.map(\.reason) == [.summary])
  }

  @Test(
    arguments: [
      "", "{", "[]", "null", "{\"version\":2}", "{\"version\":\"1\"}", "\u{0}\u{1}",
      String(repeating: "[", count: 100_000),
    ])
  func `rubbish is refused and does no harm`(_ text: String) {
    var watch = Watch()
    var queue = DeliveryQueue(channels: [.mail], seed: 1)
    #expect(throws: KeptAlarms.Rubbish.self) {
      try KeptAlarms.restore(Array(text.utf8), into: &watch.book, &queue, at: watch.now)
    }
    watch.see([.stop], for: .seconds(20))
    #expect(watch.messages.count == 1)
  }

  @Test func `what is damaged is left out, and the rest counts`() throws {
    let open = [
      #"{"id":7,"kind":"emergencyStop","about":"","detail":"d","since":"2025-06-01T10:00:00Z","announced":true}"#,
      #"{"id":7,"kind":"diskLow","since":"2025-06-01T10:00:00Z"}"#,
      #"{"id":8,"kind":"noSuchKind","since":"2025-06-01T10:00:00Z"}"#,
      #"{"id":-9,"kind":"diskLow","since":"2025-06-01T10:00:00Z"}"#, #"{"id":1e300,"kind":"diskLow"}"#, "3",
      "null",
      #"{"id":9,"kind":"diskLow","since":"never"}"#,
      #"{"id":10,"kind":"clockUntrusted","since":"2025-06-01T10:00:00Z","recurrences":9e99,"returns":-5,"acknowledged":{"by":7}}"#,
    ]
    let text =
      #"{"version":1,"next_id":9223372036854775807,"open":[\#(open.joined(separator: ","))],"closed":7,"waiting":{"mail":[{},3,null]}}"#
    var watch = Watch()
    var queue = DeliveryQueue(channels: [.mail], seed: 1)
    try KeptAlarms.restore(Array(text.utf8), into: &watch.book, &queue, at: watch.now)
    #expect(watch.book.open.map(\.id) == [7, 10] && watch.book.open.map(\.returns) == [0, 0])
    #expect(queue.waiting(for: .mail).isEmpty)
    watch.see([.stop, .silent("rigs-1")], for: .seconds(20))
    #expect(watch.messages.map { $0.raised.map(\.kind) } == [[.clockUntrusted, .rigSilent]])
    #expect(watch.book.open.map(\.id) == [7, 10, 11])
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `no damage to a kept file traps`(_ seed: UInt64) {
    var (_, _, bytes) = Self.kept()
    var chance = SplitMix64(seed: seed)
    for _ in 0..<(1 + chance.below(8)) { bytes[chance.below(bytes.count)] = UInt8(chance.below(256)) }
    if chance.chance(0.3) { bytes.removeLast(chance.below(bytes.count)) }
    var watch = Watch()
    var queue = DeliveryQueue(channels: [.mail, .webhook], seed: 1)
    do throws(KeptAlarms.Rubbish) {
      try KeptAlarms.restore(bytes, into: &watch.book, &queue, at: watch.now)
    } catch {
      #expect(!error.why.isEmpty)
    }
    watch.see([.stop], for: .seconds(30))
    #expect(watch.book.open.contains { $0.kind == .emergencyStop })
  }
}
