import JSONText
import Quantities

/// What is held off to keep import down, and what somebody else asks of the site now; empty when there is neither.
struct ShedCard {
  private let snapshot: SiteSnapshot
  private let words: Words

  init(_ snapshot: SiteSnapshot) {
    self.snapshot = snapshot
    self.words = Words(snapshot)
  }

  var markup: Markup {
    let parts = self.shed + self.events
    guard !parts.isEmpty else { return .empty }
    return """
      <section aria-labelledby="shed"><h2 id="shed">Held off now</h2><ul class="alarms">\(parts)</ul></section>
      """
  }

  // MARK: The import guard

  private var shed: [Markup] {
    (self.snapshot.status["banks"]?.array ?? []).compactMap { bank in
      guard let name = bank["name"]?.string, let count = bank["shed"]?.int, count > 0 else { return nil }
      let rigs = (self.snapshot.rigs.array ?? []).filter {
        $0["bank"]?.string == name && $0["switched_by"]?.string == "importGuard" && $0["on"]?.bool == false
      }
      let since = rigs.compactMap { $0["proof"]?["decided_at"]?.string.flatMap { ISO8601.instant($0) } }.min()
      let power = self.snapshot.ratedDraw[name].map { " (\(self.words.kilowatts($0 * Double(count))))" } ?? ""
      let back =
        bank["held_by"]?.string.map { "The next may come back: \($0)." } ?? "They come back as they fit."
      return """
        <li class="wait"><b>\(count) of \(name)</b>\(power) are held off, because import went over its cap\
        \(since.map { ", since \(self.words.second($0))" } ?? ""). \(Self.proofs(rigs))\
        <p>\(back) Import is \(self.words.grid(self.snapshot.status["import_kw"]?.double, cap: self.cap)).</p></li>
        """
    }
  }

  /// How far the openings are proved.
  private static func proofs(_ rigs: [JSONValue]) -> String {
    func count(_ step: String) -> Int { rigs.count { $0["proof"]?[step]?.isNull == false } }
    guard !rigs.isEmpty else { return "" }
    return "Of \(rigs.count) opened: \(count("sent_ms")) sent, \(count("read_back_ms")) read back, "
      + "\(count("seen_in_watts_ms")) seen in watts."
  }

  private var cap: Double? { self.snapshot.status["import_cap_kw"]?.double }

  // MARK: What others ask

  private var events: [Markup] {
    (self.snapshot.status["demand_events_now"]?.array ?? []).map { event in
      let imported = self.snapshot.status["import_kw"]?.double
      let cap = event["import_cap_kw"]?.double
      let asked = cap.map { "import up to \(self.words.kilowatts($0))" }
      let paid = event["price_per_kwh"]?.double.map { "\(self.words.price($0)) for each kWh less" }
      let kept = cap.flatMap { cap in
        imported.map { imported in
          imported <= cap
            ? "kept: \(self.words.grid(imported))" : "not kept yet: \(self.words.grid(imported))"
        }
      }
      let isLate = cap.flatMap { cap in imported.map { $0 > cap } } ?? false
      let left = event["end"]?.string.flatMap { ISO8601.instant($0) }.flatMap { end in
        self.snapshot.now.map { Words.length(seconds: Int(clamping: end.millisecondsSince($0) / 1000)) }
      }
      return """
        <li class="\(isLate ? "wait" : "note")"><b>\(event["name"]?.string ?? "event")</b> asks for \
        \([asked, paid].compactMap(\.self).joined(separator: ", ")) until \(self.words.time(event["end"]))\
        \(left.map { ", \($0) to go" } ?? "").\(kept.map { " It is \($0)." } ?? "")</li>
        """
    }
  }
}
