import JSONText
import Quantities
import SiteModel

/// Alarms as they lie on disk between two runs: those that stand with who acknowledged them, the last ones that are over, and
/// messages that have not arrived. What is damaged in it is left out; nothing in it can do harm.
public enum KeptAlarms {
  /// Far above what is ever written.
  public static let maximumBytes = 4 << 20

  public struct Rubbish: Error, Sendable, Hashable {
    public let why: String
  }

  public static func bytes(_ book: AlarmBook, _ queue: DeliveryQueue) -> [UInt8] {
    let zone = book.settings.zone
    let json: JSONValue = [
      "version": 1, "next_id": .integer(book.nextID),
      "open": .array(book.open.map(Self.json)), "closed": .array(book.closed.map(Self.json)),
      "unsaid": .array(book.unsaid.map(Self.json)),
      "waiting": .object(
        queue.channels.map { channel in
          .init(channel.rawValue, .array(queue.waiting(for: channel).map { $0.json(zone: zone) }))
        }),
    ]
    return Array((json.text() + "\n").utf8)
  }

  /// Puts into an empty book and queue what was kept.
  public static func restore(
    _ bytes: [UInt8], into book: inout AlarmBook, _ queue: inout DeliveryQueue, at now: AlarmTime
  ) throws(Rubbish) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(bytes, limits: JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 8))
    } catch {
      throw Rubbish(why: "\(error)")
    }
    guard json["version"]?.int == 1 else { throw Rubbish(why: "it is of another version") }
    func list(_ name: String) -> [JSONValue] { json[name]?.array ?? [] }
    for row in list("open").prefix(AlarmLimits.open) {
      guard var alarm = Self.standing(row),
        !book.open.contains(where: { $0.id == alarm.id || ($0.kind == alarm.kind && $0.about == alarm.about) }
        )
      else { continue }
      alarm.remindAt = book.settings.alarms.reminder.map { now.monotonic + $0 }
      book.open.append(alarm)
    }
    book.closed = list("closed").prefix(AlarmLimits.closed).compactMap(Self.past)
    book.unsaid = list("unsaid").prefix(AlarmLimits.open).compactMap(Self.past)
    let greatest = (book.open.map(\.id) + book.closed.map(\.id)).max() ?? 0
    let next = Int64(json["next_id"]?.int ?? 1)
    book.nextID = (1..<Self.greatestID).contains(next) ? max(next, greatest + 1) : greatest + 1
    for channel in queue.channels {
      for row in (json["waiting"]?[channel.rawValue]?.array ?? []).prefix(DeliveryQueue.capacity) {
        if let message = AlarmMessage(row) { queue.add(message, to: channel, at: now.monotonic) }
      }
    }
  }

  /// Numbers that JSON readers of all kinds keep exactly.
  private static let greatestID: Int64 = 1 << 52

  private static func json(_ alarm: StandingAlarm) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .integer(alarm.id)), .init("kind", .string(alarm.kind.rawValue)),
      .init("about", .string(alarm.about)), .init("detail", .string(alarm.detail)),
      .init("since", .string(ISO8601.string(alarm.since))), .init("returns", .integer(Int64(alarm.returns))),
      .init("recurrences", .integer(Int64(alarm.recurrences))), .init("announced", .bool(alarm.isAnnounced)),
    ]
    if let known = alarm.acknowledgement {
      members.append(
        .init(
          "acknowledged",
          [
            "by": .string(known.by), "at": .string(ISO8601.string(known.at)),
            "until": known.until.map { .string(ISO8601.string($0)) } ?? nil,
          ]))
    }
    return .object(members)
  }

  private static func json(_ alarm: PastAlarm) -> JSONValue {
    [
      "id": .integer(alarm.id), "kind": .string(alarm.kind.rawValue), "about": .string(alarm.about),
      "detail": .string(alarm.detail), "since": .string(ISO8601.string(alarm.since)),
      "until": .string(ISO8601.string(alarm.until)), "recurrences": .integer(Int64(alarm.recurrences)),
    ]
  }

  private static func common(
    _ json: JSONValue
  ) -> (id: Int64, condition: AlarmCondition, since: UTCInstant, recurrences: Int)? {
    guard let id = json["id"]?.int, (1..<Self.greatestID).contains(Int64(id)),
      let kind = json["kind"]?.string.flatMap(AlarmKind.init(rawValue:)), let since = Self.time(json["since"])
    else { return nil }
    let condition = AlarmCondition(
      kind, about: json["about"]?.string ?? "", detail: json["detail"]?.string ?? "")
    return (Int64(id), condition, since, min(max(0, json["recurrences"]?.int ?? 0), 16))
  }

  private static func standing(_ json: JSONValue) -> StandingAlarm? {
    guard let common = Self.common(json) else { return nil }
    var alarm = StandingAlarm(id: common.id, common.condition, since: common.since)
    alarm.recurrences = common.recurrences
    alarm.returns = min(max(0, json["returns"]?.int ?? 0), 1_000_000)
    alarm.isAnnounced = json["announced"]?.bool ?? false
    if let known = json["acknowledged"], let by = known["by"]?.string, let at = Self.time(known["at"]) {
      alarm.acknowledgement = Acknowledgement(by: by, at: at, until: Self.time(known["until"]))
    }
    return alarm
  }

  private static func past(_ json: JSONValue) -> PastAlarm? {
    guard let common = Self.common(json), let until = Self.time(json["until"]) else { return nil }
    return PastAlarm(
      id: common.id, kind: common.condition.kind, about: common.condition.about,
      detail: common.condition.detail, since: common.since, until: until, recurrences: common.recurrences)
  }

  private static func time(_ json: JSONValue?) -> UTCInstant? { json?.string.flatMap { ISO8601.instant($0) } }
}
