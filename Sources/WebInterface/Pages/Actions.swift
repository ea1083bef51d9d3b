/// What a person who is signed in may do on a page: small forms, which work without scripts.
struct Actions {
  /// Who is signed in; nil shows no form.
  let session: SessionBook.Session?
  private let back: String

  init(_ caller: Caller, back: String) {
    if case .person(let session) = caller { self.session = session } else { self.session = nil }
    self.back = back
  }

  /// A form that does `action` to `target`, with `fields` inside; empty for nobody.
  func form(_ action: String, target: String = "", button: Markup, fields: Markup = "") -> Markup {
    guard let session = self.session else { return .empty }
    return """
      <form method="post" action="/do"><input type="hidden" name="action" value="\(action)">\
      <input type="hidden" name="target" value="\(target)"><input type="hidden" name="back" value="\(self.back)">\
      <input type="hidden" name="proof" value="\(session.proof)">\(fields)<button>\(button)</button></form>
      """
  }

  /// How long a person's will is to last.
  static func lengths(_ subject: String) -> Markup {
    let choices: [(String, String)] = [
      ("15min", "15 min"), ("1h", "1 h"), ("2h", "2 h"), ("8h", "8 h"), ("24h", "1 day"), ("7d", "7 days"),
    ]
    return """
      <label>for <select name="for" aria-label="How long \(subject)">\
      \(choices.map { "<option value=\"\($0.0)\"\($0.0 == "1h" ? " selected" as Markup : "")>\($0.1)</option>" as Markup })</select></label>
      """
  }

  /// Who is signed in, or where to do that; and the way to stop everything, which is on every page.
  func bar(isAllOff: Bool) -> Markup {
    guard let session = self.session else {
      return
        "<section class=\"who\" aria-label=\"Who is signed in\"><p><a href=\"/login?back=\(self.back)\">Sign in</a> to switch rigs</p></section>"
    }
    let off =
      isAllOff
      ? self.form("end-all-off", button: "End all off")
      : """
      <details class="alloff" data-key="all-off"><summary>All off</summary>\
      \(self.form(
        "all-off", button: "Switch all rigs off",
        fields: "<label>Type OFF <input name=\"confirm\" autocomplete=\"off\" required pattern=\"[Oo][Ff][Ff]\" size=\"4\"></label>"))
      <p>Every relay opens at once and stays open until somebody ends it here.</p></details>
      """ as Markup
    return """
      <section class="who" aria-label="Who is signed in"><span>\(session.name)</span><form method="post" action="/logout">\
      <input type="hidden" name="proof" value="\(session.proof)"><button>Sign out</button></form>\(off)</section>
      """
  }
}
