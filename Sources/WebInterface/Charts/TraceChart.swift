import JSONText
import Quantities

/// The last hour of import, generation and rigs.
struct TraceChart {
  let snapshot: SiteSnapshot

  var markup: Markup {
    let points = self.snapshot.trace
    guard points.count > 1, let first = points.first, let last = points.last, last.at > first.at else {
      return "<p class=\"empty\">The trace of the last hour begins to show after a minute.</p>"
    }
    let words = Words(self.snapshot)
    let begin = min(Self.minutes(first.at), Self.minutes(last.at) - 5)
    let time = Axis(from: begin, to: Self.minutes(last.at), start: 54, end: 946)
    let values = points.flatMap { [$0.imported, $0.generated].compactMap(\.self) }
    let low = min(0, values.min() ?? 0)
    let high = max(values.max() ?? 1, low + 1)
    let power = Panel(
      title: "Power", time: time, value: Axis(from: low, to: high * 1.1, start: 150, end: 26), unit: "kW")
    let summary =
      "Since \(words.time(first.at)): now \(words.grid(last.imported)), generation \(words.kilowatts(last.generated)), "
      + "\(last.rigsOn) rigs on."
    return """
      <figure class="chart trace">\(Markup.scrolling("Drawing of the last hour", """
        <svg viewBox="0 0 960 172" role="img" aria-label="\(summary)">\(power.grid)\
        \(self.line(power, points, \.generated, style: "line solar"))\(self.line(power, points, \.imported, style: "line import"))\
        \(self.labels(time, words))</svg>
        """))
      <figcaption>\(summary) <span class="key import">import</span> <span class="key solar">generation</span></figcaption></figure>
      """
  }

  private static func minutes(_ instant: UTCInstant) -> Double { Double(instant.milliseconds) / 60_000 }

  /// Holes stay holes.
  private func line(
    _ panel: Panel, _ points: [SiteSnapshot.TracePoint], _ value: (SiteSnapshot.TracePoint) -> Double?,
    style: String
  ) -> Markup {
    let runs = points.split { value($0) == nil }
    return
      "\(runs.map { run -> Markup in "<polyline class=\"\(style)\" points=\"\(Place.points(run.map { (panel.time.place(Self.minutes($0.at)), panel.value.place(value($0) ?? 0)) }))\"/>" })"
  }

  private func labels(_ time: Axis, _ words: Words) -> Markup {
    var marks: [Markup] = []
    var minute = (time.from / 10).rounded(.up) * 10
    while minute <= time.to, marks.count < 20 {
      let instant = UTCInstant(milliseconds: Int64(minute) * 60_000)
      marks.append(
        "<text class=\"tick\" x=\"\(Place.text(time.place(minute)))\" y=\"167\" text-anchor=\"middle\">\(words.time(instant))</text>"
      )
      minute += 10
    }
    return "\(marks)"
  }
}
