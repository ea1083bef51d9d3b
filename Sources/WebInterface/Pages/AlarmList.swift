import JSONText
import Quantities

/// Alarms for somebody who may have been woken: whether to act or wait, what is wrong since when, what to do first, and what
/// the site does meanwhile. Worst first.
struct AlarmList {
  private let open: [JSONValue]
  private let last: JSONValue?
  private let now: UTCInstant?
  private let words: Words
  /// What is wrong and is no alarm yet.
  private let findings: [String]

  private let actions: Actions

  init(_ snapshot: SiteSnapshot, words: Words, actions: Actions) {
    self.actions = actions
    let open = snapshot.alarms["open"]?.array ?? []
    self.open = open
    self.last = snapshot.alarms["closed"]?.array?.first
    self.now = snapshot.now
    self.words = words
    self.findings = SiteHealth(snapshot).findings.filter { finding in
      !open.contains { $0["kind"]?.string == finding.kind }
    }.map(\.text)
  }

  var markup: Markup {
    guard !self.open.isEmpty || !self.findings.isEmpty else { return "<p class=\"calm\">\(self.calm)</p>" }
    return
      "<ul class=\"alarms\">\(self.open.map(self.item))\(self.findings.map { "<li class=\"note\">\($0)</li>" as Markup })</ul>"
  }

  private var calm: String {
    guard let until = self.last?["until"]?.string.flatMap({ ISO8601.instant($0) }), let now = self.now else {
      return "No alarms."
    }
    let seconds = max(0, now.millisecondsSince(until) / 1000)
    return "No alarms. Last one \(Words.length(seconds: Int(clamping: seconds))) ago."
  }

  private func item(_ alarm: JSONValue) -> Markup {
    func text(_ name: String) -> String { alarm[name]?.string ?? "" }
    let severity = ["act", "wait", "note"].first { $0 == text("severity") } ?? "act"
    let facts = [text("about"), text("detail")].filter { !$0.isEmpty }.joined(separator: ": ")
    return """
      <li class="\(severity)"><b>\(severity == "act" ? "Act" : severity == "wait" ? "Wait" : "Note")</b> \
      \(text("sentence"))\(facts.isEmpty ? "" : " \(facts).") \
      <span class="since">since \(self.words.dateAndTime(alarm["since"]))</span>\(self.known(alarm))\
      <p><b>First:</b> \(text("person_can"))</p><p class="calm">The site: \(text("site_does"))</p>\(self.form(alarm))</li>
      """
  }

  private func form(_ alarm: JSONValue) -> Markup {
    guard let number = alarm["id"]?.int, alarm["acknowledged_by"]?.string == nil else { return .empty }
    return self.actions.form("acknowledge", target: "\(number)", button: "I know of it")
  }

  private func known(_ alarm: JSONValue) -> String {
    var text = alarm["present"]?.bool == false ? "; its cause is gone for now" : ""
    if let person = alarm["acknowledged_by"]?.string {
      text += "; \(person) knows"
      if let until = alarm["acknowledged_until"]?.string.flatMap({ ISO8601.instant($0) }) {
        text += ", until \(self.words.dateAndTime(until))"
      }
    } else if let number = alarm["id"]?.int {
      text += "; acknowledge with: rigshift alarms ack \(number)"
    }
    return text
  }

  /// How many alarms stand, for the line above every page.
  static func count(_ snapshot: SiteSnapshot) -> String {
    guard let open = snapshot.alarms["open"]?.array else {
      let alarms = snapshot.status["alarms"]?.array?.count ?? 0
      return alarms == 1 ? "1 alarm" : "\(alarms) alarms"
    }
    let alarms = open.count { $0["severity"]?.string != "note" }
    let act = open.count { $0["severity"]?.string == "act" }
    return (alarms == 1 ? "1 alarm" : "\(alarms) alarms") + (act > 0 ? ", \(act) to act on" : "")
  }
}
