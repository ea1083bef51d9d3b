import JSONText
import Quantities

/// The plan over its horizon and the hours before it, on one time axis: price, carbon, power, and rigs bank by bank. What is
/// planned is an outline, what was metered is solid.
struct PlanChart {
  let snapshot: SiteSnapshot
  private let planned: [PlannedSlot]
  private let settled: [SettledSlot]
  private let words: Words
  private static let width = 960.0
  private static let left = 64.0
  /// What is shown before the present.
  private static let lookBack = Duration.hours(12)

  init(_ snapshot: SiteSnapshot) {
    self.snapshot = snapshot
    self.words = Words(snapshot)
    self.planned = PlannedSlot.all(of: snapshot.plan)
    let begin = (snapshot.now ?? UTCInstant(milliseconds: 0)) - Self.lookBack
    self.settled = SettledSlot.all(of: snapshot.slots).filter { $0.slot.start >= begin }
  }

  /// One sentence for those who do not see the drawing.
  var summary: String {
    guard let first = self.planned.first, let last = self.planned.last else {
      return "There is no plan to draw."
    }
    let hours = self.planned.reduce(0) { $0 + $1.rigs * $1.slot.hours }
    return
      "From \(self.words.dateAndTime(first.slot.start)) to \(self.words.dateAndTime(last.slot.end)) "
      + "\(hours.text(places: 1)) rig-hours are planned."
  }

  var markup: Markup {
    guard let end = self.planned.last?.slot.end,
      let first = self.settled.first?.slot.start ?? self.planned.first?.slot.start
    else { return "<p class=\"empty\">There is no plan in force, so there is nothing to draw.</p>" }
    let time = Axis(
      from: Self.hours(first), to: Self.hours(end), start: Self.left, end: Self.width - 12)
    var drawn = Markup.empty
    var top = 40.0
    func panel(_ title: String, _ unit: String, height: Double, values: [Double]) -> Panel {
      let low = min(0, values.min() ?? 0)
      let high = max(values.max() ?? 1, low + 1)
      let panel = Panel(
        title: title, time: time, value: Axis(from: low, to: high * 1.05, start: top + height, end: top),
        unit: unit)
      top += height + 34
      return panel
    }
    let prices = self.planned.compactMap(\.price) + self.settled.compactMap(\.price)
    let price = panel("Price of import", "\(self.snapshot.currency)/kWh", height: 80, values: prices)
    drawn += price.grid + self.prices(price)
    let carbons = self.planned.compactMap(\.carbon) + self.settled.compactMap(\.carbon)
    if carbons.contains(where: { $0 > 0 }) {
      let carbon = panel("Carbon of import", "g/kWh", height: 50, values: carbons)
      drawn += carbon.grid + carbon.steps(self.metered(\.carbon) + self.spans(\.carbon), style: "line carbon")
    }
    let cap = self.snapshot.status["import_cap_kw"]?.double
    var powers: [Double] = cap.map { [$0] } ?? []
    for slot in self.planned { powers += [slot.load, slot.imported, slot.band?.high ?? slot.renewable ?? 0] }
    for slot in self.settled { powers += [slot.generated, slot.imported].compactMap { slot.power($0) } }
    let power = panel("Power", "kW", height: 150, values: powers)
    drawn += power.grid + self.powers(power, cap: cap)
    for bank in self.planned.first?.running.map(\.bank) ?? [] {
      let counts = self.planned.map { slot in slot.running.first { $0.bank == bank }?.rigs ?? 0 }
      let rigs = panel("Rigs of \(bank)", "running", height: 70, values: counts)
      drawn += rigs.grid
      drawn += rigs.steps(
        self.spans { slot in slot.running.first { $0.bank == bank }?.rigs ?? 0 }, style: "line rigs planned")
      if self.planned.first?.running.count == 1 {
        drawn += self.settled.reduce(.empty) { drawing, slot in
          guard let hours = slot.rigHours else { return drawing }
          return drawing
            + rigs.bar(
              from: Self.hours(slot.slot.start), to: Self.hours(slot.slot.end),
              value: hours / slot.slot.hours,
              style: "bar rigs")
        }
      }
    }
    let bottom = top - 12
    return """
      <figure class="chart" data-plan="\(self.snapshot.plan["id"]?.int ?? 0)">\(Markup.scrolling("Drawing of the plan", """
        <svg viewBox="0 0 \(Place.text(Self.width)) \(Place.text(bottom + 4))" role="img" \
        aria-label="\(self.summary)"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>\(self.hourLines(time, bottom: bottom - 18))\(drawn)\(self.nowLine(time, bottom: bottom - 18))\
        <line class="cursor" x1="-9" x2="-9" y1="26" y2="\(Place.text(bottom - 18))"/></svg>
        """))
      <figcaption>\(self.summary) <span class="key import">import</span> <span class="key solar">generation</span> \
      <span class="key rigs">rigs</span>; outlines and the band are planned, solid is metered\(self.planned.contains(where: \.isPriceEstimated) ? ", hatched prices are estimated" : "").</figcaption>
      <div class="cursorbox" hidden><label>Look at a slot <input type="range" min="0" max="\(max(0, self.settled.count + self.planned.count - 1))" \
      value="\(self.settled.count)"></label><dl class="figures"></dl><p></p></div>
      \(self.table(time))</figure>
      """
  }

  private static func hours(_ instant: UTCInstant) -> Double { Double(instant.milliseconds) / 3_600_000 }

  private func spans(_ value: (PlannedSlot) -> Double?) -> [(from: Double, to: Double, value: Double?)] {
    self.planned.map { (Self.hours($0.slot.start), Self.hours($0.slot.end), value($0)) }
  }

  private func metered(_ value: (SettledSlot) -> Double?) -> [(from: Double, to: Double, value: Double?)] {
    self.settled.map { (Self.hours($0.slot.start), Self.hours($0.slot.end), value($0)) }
  }

  /// Slots in which rigs run are filled, the others outlined.
  private func prices(_ panel: Panel) -> Markup {
    let past = self.settled.compactMap { slot in
      slot.price.map {
        panel.bar(
          from: Self.hours(slot.slot.start), to: Self.hours(slot.slot.end), value: $0,
          style: (slot.rigHours ?? 0) > 0 ? "bar price past" : "bar price past idle")
      }
    }
    let coming = self.planned.compactMap { slot in
      slot.price.map {
        panel.bar(
          from: Self.hours(slot.slot.start), to: Self.hours(slot.slot.end), value: $0,
          style: (slot.rigs > 0 ? "bar price" : "bar price idle")
            + (slot.isPriceEstimated ? " estimated" : ""))
      }
    }
    return "\(past)\(coming)"
  }

  private func powers(_ panel: Panel, cap: Double?) -> Markup {
    let band = self.planned.compactMap { slot in
      slot.band.map { (Self.hours(slot.slot.start), Self.hours(slot.slot.end), $0.low, $0.high) }
    }
    let capLine: Markup? = cap.map { cap in
      let y = Place.text(panel.value.place(cap))
      return """
        <line class="cap" x1="\(Place.text(panel.time.start))" x2="\(Place.text(panel.time.end))" y1="\(y)" y2="\(y)"/>\
        <text class="tick" x="\(Place.text(panel.time.end - 4))" y="\(y)" text-anchor="end" dy="-4">import cap</text>
        """
    }
    return """
      \(panel.band(band, style: "band solar"))\(panel.steps(self.spans(\.renewable), style: "line solar planned"))\
      \(panel.steps(self.spans(\.load), style: "line rigs planned"))\(panel.steps(self.spans(\.imported), style: "line import planned"))\
      \(panel.steps(self.metered { $0.power($0.generated) }, style: "line solar"))\(panel.steps(self.metered { $0.power($0.rigs) }, style: "line rigs"))\
      \(panel.steps(self.metered { $0.power($0.imported) }, style: "line import"))\(capLine)
      """
  }

  /// A line at every third hour of local time, with its label at the bottom.
  private func hourLines(_ time: Axis, bottom: Double) -> Markup {
    var lines: [Markup] = []
    var instant = UTCInstant(milliseconds: (Int64(time.from) - 1) * 3_600_000)
    let end = UTCInstant(milliseconds: Int64(time.to * 3_600_000))
    while instant <= end, lines.count < 200 {
      defer { instant = instant + .hours(1) }
      let minute = self.words.zone.minuteOfDay(of: instant)
      guard Self.hours(instant) >= time.from, minute % 180 == 0 else { continue }
      let x = Place.text(time.place(Self.hours(instant)))
      let label =
        minute == 0
        ? String(ISO8601.string(self.words.zone.date(of: instant)).suffix(5)) : self.words.time(instant)
      lines.append(
        """
        <line class="\(minute == 0 ? "day" : "hour")" x1="\(x)" x2="\(x)" y1="26" y2="\(Place.text(bottom))"/>\
        <text class="tick" x="\(x)" y="\(Place.text(bottom + 14))" text-anchor="middle">\(label)</text>
        """)
    }
    return "\(lines)"
  }

  private func nowLine(_ time: Axis, bottom: Double) -> Markup? {
    guard let now = self.snapshot.now, (time.from...time.to).contains(Self.hours(now)) else { return nil }
    let x = Place.text(time.place(Self.hours(now)))
    return """
      <line class="now" x1="\(x)" x2="\(x)" y1="14" y2="\(Place.text(bottom))"/>\
      <text class="tick now" x="\(x)" y="11" text-anchor="middle">now</text>
      """
  }

  /// The same as a table, with where each slot stands in the drawing for the script that moves a cursor over it.
  private func table(_ time: Axis) -> Markup {
    func row(_ slot: Slot, _ kind: String, rigs: String, _ figures: [String?]) -> Markup {
      let (left, right) = (time.place(Self.hours(slot.start)), time.place(Self.hours(slot.end)))
      return """
        <tr data-start="\(ISO8601.string(slot.start))" data-kind="\(kind)" data-left="\(Place.text(left))" data-right="\(Place.text(right))">\
        <th scope="row">\(self.words.dateAndTime(slot.start))</th><td>\(kind)</td><td>\(rigs)</td>\
        \(figures.map { "<td>\($0 ?? "-")</td>" as Markup })</tr>
        """
    }
    let past = self.settled.map { slot in
      row(
        slot.slot, "metered", rigs: slot.rigHours.map { ($0 / slot.slot.hours).text(places: 1) } ?? "-",
        [slot.rigs, slot.imported, slot.generated].map { slot.power($0)?.text(places: 1) }
          + [slot.price?.text(places: 2), slot.carbon?.text(places: 0)])
    }
    let coming = self.planned.map { slot in
      row(
        slot.slot, "planned",
        rigs: slot.running.map { "\($0.rigs.text(places: 0)) \($0.bank)" }.joined(separator: ", "),
        [
          slot.load.text(places: 1), slot.imported.text(places: 1), slot.renewable?.text(places: 1),
          slot.price.map { $0.text(places: 2) + (slot.isPriceEstimated ? " (estimated)" : "") },
          slot.carbon?.text(places: 0),
        ])
    }
    let heads = [
      "slot from", "kind", "rigs", "rigs kW", "import kW", "generation kW", "\(self.snapshot.currency)/kWh",
      "g/kWh",
    ]
    return """
      <details><summary>Show as table</summary>\(Markup.table("Slots", heads, past + coming, style: "slots"))</details>
      """
  }
}
