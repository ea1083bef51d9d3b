import JSONText
import Quantities

/// What the site is made of and how each part is.
struct SystemPage {
  let snapshot: SiteSnapshot
  let version: String
  let actions: Actions

  /// Where nothing else vouches for the clock, a person may.
  private var clockForm: Markup {
    guard self.snapshot.status["clock_trusted"]?.bool == false else { return .empty }
    return """
      <p>The clock is not trusted, so rigs keep their fallback. The site's time is \(Words(self.snapshot).dateAndTime(self.snapshot.status["time"])).</p>\
      \(self.actions.form("confirm-clock", button: "This time is right"))
      """
  }

  private static func broker(_ link: JSONValue?) -> String {
    guard let link, let broker = link["broker"]?.string else { return "not set up" }
    guard link["connected"]?.bool == true else {
      return "no connection to \(broker): \(link["why"]?.string ?? "not tried yet")"
    }
    return "connected to \(broker), commands are \(link["commands"]?.bool == true ? "taken" : "not taken")"
  }

  private static func times(_ times: JSONValue?) -> String {
    guard let median = times?["p50"]?.double, let most = times?["p99"]?.double,
      let longest = times?["max"]?.double
    else { return "not known yet" }
    return
      "\(median.text(places: 1)) ms, 99 of 100 at most \(most.text(places: 1)) ms, the longest of five minutes "
      + "\(longest.text(places: 1)) ms"
  }

  var markup: Markup {
    let status = self.snapshot.status
    let meters = (self.snapshot.meters.array ?? []).map { meter -> Markup in
      let power = meter["power_kw"]?.double.map { "\($0.text(places: 3)) kW" } ?? "no reading"
      let counters = [("forward_kwh", "forward"), ("reverse_kwh", "reverse")].compactMap { name, word in
        meter[name]?.double.map { "\(word) \($0.text(places: 2)) kWh" }
      }
      let age =
        meter["age_ms"]?.int.map { "\((Double($0) / 1000).text(places: 1)) s" } ?? meter["fault"]?.string
        ?? "no answer"
      return """
        <tr data-state="\(meter["fault"] == nil ? "calm" : "alarm")"><th scope="row">\(meter["meter"]?.string ?? "?")</th>\
        <td>\(meter["measures"]?.string ?? "")</td><td>\(power)</td><td>\(counters.joined(separator: ", "))</td><td>\(age)</td></tr>
        """
    }
    let words = Words(self.snapshot)
    let process = self.snapshot.process
    let facts: [(String, String)] = [
      ("program", "rigshift \(self.version)"),
      ("running since", words.dateAndTime(process["started_at"])),
      (
        "it uses",
        [
          process["resident_bytes"]?.double.map { "\(($0 / 1_048_576).text(places: 0)) MiB of memory" },
          process["cpu_s"]?.double.map { "\($0.text(places: 1)) s of processor time" },
          process["threads"]?.int.map { "\($0) threads" },
        ].compactMap(\.self).joined(separator: ", ")
      ),
      ("clock", status["clock_trusted"]?.bool == true ? "trusted" : "not trusted"),
      ("record", status["store_failed"]?.bool == true ? "cannot be written" : "is written"),
      (
        "its size",
        [
          process["record_bytes"]?.double.map { "\(($0 / 1_048_576).text(places: 1)) MiB" },
          process["free_bytes"]?.double.map { "\(($0 / 1_073_741_824).text(places: 1)) GiB are free there" },
        ].compactMap(\.self).joined(separator: ", ")
      ),
      ("records lost", "\(status["records_lost"]?.int ?? 0)"),
      (
        "ticks of control since the start",
        "\(status["ticks"]?.int ?? 0), \(status["ticks_missed"]?.int ?? 0) missed"
      ),
      ("a tick takes", Self.times(status["tick_ms"])),
      (
        "the last plan took",
        self.snapshot.plan["solve_ms"]?.double.map { "\($0.text(places: 0)) ms to solve" } ?? "no plan"
      ),
      ("home automation", Self.broker(status["mqtt"])),
      ("rig-hours today", status["rig_hours_today"]?.double?.text(places: 1) ?? "unknown"),
      ("time zone", status["zone"]?.string ?? ""),
    ]
    return """
      <h1>System</h1>
      <section aria-labelledby="meters"><h2 id="meters">Meters</h2>\
      \(Markup.table("Meters", ["meter", "measures", "power", "counters", "age or fault"], meters))</section>
      <section aria-labelledby="feeds"><h2 id="feeds">Feeds</h2>\(FeedTable(snapshot: self.snapshot).markup)</section>
      <section aria-labelledby="parts"><h2 id="parts">Controller</h2><table><tbody>\
      \(facts.map { "<tr><th scope=\"row\">\($0.0)</th><td>\($0.1)</td></tr>" as Markup })</tbody></table>\(self.clockForm)</section>
      <p>For somebody who helps: <code>rigshift support</code> writes one file to send, without secrets.</p>
      <section aria-labelledby="programs"><h2 id="programs">For programs</h2><p><a href="/health">/health</a>, \
      <a href="/metrics">/metrics</a>, <a href="/api/v1/status">/api/v1/status</a>, <a href="/api/v1/plan">plan</a>, \
      <a href="/api/v1/rigs">rigs</a>, <a href="/api/v1/meters">meters</a>, <a href="/api/v1/slots">slots</a>, \
      <a href="/api/v1/decisions">decisions</a>, <a href="/api/v1/events">events</a></p></section>
      """
  }
}
