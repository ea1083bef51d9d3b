public import Quantities

/// A message in words: one line, and the whole of it.
public struct AlarmText: Sendable {
  private let message: AlarmMessage
  private let zone: ZoneRules
  private let dropped: Int

  public init(_ message: AlarmMessage, zone: ZoneRules, dropped: Int = 0) {
    self.message = message
    self.zone = zone
    self.dropped = dropped
  }

  public var subject: String {
    let message = self.message
    let prefix = (message.isSimulated ? "SIMULATED " : "") + "[\(message.site)] "
    let raised = message.raised.count
    switch message.reason {
    case .test: return prefix + "test: messages of this site arrive"
    case .raised: return prefix + (message.raised.first.map { Self.line($0, stressed: true) } ?? "alarm")
    case .over:
      return prefix + "over: " + (message.over.first.map { Self.line($0, stressed: false) } ?? "alarm")
    case .reminder:
      let first = message.raised.first.map { Self.line($0, stressed: true) } ?? "alarm"
      return prefix + "still: " + first + (raised > 1 ? " and \(raised - 1) more" : "")
    case .summary:
      let act = message.raised.count { $0.kind.severity == .act }
      var parts: [String] = []
      if raised > 0 {
        parts.append("\(raised) alarm\(raised == 1 ? "" : "s")" + (act > 0 ? ", \(act) to act on" : ""))
      }
      if !message.over.isEmpty { parts.append("\(message.over.count) over") }
      return prefix + parts.joined(separator: ", ")
    }
  }

  public var body: String {
    var parts: [String] = []
    if self.message.isSimulated { parts.append("SIMULATED: no hardware is behind this message.") }
    if self.message.reason == .test {
      parts.append(
        "This is a test. Nothing is wrong; somebody ran `rigshift alarms test` on \(self.message.site).")
    }
    parts += self.message.raised.map(self.paragraph)
    parts += self.message.over.map(self.ending)
    if self.message.unlisted > 0 { parts.append("and \(self.message.unlisted) more; see `rigshift alarms`.") }
    if self.dropped > 0 {
      parts.append("\(self.dropped) earlier message\(self.dropped == 1 ? "" : "s") could not be delivered.")
    }
    parts.append("\(self.message.site), \(self.time(self.message.at))")
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func line(_ item: AlarmMessage.Item, stressed: Bool) -> String {
    let entry = AlarmCatalogue.entry(of: item.kind)
    return (stressed && entry.severity == .act ? "ACT: " : "") + entry.sentence
      + (item.about.isEmpty ? "" : " (\(item.about))")
  }

  private func paragraph(_ item: AlarmMessage.Item) -> String {
    let entry = AlarmCatalogue.entry(of: item.kind)
    return """
      \(entry.severity == .act ? "ACT NOW" : "CAN WAIT"): \(entry.sentence)
      \(Self.facts(item))  since \(self.time(item.since))
        what the site does: \(entry.siteDoes)
        what you can do: \(entry.personCan)
        to acknowledge: rigshift alarms ack \(item.id)
      """
  }

  private func ending(_ item: AlarmMessage.Item) -> String {
    let length = item.until.map { Self.length($0 - item.since) } ?? "unknown"
    return """
      OVER: \(AlarmCatalogue.entry(of: item.kind).sentence)
      \(Self.facts(item))  from \(self.time(item.since)), for \(length)
      """
  }

  private static func facts(_ item: AlarmMessage.Item) -> String {
    let facts = [item.about, item.detail].filter { !$0.isEmpty }.joined(separator: ": ")
    return facts.isEmpty ? "" : "  \(facts)\n"
  }

  private func time(_ instant: UTCInstant) -> String {
    let text = ISO8601.string(UTCInstant(seconds: instant.milliseconds / 1000), in: self.zone)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) (\(self.zone.name))"
  }

  private static func length(_ length: Duration) -> String {
    let seconds = max(0, length.components.seconds)
    return switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min"
    case _: "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
  }
}
