public import JSONText
public import Quantities

/// What people are told at one moment. As JSON it is what a webhook is posted and what waits on disk.
public struct AlarmMessage: Sendable, Hashable {
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    case raised, reminder, over
    /// Several at once.
    case summary
    /// A person tries whether messages arrive.
    case test
  }

  /// One alarm in it.
  public struct Item: Sendable, Hashable {
    public var id: Int64
    public var kind: AlarmKind
    public var about: String
    public var detail: String
    public var since: UTCInstant
    /// Nil while it stands.
    public var until: UTCInstant?

    init(id: Int64, kind: AlarmKind, about: String, detail: String, since: UTCInstant, until: UTCInstant?) {
      self.id = id
      self.kind = kind
      self.about = about
      self.detail = detail
      self.since = since
      self.until = until
    }

    public init(_ alarm: StandingAlarm) {
      self.init(
        id: alarm.id, kind: alarm.kind, about: alarm.about, detail: alarm.detail, since: alarm.since,
        until: nil)
    }

    public init(_ alarm: PastAlarm) {
      self.init(
        id: alarm.id, kind: alarm.kind, about: alarm.about, detail: alarm.detail, since: alarm.since,
        until: alarm.until)
    }
  }

  public var site: String
  public var at: UTCInstant
  public var reason: Reason
  public var isSimulated: Bool
  /// Worst first.
  public var raised: [Item]
  public var over: [Item]
  /// How many found no place in it.
  public var unlisted = 0

  public init(
    site: String, at: UTCInstant, reason: Reason, isSimulated: Bool, raised: [Item] = [], over: [Item] = []
  ) {
    self.site = site
    self.at = at
    self.reason = reason
    self.isSimulated = isSimulated
    // The sort of the standard library keeps the order of equals.
    self.raised = Array(raised.sorted { $0.kind.severity > $1.kind.severity }.prefix(AlarmLimits.listed))
    self.over = Array(over.prefix(AlarmLimits.listed))
    self.unlisted = raised.count - self.raised.count + over.count - self.over.count
  }

  /// The worst of what was raised; of what is over when nothing was.
  public var severity: AlarmSeverity {
    (self.raised.isEmpty ? self.over : self.raised).map(\.kind.severity).max() ?? .note
  }

  /// The same for a message that is sent again, and for no other: by it a receiver knows what it has already.
  public var id: String {
    let alarms = (self.raised + self.over).first.map { "\($0.id)" } ?? "0"
    let site = self.site.unicodeScalars.map {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
        ? String($0).lowercased() : "-"
    }.joined()
    return "\(site.prefix(40)).\(self.at.milliseconds).\(self.reason.rawValue).\(alarms)"
  }
}

extension AlarmMessage {
  /// - Parameters:
  ///   - zone: In which times are told.
  ///   - dropped: How many messages before this one were given up.
  public func json(zone: ZoneRules, dropped: Int = 0) -> JSONValue {
    let text = AlarmText(self, zone: zone, dropped: dropped)
    return [
      "version": 1, "message_id": .string(self.id), "site": .string(self.site),
      "at": .string(ISO8601.string(self.at)), "reason": .string(self.reason.rawValue),
      "severity": .string(self.severity.rawValue), "simulated": .bool(self.isSimulated),
      "title": .string(text.subject), "text": .string(text.body),
      "raised": .array(self.raised.map(\.json)), "over": .array(self.over.map(\.json)),
      "unlisted": .integer(Int64(self.unlisted)), "dropped_before": .integer(Int64(dropped)),
    ]
  }

  /// Nil for anything that is not of this form. Alarms of a kind that is not known are left out.
  public init?(_ json: JSONValue) {
    guard let site = json["site"]?.string, let at = json["at"]?.string.flatMap({ ISO8601.instant($0) }),
      let reason = json["reason"]?.string.flatMap(Reason.init(rawValue:))
    else { return nil }
    func items(_ name: String) -> [Item] {
      (json[name]?.array ?? []).prefix(AlarmLimits.listed).compactMap(Item.init)
    }
    self.init(
      site: AlarmLimits.shortened(site), at: at, reason: reason,
      isSimulated: json["simulated"]?.bool ?? false,
      raised: items("raised"), over: items("over"))
    self.unlisted = min(max(0, json["unlisted"]?.int ?? 0), 1_000_000)
  }
}

extension AlarmMessage.Item {
  public var json: JSONValue {
    let entry = AlarmCatalogue.entry(of: self.kind)
    return [
      "id": .integer(self.id), "kind": .string(self.kind.rawValue),
      "severity": .string(entry.severity.rawValue), "about": .string(self.about),
      "sentence": .string(entry.sentence), "detail": .string(self.detail),
      "since": .string(ISO8601.string(self.since)),
      "until": self.until.map { .string(ISO8601.string($0)) } ?? nil,
      "site_does": .string(entry.siteDoes), "person_can": .string(entry.personCan),
    ]
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.int, let kind = json["kind"]?.string.flatMap(AlarmKind.init(rawValue:)),
      let since = json["since"]?.string.flatMap({ ISO8601.instant($0) })
    else { return nil }
    self.init(
      id: Int64(id), kind: kind, about: AlarmLimits.shortened(json["about"]?.string ?? ""),
      detail: AlarmLimits.shortened(json["detail"]?.string ?? ""), since: since,
      until: json["until"]?.string.flatMap { ISO8601.instant($0) })
  }
}
