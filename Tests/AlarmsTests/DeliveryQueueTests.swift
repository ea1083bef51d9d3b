import Alarms
import Quantities
import Testing

struct DeliveryQueueTests {
  private static let wall = UTCInstant(milliseconds: 1_750_000_000_000)

  private static func message(_ number: Int, _ condition: AlarmCondition = .stop) -> AlarmMessage {
    var watch = Watch()
    watch.now.wall = watch.now.wall + .seconds(number)
    watch.see([condition], for: .seconds(20))
    return watch.messages[0]
  }

  private static func time(_ seconds: Int) -> MonotonicInstant {
    MonotonicInstant(milliseconds: Int64(seconds) * 1000)
  }

  @Test func `messages leave in order, one at a time, over each channel by itself`() {
    var queue = DeliveryQueue(channels: [.webhook, .mail], seed: 1)
    let messages = (0..<3).map { Self.message($0) }
    for message in messages { #expect(queue.add(message, at: Self.time(0)).isEmpty) }
    #expect(queue.begin(.mail, at: Self.time(0)).next?.message == messages[0])
    #expect(queue.begin(.mail, at: Self.time(0)).next == nil)
    for message in messages {
      #expect(queue.begin(.webhook, at: Self.time(1)).next?.message == message)
      #expect(queue.end(.webhook, .delivered, at: Self.time(1), wall: Self.wall) == nil)
    }
    #expect(queue.waiting(for: .webhook).isEmpty && queue.waiting(for: .mail) == messages)
    #expect(queue.state(of: .webhook)?.deliveredAt == Self.wall)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a server that is down is asked later and later, and the message arrives once`(_ seed: UInt64) {
    var queue = DeliveryQueue(channels: [.mail], seed: seed)
    _ = queue.add(Self.message(0), at: Self.time(0))
    var attempts: [Int] = []
    var delivered = 0
    for second in 0..<40_000 {
      guard queue.begin(.mail, at: Self.time(second)).next != nil else { continue }
      attempts.append(second)
      let isUp = second >= 36_000
      if isUp { delivered += 1 }
      _ = queue.end(.mail, isUp ? .delivered : .failed("down"), at: Self.time(second), wall: Self.wall)
    }
    #expect(delivered == 1)
    let pauses = zip(attempts.dropFirst(), attempts).map { $0 - $1 }
    #expect(attempts.first == 0 && pauses[0] <= 6 && pauses.allSatisfy { $0 <= 901 })
    // Ten hours of a dead server cost about one call every quarter of an hour, not thousands.
    #expect((40...100).contains(attempts.count))
    #expect(queue.state(of: .mail)?.failingSince == nil)
  }

  @Test func `chance keeps two sites apart`() {
    let firsts = [1, 2].map { seed -> Int? in
      var queue = DeliveryQueue(channels: [.mail], seed: UInt64(seed))
      _ = queue.add(Self.message(0), at: Self.time(0))
      _ = queue.begin(.mail, at: Self.time(0))
      _ = queue.end(.mail, .failed("down"), at: Self.time(0), wall: Self.wall)
      return (0..<10_000).first {
        queue.begin(.mail, at: MonotonicInstant(milliseconds: Int64($0))).next != nil
      }
    }
    #expect(firsts[0] != firsts[1] && firsts.allSatisfy { (2500...5000).contains($0 ?? 0) })
  }

  @Test func `a server's wish for patience is granted up to an hour`() {
    var queue = DeliveryQueue(channels: [.webhook], seed: 1)
    _ = queue.add(Self.message(0), at: Self.time(0))
    _ = queue.begin(.webhook, at: Self.time(0))
    _ = queue.end(.webhook, .failed("busy", after: .hours(20)), at: Self.time(0), wall: Self.wall)
    #expect(queue.begin(.webhook, at: Self.time(3599)).next == nil)
    #expect(queue.begin(.webhook, at: Self.time(3600)).next != nil)
  }

  @Test func `a full queue gives up the oldest that can wait, and says so with the next message`() {
    var queue = DeliveryQueue(channels: [.mail], seed: 1)
    let wait = [3, 40].map { Self.message($0, .silent("rigs-\($0)")) }
    for number in 0..<DeliveryQueue.capacity {
      let message = wait.first { _ in number == 3 } ?? (number == 40 ? wait[1] : Self.message(number))
      #expect(queue.add(message, at: Self.time(0)).isEmpty)
    }
    // The first is under way and stays, whatever it is.
    #expect(queue.begin(.mail, at: Self.time(1)).next?.dropped == 0)
    #expect(queue.add(Self.message(200), at: Self.time(1)).map(\.message) == [wait[0]])
    #expect(queue.add(Self.message(201), at: Self.time(1)).map(\.message) == [wait[1]])
    // Only calls to act are left: the oldest of those that wait goes.
    #expect(queue.add(Self.message(202), at: Self.time(1)).map(\.message) == [Self.message(1)])
    #expect(queue.waiting(for: .mail).count == DeliveryQueue.capacity)
    _ = queue.end(.mail, .delivered, at: Self.time(2), wall: Self.wall)
    #expect(queue.state(of: .mail)?.dropped == 3)
    // The delivered one said nothing yet of what was lost after it had left.
    _ = queue.add(Self.message(203), at: Self.time(2))
    _ = queue.add(Self.message(204), at: Self.time(2))
    #expect(queue.begin(.mail, at: Self.time(2)).next?.dropped == 4)
  }

  @Test func `a message that is refused for what it is does not hold up the others`() {
    var queue = DeliveryQueue(channels: [.webhook], seed: 1)
    let (bad, good) = (Self.message(0), Self.message(1))
    _ = queue.add(bad, at: Self.time(0))
    _ = queue.add(good, at: Self.time(0))
    var drops: [DeliveryQueue.Drop] = []
    var delivered: [DeliveryQueue.Delivery] = []
    for second in 0..<3600 {
      guard let next = queue.begin(.webhook, at: Self.time(second)).next else { continue }
      let isGood = next.message == good
      if isGood { delivered.append(next) }
      let outcome: DeliveryOutcome = isGood ? .delivered : .rejected("the server answered 400")
      if let drop = queue.end(.webhook, outcome, at: Self.time(second), wall: Self.wall) {
        drops.append(drop)
      }
    }
    #expect(drops.map(\.message) == [bad])
    #expect(delivered.map(\.message) == [good] && delivered.map(\.dropped) == [1])
    #expect(
      AlarmText(good, zone: .utc, dropped: 1).body.contains("1 earlier message could not be delivered."))
  }

  @Test func `what is too old to matter is given up`() {
    var queue = DeliveryQueue(channels: [.mail], seed: 1)
    _ = queue.add(Self.message(0), at: Self.time(0))
    let (next, drops) = queue.begin(.mail, at: Self.time(49 * 3600))
    #expect(next == nil && drops.count == 1)
  }
}
