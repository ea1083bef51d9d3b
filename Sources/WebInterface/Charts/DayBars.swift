import Quantities

/// One figure per local day, as bars from zero; a day without the figure has none.
struct DayBars {
  let title: String
  let unit: String
  let values: [(date: CivilDate, value: Double?)]

  var markup: Markup {
    let known = self.values.compactMap(\.value)
    guard self.values.count > 1, !known.isEmpty else { return .empty }
    let days = Axis(from: 0, to: Double(self.values.count), start: 54, end: 946)
    let low = min(0, known.min() ?? 0)
    let high = max(known.max() ?? 0, low + 1e-6, 0)
    let panel = Panel(
      title: self.title, time: days, value: Axis(from: low * 1.1, to: high * 1.1, start: 150, end: 26),
      unit: self.unit)
    let bars = self.values.enumerated().map { index, day -> Markup in
      let middle = Place.text(days.place(Double(index) + 0.5))
      let label: Markup =
        self.values.count <= 7 || index.isMultiple(of: 5)
        ? "<text class=\"tick\" x=\"\(middle)\" y=\"167\" text-anchor=\"middle\">\(ISO8601.string(day.date).suffix(5).description)</text>"
        : .empty
      let bar = day.value.map {
        panel.bar(from: Double(index), to: Double(index + 1), value: $0, style: "bar rigs")
      }
      return "\(bar)\(label)"
    }
    let summary =
      "\(self.title): \(known.reduce(0, +).text(places: 1)) \(self.unit) in all, over \(known.count) days."
    return """
      <figure class="chart">\(Markup.scrolling("Drawing of \(self.title)", """
        <svg viewBox="0 0 960 172" role="img" aria-label="\(summary)">\(panel.grid)\(bars)</svg>
        """))
      <figcaption>\(summary)</figcaption></figure>
      """
  }
}
