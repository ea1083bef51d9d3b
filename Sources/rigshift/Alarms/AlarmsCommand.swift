import JSONText
import LinuxHost
import Quantities
import SiteModel

/// `rigshift alarms`: what a person can know and do about the alarms of the running site.
enum AlarmsCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let words = arguments.words
    switch (words.first, words.count) {
    case (nil, _): return self.list(arguments)
    case ("ack", 2):
      return self.acknowledge(words[1], arguments)
    case ("test", 1): return self.test(arguments)
    case _:
      throw .init(message: "alarms takes nothing, `ack NUMBER [--until TIME]`, `ack all` or `test`")
    }
  }

  private static func list(_ arguments: Arguments) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath),
      let answer = AskCommand.ask(site, arguments, ["alarms"])
    else { return 1 }
    print(arguments.has("json") ? answer.text(pretty: true) : AlarmListText.text(answer, zone: site.zone))
    return 0
  }

  private static func acknowledge(_ which: String, _ arguments: Arguments) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath),
      let answer = AskCommand.ask(
        site, arguments, ["alarm-ack", which, arguments["until"] ?? "", WishCommand.person(arguments)])
    else { return 1 }
    let count = answer["acknowledged"]?.int ?? 0
    print("acknowledged: \(count) alarm\(count == 1 ? "" : "s")")
    return 0
  }

  /// Longer than any channel is given.
  private static let patience = Duration.seconds(90)

  private static func test(_ arguments: Arguments) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath),
      let answer = AskCommand.ask(site, arguments, [.string("alarm-test")], patience: Self.patience)
    else { return 1 }
    let channels = answer["channels"]?.array ?? []
    if arguments.has("json") {
      print(answer.text(pretty: true))
    } else if channels.isEmpty {
      Terminal.writeError(
        "rigshift: alarms are sent nowhere; name a channel in [alarms.webhook] or [alarms.mail] of the site file\n"
      )
    }
    for channel in channels where !arguments.has("json") {
      let name = channel["channel"]?.string ?? "?"
      print(
        channel["delivered"]?.bool == true
          ? "\(name): delivered" : "\(name): NOT DELIVERED, \(channel["why"]?.string ?? "?")")
    }
    return !channels.isEmpty && channels.allSatisfy { $0["delivered"]?.bool == true } ? 0 : 1
  }
}

/// The answer to `alarms` for a person.
enum AlarmListText {
  static func text(_ answer: JSONValue, zone: ZoneRules) -> String {
    func time(_ value: JSONValue?) -> String {
      value?.string.flatMap { ISO8601.instant($0) }.map {
        ISO8601.string(UTCInstant(seconds: $0.milliseconds / 1000), in: zone)
      }
        ?? "never"
    }
    let open = answer["open"]?.array ?? []
    let closed = answer["closed"]?.array ?? []
    var lines: [String] = []
    if open.isEmpty { lines.append("no alarm") }
    for alarm in open {
      func word(_ name: String) -> String { alarm[name]?.string ?? "" }
      let facts = [word("about"), word("detail")].filter { !$0.isEmpty }.joined(separator: ": ")
      lines.append("\(alarm["id"]?.int ?? 0)  \(word("severity").uppercased())  \(word("sentence"))")
      if !facts.isEmpty { lines.append("    \(facts)") }
      let gone = alarm["present"]?.bool == false ? "; its cause is gone for now" : ""
      lines.append("    since \(time(alarm["since"]))\(gone)")
      lines.append("    first: \(word("person_can"))")
      lines.append("    the site: \(word("site_does"))")
      if let person = alarm["acknowledged_by"]?.string {
        let until = alarm["acknowledged_until"].flatMap { $0.isNull ? nil : time($0) } ?? "it is over"
        lines.append("    acknowledged by \(person) until \(until)")
      }
    }
    if let last = closed.first {
      let about = last["about"]?.string ?? ""
      lines.append(
        "last one over: \(last["sentence"]?.string ?? "?")\(about.isEmpty ? "" : " (\(about))") "
          + "\(time(last["since"])) to \(time(last["until"]))")
    }
    for channel in answer["channels"]?.array ?? [] {
      let name = channel["channel"]?.string ?? "?"
      let waiting = channel["waiting"]?.int ?? 0
      var line =
        "\(name): "
        + (channel["why"]?.string.map { "failing, \($0)" } ?? "last delivery \(time(channel["delivered_at"]))")
      if waiting > 0 { line += "; \(waiting) waiting" }
      if let dropped = channel["dropped"]?.int, dropped > 0 { line += "; \(dropped) given up" }
      lines.append(line)
    }
    if (answer["channels"]?.array ?? []).isEmpty {
      lines.append("alarms are sent nowhere; see docs/alarms.md")
    }
    if answer["quiet"]?.bool == true { lines.append("quiet hours: what can wait does") }
    return lines.map { $0.wrapped() }.joined(separator: "\n")
  }
}
