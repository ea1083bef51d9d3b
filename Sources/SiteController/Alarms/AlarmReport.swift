public import Alarms
public import JSONText
import Quantities
import SiteModel

/// Alarms for people and programs: those that stand, worst first, the last ones that are over, newest first, and how the
/// channels do. Instants in UTC.
public enum AlarmReport {
  public static func json(_ book: AlarmBook, _ queue: DeliveryQueue, at now: AlarmTime) -> JSONValue {
    // Of two that weigh the same, first what nobody has answered, then the older one.
    let open = book.open.sorted { a, b in
      if a.severity != b.severity { return a.severity > b.severity }
      if (a.acknowledgement == nil) != (b.acknowledgement == nil) { return a.acknowledgement == nil }
      return (a.since, a.id) < (b.since, b.id)
    }
    let minute = book.settings.zone.minuteOfDay(of: now.wall)
    return [
      "at": .string(ISO8601.string(now.wall)),
      "quiet": .bool(book.settings.alarms.quietHours?.contains(minute: minute) ?? false),
      "open": .array(open.map(Self.json)), "closed": .array(book.closed.map { AlarmMessage.Item($0).json }),
      "channels": .array(
        queue.channels.compactMap { channel in
          queue.state(of: channel).map { state in
            [
              "channel": .string(channel.rawValue), "waiting": .integer(Int64(state.waiting)),
              "dropped": .integer(Int64(state.dropped)),
              "delivered_at": state.deliveredAt.map { .string(ISO8601.string($0)) } ?? nil,
              "failing_s": state.failingSince.map {
                .integer(max(0, now.monotonic.millisecondsSince($0) / 1000))
              } ?? nil,
              "why": state.why.map { .string($0) } ?? nil,
            ]
          }
        }),
    ]
  }

  private static func json(_ alarm: StandingAlarm) -> JSONValue {
    let known = alarm.acknowledgement
    return .object(
      (AlarmMessage.Item(alarm).json.object ?? []).filter { $0.name != "until" } + [
        .init("returns", .integer(Int64(alarm.returns))), .init("present", .bool(alarm.isPresent)),
        .init("acknowledged_by", known.map { .string($0.by) } ?? .null),
        .init("acknowledged_until", known?.until.map { .string(ISO8601.string($0)) } ?? .null),
      ])
  }
}
