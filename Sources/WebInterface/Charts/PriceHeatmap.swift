import Quantities

/// Import prices as they applied: a row a day, a cell a slot, darker where dearer. A slot without a price stays empty.
struct PriceHeatmap {
  private static let shades = 6
  private static let rowHeight = 16.0

  let slots: [SettledSlot]
  let days: [CivilDate]
  let words: Words

  private struct Run {
    var day: Int
    var from: Double
    var to: Double
    var shade: Int
    var isNegative: Bool
  }

  var markup: Markup {
    let prices = self.slots.compactMap(\.price)
    guard self.days.count > 1, let low = prices.min(), let high = prices.max() else { return .empty }
    let time = Axis(from: 0, to: 1440, start: 54, end: 946)
    let height = Double(self.days.count) * Self.rowHeight + 40
    func top(_ day: Int) -> String { Place.text(22 + Double(day) * Self.rowHeight) }
    let cells = self.runs(low: low, high: high).map { run -> Markup in
      """
      <rect class="heat\(run.isNegative ? "paid" : "\(run.shade)")" x="\(Place.text(time.place(run.from)))" y="\(top(run.day))" \
      width="\(Place.text(time.place(run.to) - time.place(run.from)))" height="\(Place.text(Self.rowHeight - 2))"/>
      """
    }
    let labels = self.days.enumerated().map { index, date -> Markup in
      "<text class=\"tick\" x=\"48\" y=\"\(top(index))\" dy=\"12\" text-anchor=\"end\">\(ISO8601.string(date).suffix(5).description)</text>"
    }
    let hours = stride(from: 0, through: 24, by: 6).map { hour -> Markup in
      "<text class=\"tick\" x=\"\(Place.text(time.place(Double(hour) * 60)))\" y=\"\(Place.text(height - 4))\" text-anchor=\"\(hour == 24 ? "end" : "middle")\">\(hour):00</text>"
    }
    let paid = low < 0 ? " Below zero is dotted: drawing was paid for." : ""
    let summary =
      "Import prices by local time, from \(self.words.price(low)) to \(self.words.price(high)), darker where dearer.\(paid)"
    return """
      <figure class="chart">\(Markup.scrolling("Drawing of prices", """
        <svg viewBox="0 0 960 \(Place.text(height))" role="img" aria-label="\(summary)">\
        <text class="title" x="54" y="14">Import price</text>\(cells)\(labels)\(hours)</svg>
        """))
      <figcaption>\(summary)</figcaption></figure>
      """
  }

  /// Neighbouring slots of one shade as one.
  private func runs(low: Double, high: Double) -> [Run] {
    var runs: [Run] = []
    for slot in self.slots {
      guard let price = slot.price,
        let day = self.days.firstIndex(of: self.words.zone.date(of: slot.slot.start))
      else { continue }
      let share = high > low ? (price - low) / (high - low) : 0
      let shade = min(Self.shades - 1, max(0, Int((share * Double(Self.shades)).rounded(.down))))
      let from = Double(self.words.zone.minuteOfDay(of: slot.slot.start))
      let to = min(1440, from + slot.slot.hours * 60)
      let isNegative = price < 0
      if let last = runs.last, last.day == day, last.shade == shade, last.isNegative == isNegative,
        abs(last.to - from) < 0.5
      {
        runs[runs.count - 1].to = to
      } else {
        runs.append(Run(day: day, from: from, to: to, shade: shade, isNegative: isNegative))
      }
    }
    return runs
  }
}
