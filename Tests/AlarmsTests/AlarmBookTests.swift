import Alarms
import Quantities
import SiteModel
import Testing

struct AlarmBookTests {
  @Test func `an alarm is one message, however long it stands`() {
    var watch = Watch(reminder: nil)
    watch.see([.silent("rigs-1")], for: .hours(3))
    #expect(watch.messages.count == 1)
    #expect(watch.messages[0].reason == .raised && watch.messages[0].raised.map(\.about) == ["rigs-1"])
    #expect(watch.book.open.map(\.id) == [1])
    #expect(watch.book.open[0].since == ISO8601.instant("2025-06-01T10:00:00Z"))
  }

  @Test func `what flaps is one alarm and two messages`() {
    var watch = Watch(hold: .minutes(5), reminder: nil)
    for _ in 0..<40 {
      watch.see([.welded("rigs-1")], for: .seconds(30))
      watch.see([], for: .minutes(2))
    }
    #expect(watch.messages.map(\.reason) == [.raised])
    #expect(watch.book.open.map(\.returns) == [39])
    watch.see([], for: .minutes(6))
    #expect(watch.messages.map(\.reason) == [.raised, .over])
    // Over since its cause went, not since that was believed.
    let past = watch.book.closed[0]
    #expect(past.until - past.since == .seconds(39 * 150 + 30))
  }

  @Test func `what comes back after its end is held longer each time`() {
    var watch = Watch(hold: .minutes(5), reminder: nil)
    for _ in 0..<30 {
      watch.see([.welded("rigs-1")], for: .seconds(30), every: .seconds(5))
      watch.see([], for: .minutes(7), every: .seconds(5))
    }
    // Held for 5 min it is over once; held for 10 the next one never is.
    #expect(watch.messages.map(\.reason) == [.raised, .over, .raised])
  }

  @Test func `what mends itself in time is no alarm`() {
    var watch = Watch()
    for _ in 0..<20 {
      watch.see([.init(.planMissing)], for: .minutes(9), every: .seconds(5))
      watch.see([], for: .seconds(5))
    }
    #expect(watch.changes.isEmpty && watch.messages.isEmpty)
    watch.see([.init(.planMissing)], for: .minutes(11), every: .seconds(5))
    #expect(watch.messages.count == 1)
    // It is wrong since it began, not since it counts.
    #expect(watch.now.wall - watch.book.open[0].since == .minutes(11))
  }

  @Test func `many at once are one message, worst first`() {
    var watch = Watch()
    watch.see([.silent("rigs-1")], for: .seconds(3))
    watch.see([.silent("rigs-1"), .silent("rigs-2"), .welded("rigs-3")], for: .seconds(60))
    #expect(watch.messages.count == 1)
    #expect(watch.messages[0].reason == .summary && watch.messages[0].severity == .act)
    #expect(watch.messages[0].raised.map(\.about) == ["rigs-3", "rigs-1", "rigs-2"])
  }

  @Test func `who must act is told again until somebody knows`() {
    var watch = Watch(reminder: .minutes(30))
    watch.see([.stop, .silent("rigs-1")], for: .minutes(95))
    #expect(watch.messages.map(\.reason) == [.summary, .reminder, .reminder, .reminder])
    // What can wait is not told again.
    #expect(watch.messages[1].raised.map(\.kind) == [.emergencyStop])
    let gap = watch.messages[2].at - watch.messages[1].at
    #expect(gap == .minutes(30))
    guard case .success = watch.acknowledge(1) else {
      Issue.record("not acknowledged")
      return
    }
    _ = watch.takeMessages()
    watch.see([.stop, .silent("rigs-1")], for: .hours(3))
    #expect(watch.messages.isEmpty)
    watch.see([.silent("rigs-1")], for: .minutes(10))
    #expect(watch.messages.map(\.reason) == [.over])
  }

  @Test func `an acknowledgement until a time ends with it`() {
    var watch = Watch(reminder: .minutes(30))
    watch.see([.stop], for: .minutes(1))
    #expect(watch.takeMessages().count == 1)
    guard case .success = watch.acknowledge(1, until: "2025-06-01T12:00:00Z") else {
      Issue.record("not acknowledged")
      return
    }
    watch.see([.stop], for: .minutes(118))
    #expect(watch.messages.isEmpty)
    watch.see([.stop], for: .minutes(2))
    #expect(watch.messages.map(\.reason) == [.reminder])
    #expect(watch.messages[0].at == ISO8601.instant("2025-06-01T12:00:00Z"))
    #expect(watch.book.open[0].acknowledgement == nil)
  }

  @Test func `an alarm that is known, or over, or was never is refused`() {
    var watch = Watch()
    watch.see([.stop], for: .minutes(1))
    watch.see([], for: .minutes(6))
    #expect(watch.acknowledge(1) == .failure(.init(text: "alarm 1 is over already")))
    #expect(watch.acknowledge(7) == .failure(.init(text: "no alarm has the number 7; see `rigshift alarms`")))
    watch.see([.stop], for: .minutes(1))
    guard case .failure = watch.acknowledge(2, until: "2025-06-01T09:00:00Z") else {
      Issue.record("a time that is past was taken")
      return
    }
  }

  @Test func `who acknowledges before the message leaves is sent none`() {
    var watch = Watch()
    watch.see([.stop], for: .seconds(5))
    guard case .success = watch.acknowledge(1) else {
      Issue.record("not acknowledged")
      return
    }
    watch.see([.stop], for: .hours(1))
    #expect(watch.messages.isEmpty)
  }

  @Test func `a note is shown and never sent`() {
    var watch = Watch()
    watch.see([.init(.peerSilent, about: "north")], for: .hours(2), every: .seconds(10))
    watch.see([], for: .hours(1), every: .seconds(10))
    #expect(watch.messages.isEmpty && watch.book.closed.map(\.kind) == [.peerSilent])
  }

  @Test func `a source that says nothing ends no alarm and begins none`() {
    var watch = Watch(reminder: nil)
    watch.see([.stop], for: .minutes(1))
    watch.see([.init(.controlSilent)], unknown: [.control], for: .hours(1))
    #expect(watch.book.open.map(\.kind) == [.emergencyStop, .controlSilent])
    watch.see([.stop], for: .minutes(10))
    #expect(watch.book.open.map(\.kind) == [.emergencyStop] && watch.book.open[0].returns == 0)
  }

  @Test func `thousands of alarms take bounded room, and what must be acted on finds some`() {
    var watch = Watch()
    let many = (0..<3000).map { AlarmCondition.silent("rigs-\($0)") }
    watch.see(many, for: .seconds(15))
    #expect(watch.book.open.count == AlarmLimits.open)
    watch.see(many + [.stop], for: .seconds(15))
    #expect(
      watch.book.open.count == AlarmLimits.open && watch.book.open.contains { $0.kind == .emergencyStop })
    let told = watch.messages.first
    #expect(
      told?.raised.count == AlarmLimits.listed && told?.unlisted == AlarmLimits.open - AlarmLimits.listed)
    let text = AlarmText(watch.messages[0], zone: .utc).body
    #expect(text.contains("and 170 more") && text.utf8.count < 32_000)
    watch.see([], for: .hours(1), every: .seconds(30))
    #expect(watch.book.open.isEmpty && watch.book.closed.count == AlarmLimits.closed)
  }
}
