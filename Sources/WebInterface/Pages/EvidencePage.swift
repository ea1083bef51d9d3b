import JSONText

/// What was decided and what was written down of it.
struct EvidencePage {
  let snapshot: SiteSnapshot
  let history: (filter: HistoryFilter, record: JSONValue)?

  var markup: Markup {
    let words = Words(self.snapshot)
    let decisions = (self.history?.record["decisions"] ?? self.snapshot.decisions).array ?? []
    let events = (self.history?.record["events"] ?? self.snapshot.events).array ?? []
    let decisionRows = decisions.map { decision -> Markup in
      """
      <tr><td>\(words.dateAndTime(decision["at"]))</td><th scope="row">\(decision["rig"]?.string ?? "?")</th>\
      <td>\(decision["on"]?.bool == true ? "on" : "off")</td><td>\(decision["reason"]?.string ?? "")</td></tr>
      """
    }
    let eventRows = events.map { event -> Markup in
      """
      <tr><td>\(words.dateAndTime(event["at"]))</td><th scope="row">\(Words.phrase(event["kind"]?.string ?? ""))</th>\
      <td>\(event["text"]?.string ?? "")</td></tr>
      """
    }
    let certificates = (self.snapshot.certificates.array ?? []).map { entry -> Markup in
      """
      <tr><th scope="row">\(entry["seq"]?.int ?? 0)</th><td>\(entry["kind"]?.string ?? "")</td>\
      <td>\(words.dateAndTime(entry["issued_at"]))</td><td><code>\(String((entry["cert_hash"]?.string ?? "").prefix(16)))</code></td></tr>
      """
    }
    return """
      <h1>Evidence</h1>
      <section aria-labelledby="decisions"><h2 id="decisions">Relay decisions</h2>\(self.filters)\
      \(self.table("Decisions", ["when", "rig", "switched", "because"], decisionRows, empty: self.history == nil ? "No relay has been switched yet." : "No relay was switched."))</section>
      <section aria-labelledby="events"><h2 id="events">Events</h2>\
      \(self.table("Events", ["when", "kind", "what"], eventRows, empty: self.history == nil ? "Nothing has happened yet." : "Nothing happened."))</section>
      <section id="verification" data-keep aria-labelledby="verified"><h2 id="verified">Verify the log in this browser</h2>
      <p>Recomputes every hash, link and slot from the text of the entries and holds them against the signed checkpoint. The check
      is code of the machine it checks: for proof use <code>rigshift verify</code> elsewhere (see the handbook on evidence).</p>
      <p><button type="button" hidden>Verify</button> <output></output></p><ol></ol>
      <noscript><p>Without scripts: <code>rigshift certificates verify</code>.</p></noscript></section>
      <section aria-labelledby="log"><h2 id="log">Certificates</h2>
      <p>The newest entries of the site's signed log.</p>\
      \(self.table("Entries", ["number", "kind", "issued", "hash begins"], certificates, empty: "The log has no entry yet."))</section>
      <script src="/verify.js" defer></script>
      """
  }

  /// What happened since I went to bed, and what happened to this rig.
  private var filters: Markup {
    let filter = self.history?.filter ?? HistoryFilter(since: nil, text: nil)
    let query = filter.query
    return """
      <form method="get" action="/evidence"><label>Since <input name="since" value="\(filter.since ?? "")" size="16" \
      placeholder="22:00"></label> <label>with <input name="text" value="\(filter.text ?? "")" size="14" \
      placeholder="any text"></label><button>Show</button> <a href="/evidence?since=22%3A00">Since 22:00</a>\
      \(filter.isEmpty ? "" : " <a href=\"/evidence\">The newest</a>" as Markup) \
      <a href="/api/v1/decisions?\(query)\(query.isEmpty ? "" : "&")format=csv">Decisions as CSV</a></form>
      """
  }

  private func table(_ name: String, _ heads: [String], _ rows: [Markup], empty: String) -> Markup {
    guard !rows.isEmpty else { return "<p class=\"empty\">\(empty)</p>" }
    return .table(name, heads, rows)
  }
}
