import Alarms
import Quantities
import Testing

/// Quiet hours from 22:00 to 07:00 in Berlin.
struct QuietHoursTests {
  private static let quiet = (22 * 60, 7 * 60)

  @Test(
    arguments: [
      // An ordinary summer night: 07:00 is 05:00 UTC.
      ("2025-06-01T20:30:00Z", "2025-06-02T05:00:00Z"),
      // Begun after midnight.
      ("2025-06-01T23:30:00Z", "2025-06-02T05:00:00Z"),
      // The night that is an hour short: from 22:00 at +1 to 07:00 at +2.
      ("2025-03-29T21:30:00Z", "2025-03-30T05:00:00Z"),
      // The night that is an hour long.
      ("2025-10-25T20:30:00Z", "2025-10-26T06:00:00Z"),
    ])
  func `what can wait comes in one message at the end of the night`(_ start: String, _ end: String) throws {
    var watch = Watch(at: start, quiet: Self.quiet, reminder: nil)
    watch.see([.silent("rigs-1")], for: .hours(1), every: .seconds(5))
    watch.see([.silent("rigs-1"), .silent("rigs-2")], for: .hours(12), every: .seconds(5))
    #expect(watch.messages.count == 1)
    let message = try #require(watch.messages.first)
    let morning = try #require(ISO8601.instant(end))
    #expect(message.reason == .summary && message.raised.count == 2)
    #expect(message.at >= morning && message.at <= morning + .seconds(15))
  }

  @Test func `before and after the night it comes at once`() throws {
    for start in ["2025-06-01T19:58:00Z", "2025-06-02T05:00:00Z"] {
      var watch = Watch(at: start, quiet: Self.quiet)
      watch.see([.silent("rigs-1")], for: .seconds(60))
      #expect(watch.messages.count == 1)
    }
  }

  @Test func `what somebody must act on comes at any hour, alone`() {
    var watch = Watch(at: "2025-06-02T01:00:00Z", quiet: Self.quiet, reminder: nil)
    watch.see([.silent("rigs-1"), .welded("rigs-2")], for: .minutes(5))
    #expect(watch.messages.map { $0.raised.map(\.about) } == [["rigs-2"]])
    // Who was woken is told that it is over.
    watch.see([.silent("rigs-1")], for: .minutes(10))
    #expect(watch.takeMessages().map(\.reason) == [.raised, .over])
  }

  @Test func `what came and went in the night is told in the morning`() {
    var watch = Watch(at: "2025-06-02T01:00:00Z", quiet: Self.quiet)
    watch.see([.silent("rigs-1")], for: .minutes(5))
    watch.see([], for: .hours(3), every: .seconds(5))
    #expect(watch.messages.isEmpty)
    watch.see([], for: .hours(2), every: .seconds(5))
    #expect(watch.messages.map(\.reason) == [.over])
    #expect(
      AlarmText(watch.messages[0], zone: Watch.berlin).body.contains(
        "from 2025-06-02 03:00 (Europe/Berlin), for 5 min"))
  }
}
