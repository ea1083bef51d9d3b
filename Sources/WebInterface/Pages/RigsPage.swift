import JSONText

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

  var markup: Markup {
    let state = Self.state(of: self.rig)
    let name = self.rig["rig"]?.string ?? "?"
    let isOn = self.rig["on"]?.bool ?? false
    return """
      <li><details class="rig" data-state="\(state.rawValue)" data-key="\(name)"><summary><b aria-hidden="true">\(state.mark)</b> \(name)\
      <span class="word"> \(state.word)</span></summary>
      <p>\(isOn ? "On" : "Off") for \(Words.length(seconds: self.rig["for_s"]?.int ?? 0)): \
      \(self.rig["reason"]?.string ?? "nobody knows why").\(self.held)</p>
      <p>Its relay has switched \(self.rig["cycles"]?.int ?? 0) times. The whole story: <code>rigshift why \(name)</code>.</p>
      </details></li>
      """
  }

  private var held: Markup? {
    self.rig["held_by"]?.string.map { " Held back: \($0)." }
  }
}

/// Banks, and every rig of each.
struct RigsPage {
  let snapshot: SiteSnapshot

  var markup: Markup {
    let rigs = self.snapshot.rigs.array ?? []
    return "<h1>Rigs</h1>\((self.snapshot.status["banks"]?.array ?? []).map { self.bank($0, rigs: rigs) })"
  }

  private func bank(_ bank: JSONValue, rigs: [JSONValue]) -> Markup {
    let name = bank["name"]?.string ?? "?"
    let own = rigs.filter { $0["bank"]?.string == name }
    let held: Markup? = bank["held_by"]?.string.map { "<p>The next rig waits: \($0).</p>" }
    return """
      <section aria-label="Bank \(name)"><h2>\(name): \(bank["running"]?.int ?? 0) of \(bank["rigs"]?.int ?? 0) on</h2>
      <p>\(bank["wanted"]?.int ?? 0) wanted: \(bank["reason"]?.string ?? "nobody knows why"). \
      \(bank["available"]?.int ?? 0) may run, \(bank["shed"]?.int ?? 0) held off by the import guard, \
      \(bank["starts_today"]?.int ?? 0) starts today.</p>\(held)
      <ul class="tiles">\(own.map { RigTile(rig: $0).markup })</ul></section>
      """
  }
}
