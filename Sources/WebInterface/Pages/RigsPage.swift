import JSONText
import Quantities

/// How one rig is, by shape, letter and colour.
struct RigTile {
  enum State: String {
    case on, off, locked, silent, welded, held

    var mark: String {
      switch self {
      case .on: "■"
      case .off: "□"
      case .locked: "✕"
      case .silent: "!"
      case .welded: "⚠"
      case .held: "✋"
      }
    }

    var word: String {
      switch self {
      case .on: "on"
      case .off: "off"
      case .locked: "locked out"
      case .silent: "on, draws nothing"
      case .welded: "off, still draws"
      case .held: "held by a person"
      }
    }
  }

  static func state(of rig: JSONValue) -> State {
    func flag(_ name: String) -> Bool { rig[name]?.bool ?? false }
    if flag("welded") { return .welded }
    if flag("silent") { return .silent }
    if flag("locked_out") { return .locked }
    if rig["override_until"]?.isNull == false { return .held }
    return flag("on") ? .on : .off
  }

  let rig: JSONValue
  let words: Words
  /// Whether a meter shows its bank alone.
  let isMetered: Bool
  let actions: Actions

  var markup: Markup {
    let state = Self.state(of: self.rig)
    let name = self.rig["rig"]?.string ?? "?"
    let isOn = self.rig["on"]?.bool ?? false
    return """
      <li><details class="rig" data-state="\(state.rawValue)" data-key="\(name)"><summary><b aria-hidden="true">\(state.mark)</b> \(name)\
      <span class="word"> \(state.word)</span></summary>
      <p>\(isOn ? "On" : "Off") for \(Words.length(seconds: self.rig["for_s"]?.int ?? 0)): \
      \(self.rig["reason"]?.string ?? "nobody knows why").\(self.held)</p>
      \(self.proof(isOn: isOn))<p>Its relay has switched \(self.rig["cycles"]?.int ?? 0) times. The whole story: <code>rigshift why \(name)</code>.</p>\(self.forms(name))
      </details></li>
      """
  }

  /// The three proofs of the last command.
  private func proof(isOn: Bool) -> Markup? {
    guard let proof = self.rig["proof"], !proof.isNull, let at = proof["decided_at"]?.string,
      let decidedAt = ISO8601.instant(at)
    else { return nil }
    func step(_ name: String, _ done: String, _ open: String, isAwaited: Bool = true) -> Markup {
      let seconds = proof[name]?.int.map { " after \((Double($0) / 1000).text(places: 1)) s" }
      return
        "<li data-state=\"\(seconds == nil && isAwaited ? "notice" : "calm")\">\(seconds.map { done + $0 } ?? open)</li>"
    }
    return """
      <p>Switched \(isOn ? "on" : "off") at \(self.words.second(decidedAt)):</p><ol class="proof">\
      \(step("sent_ms", "sent", "not sent yet"))\(step("read_back_ms", "read back", "not read back from its line"))\
      \(step("seen_in_watts_ms", "seen in watts", self.isMetered ? "not seen in watts" : "no meter shows it", isAwaited: self.isMetered))</ol>
      """
  }

  private func forms(_ name: String) -> Markup {
    let isLocked = self.rig["locked_out"]?.bool == true
    let isHeld = self.rig["override_until"]?.isNull == false
    let hold = self.actions.form(
      "override", target: name, button: "Hold",
      fields: """
        <label>Hold <select name="level" aria-label="Hold \(name)"><option>off</option><option>on</option></select></label> \
        \(Actions.lengths("\(name) is held"))
        """)
    return """
      \(isHeld ? self.actions.form("clear-override", target: name, button: "Give back to the plan") : hold)\
      \(isLocked
        ? self.actions.form("clear-lockout", target: name, button: "End the lock-out")
        : self.actions.form(
          "lockout", target: name, button: "Lock out",
          fields: "<label>Why <input name=\"why\" maxlength=\"100\" size=\"14\"></label>"))
      """
  }

  private var held: Markup? {
    self.rig["held_by"]?.string.map { " Held back: \($0)." }
  }
}

/// Banks, and every rig of each.
struct RigsPage {
  let snapshot: SiteSnapshot
  let actions: Actions

  var markup: Markup {
    let rigs = self.snapshot.rigs.array ?? []
    return "<h1>Rigs</h1>\((self.snapshot.status["banks"]?.array ?? []).map { self.bank($0, rigs: rigs) })"
  }

  private func bank(_ bank: JSONValue, rigs: [JSONValue]) -> Markup {
    let name = bank["name"]?.string ?? "?"
    let words = Words(self.snapshot)
    let isMetered = (self.snapshot.meters.array ?? []).contains { $0["measures"]?.string == "bank \(name)" }
    let own = rigs.filter { $0["bank"]?.string == name }
    let held: Markup? = bank["held_by"]?.string.map { "<p>The next rig waits: \($0).</p>" }
    return """
      <section aria-label="Bank \(name)"><h2>\(name): \(bank["running"]?.int ?? 0) of \(bank["rigs"]?.int ?? 0) on</h2>
      <p>\(bank["wanted"]?.int ?? 0) wanted: \(bank["reason"]?.string ?? "nobody knows why"). \
      \(bank["available"]?.int ?? 0) may run, \(bank["shed"]?.int ?? 0) held off by the import guard, \
      \(bank["starts_today"]?.int ?? 0) starts today.</p>\(held)\(self.forms(name, rigs: bank["rigs"]?.int ?? 0))
      <ul class="tiles">\(own.map { RigTile(rig: $0, words: words, isMetered: isMetered, actions: self.actions).markup })</ul></section>
      """
  }

  private func forms(_ name: String, rigs: Int) -> Markup {
    let overrides = self.snapshot.status["overrides"]?.array ?? []
    if let held = overrides.first(where: { $0["target"]?.string == name }) {
      return """
        <p>Held by \(held["by"]?.string ?? "a person") until \(Words(self.snapshot).dateAndTime(held["until"])).</p>\
        \(self.actions.form("clear-override", target: name, button: "Give back to the plan"))
        """
    }
    return self.actions.form(
      "override", target: name, button: "Hold",
      fields: """
        <label>Hold <input name="level" type="number" min="0" max="\(rigs)" value="0" required> of \(rigs) rigs on</label> \
        \(Actions.lengths("the bank is held"))
        """)
  }
}
