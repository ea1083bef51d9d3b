import JSONText
import Quantities

/// What was metered, beside what was planned, out of the signed log: a day, a week or a month. The two never mix.
struct EnergyPage {
  let snapshot: SiteSnapshot
  let period: EnergyPeriod
  /// The accounts of the period as `rigshift report --json` says them, with `first` and `last` day and its `slots`.
  let accounts: JSONValue

  private var first: CivilDate? { self.accounts["first"]?.string.flatMap { ISO8601.date($0) } }
  private var last: CivilDate? { self.accounts["last"]?.string.flatMap { ISO8601.date($0) } }

  var markup: Markup {
    let words = Words(self.snapshot)
    let days = self.accounts["days"]?.array ?? []
    let settled = SettledSlot.all(of: self.accounts["slots"] ?? [])
    guard let total = days.last, let first = self.first, let last = self.last else {
      return """
        \(self.head)<p class="empty">Nothing has been settled in this time. A slot is when its time is over.</p>\
        \(self.computed(words))\
        \(self.forecasts(words))
        """
    }
    let each = days.dropLast()
    let dates = Array(
      sequence(first: first) { $0 < last ? $0.advanced(byDays: 1) : nil }.prefix(31))
    func bars(_ title: String, _ unit: String, _ name: String) -> Markup {
      DayBars(
        title: title, unit: unit,
        values: dates.map { date in
          (date, each.first { $0["date"]?.string == ISO8601.string(date) }?[name]?.double)
        }
      ).markup
    }
    return """
      \(self.head)\(self.sums(total, words))\(self.savings(total, words))\
      \(bars("Saved against an even pace", self.snapshot.currency, "saving_against_continuous"))\
      \(bars("CO2 saved against an even pace", "kg", "co2_saving_against_continuous_kg"))\
      \(PriceHeatmap(slots: settled, days: dates, words: words).markup)\
      \(self.period.span == .day ? self.slots(settled, words) : self.days(Array(each), words))\
      \(self.computed(words))\
      \(self.forecasts(words))
      """
  }

  // MARK: Where in time

  private var head: Markup {
    let span = self.period.span
    let today = self.snapshot.now.map { self.snapshot.zone.date(of: $0) }
    let date = self.period.date ?? today ?? CivilDate(dayNumber: 0)
    let reach = self.first.flatMap { first in self.last.map { (first, $0) } } ?? (date, date)
    func link(_ date: CivilDate, _ text: String) -> Markup {
      "<a href=\"/energy?span=\(span.rawValue)&amp;day=\(ISO8601.string(date))\">\(text)</a>"
    }
    let choices = EnergyPeriod.Span.allCases.map { choice -> Markup in
      "<option\(choice == span ? " selected" as Markup : "")>\(choice.rawValue)</option>"
    }
    let title =
      reach.0 == reach.1
      ? ISO8601.string(reach.0) : "\(ISO8601.string(reach.0)) to \(ISO8601.string(reach.1))"
    return """
      <h1>Energy</h1><form method="get" action="/energy" aria-label="Time to look at">\
      \(link(reach.0.advanced(byDays: -1), "Earlier"))
      <label>Day <input type="date" name="day" value="\(ISO8601.string(date))"></label>
      <label>Show the <select name="span">\(choices)</select></label><button>Show</button>
      \(link(reach.1.advanced(byDays: 1), "Later"))</form><h2>\(title)</h2>
      """
  }

  // MARK: Sums

  private func sums(_ total: JSONValue, _ words: Words) -> Markup {
    func figure(_ name: String?) -> Double? { name.flatMap { total[$0]?.double } }
    func line(
      _ title: String, _ metered: String, _ planned: String? = nil, _ text: (Double?) -> String
    ) -> Markup {
      "<tr><th scope=\"row\">\(title)</th><td>\(text(figure(metered)))</td><td>\(planned.map { text(figure($0)) } ?? "-")</td></tr>"
    }
    let hours = { (value: Double?) in value.map { "\($0.text(places: 1)) h" } ?? "unknown" }
    let kilograms = { (value: Double?) in value.map { "\($0.text(places: 1)) kg" } ?? "unknown" }
    let percent = { (value: Double?) in value.map { "\(($0 * 100).text(places: 1)) %" } ?? "unknown" }
    let gap = figure("gap_hours") ?? 0
    return """
      <table><thead><tr><td></td><th scope="col">metered</th><th scope="col">planned</th></tr></thead><tbody>\
      \(line("import", "import_kwh", "planned_import_kwh", words.energy))\
      \(line("export", "export_kwh", nil, words.energy))\
      \(line("generation", "generation_kwh", nil, words.energy))\
      \(line("rigs", "rigs_kwh", nil, words.energy))\
      \(line("of which renewable", "renewable_rigs_kwh", nil, words.energy))\
      \(line("renewable share of the rigs", "renewable_share", nil, percent))\
      \(line("rig-hours", "rig_hours", "planned_rig_hours", hours))\
      \(line("imports less exports", "cost", "planned_cost", words.money))\
      \(line("CO2 of imports", "co2_kg", "planned_co2_kg", kilograms))\
      \(gap > 0 ? "<tr><th scope=\"row\">not metered</th><td>\(Words.length(seconds: Int(min(gap, 1e6) * 3600)))</td><td>-</td></tr>" as Markup : .empty)\
      </tbody></table>
      """
  }

  private func savings(_ total: JSONValue, _ words: Words) -> Markup {
    let baselines = [
      ("saving_against_continuous", "an even pace"), ("saving_against_asap", "as early as possible"),
      ("saving_against_reference", "the older GridShift rule"),
    ]
    let rows = baselines.compactMap { name, title in
      total[name]?.double.map { saved -> Markup in
        "<tr><th scope=\"row\">\(title)</th><td>\(words.money(saved))</td></tr>"
      }
    }
    guard !rows.isEmpty else {
      return "<p class=\"empty\">No slot was metered whole, so no saving is known.</p>"
    }
    return """
      <table><caption>Saved, metered, against the same rig-hours run otherwise (carbon at its price)</caption>
      <tbody>\(rows)</tbody></table>
      <p><a href="/api/v1/report?from=\(self.accounts["first"]?.string ?? "")&amp;to=\(self.accounts["last"]?.string ?? "")">These figures as JSON</a>; \
      certificates \(total["first_certificate"]?.int ?? 0) to \(total["last_certificate"]?.int ?? 0) stand behind them.</p>
      """
  }

  // MARK: Parts

  /// Days that were imported, apart from everything that was metered.
  private func computed(_ words: Words) -> Markup {
    let slots = SettledSlot.all(of: self.accounts["imported"] ?? [])
    guard !slots.isEmpty else { return .empty }
    let days = Dictionary(grouping: slots) { words.zone.date(of: $0.slot.start) }.sorted { $0.key < $1.key }
    let rows = days.map { date, slots -> Markup in
      func cell(_ places: Int, _ part: (SettledSlot) -> Double?) -> Markup {
        "<td>\(slots.reduce(0) { $0 + (part($1) ?? 0) }.text(places: places))</td>"
      }
      return """
        <tr><th scope="row">\(ISO8601.string(date))</th>\(cell(1, \.generated))\(cell(1, \.rigs))\(cell(1, \.rigHours))\
        \(cell(1, \.imported))\(cell(1, \.exported))\(cell(2, \.cost))\(cell(1, \.co2))</tr>
        """
    }
    let heads = [
      "day", "generation kWh", "rigs kWh", "rig-hours", "import kWh", "export kWh",
      "cost \(self.snapshot.currency)", "CO2 kg",
    ]
    return """
      <section aria-labelledby="computed"><h2 id="computed">Imported: computed, never metered</h2>
      <p>What the site would have done on these days, of their weather and prices. It counts nowhere else.</p>\
      \(Markup.table("Imported days", heads, rows, style: "slots"))\
      \(PriceHeatmap(slots: slots, days: days.map(\.key), words: words).markup)</section>
      """
  }

  /// How good forecasts of generation were: the size of the error, and whether there is a habit in it.
  private func forecasts(_ words: Words) -> Markup {
    let errors = self.accounts["forecast_errors"]?.array ?? []
    let rows = errors.map { error -> Markup in
      func power(_ name: String) -> Double { error[name]?.double ?? 0 }
      let bias = power("bias_kw")
      let habit =
        bias.magnitude < 0.05 ? "none" : "\(words.kilowatts(bias.magnitude)) too \(bias > 0 ? "low" : "high")"
      return """
        <tr><th scope="row">\(error["lead_from_h"]?.int ?? 0) to \(error["lead_to_h"]?.int ?? 0) h ahead</th>\
        <td>\(words.kilowatts(power("mean_absolute_kw")))</td><td>\(habit)</td>\
        <td>\(words.kilowatts(power("mean_generated_kw")))</td><td>\(error["hours"]?.int ?? 0)</td></tr>
        """
    }
    return """
      <section aria-labelledby="forecasts"><h2 id="forecasts">How good forecasts of generation were, the last seven days</h2>\
      \(rows.isEmpty
        ? "<p class=\"empty\">No hour has been forecast and then metered whole yet.</p>"
        : Markup.table(
          "Forecast errors", ["forecast", "mean error", "habit", "what came, on average", "hours compared"], rows,
          style: "slots"))</section>
      """
  }

  private func days(_ days: [JSONValue], _ words: Words) -> Markup {
    func cell(_ day: JSONValue, _ name: String, _ places: Int) -> Markup {
      "<td>\(day[name]?.double?.text(places: places) ?? "-")</td>"
    }
    let rows = days.map { day -> Markup in
      let date = day["date"]?.string ?? ""
      return """
        <tr><th scope="row"><a href="/energy?day=\(date)">\(date)</a></th>\(cell(day, "import_kwh", 1))\(cell(day, "export_kwh", 1))\
        \(cell(day, "generation_kwh", 1))\(cell(day, "rigs_kwh", 1))\(cell(day, "rig_hours", 1))\(cell(day, "cost", 2))\
        \(cell(day, "saving_against_continuous", 2))\(cell(day, "co2_kg", 1))\(cell(day, "gap_hours", 2))</tr>
        """
    }
    let currency = self.snapshot.currency
    let heads = [
      "day", "import kWh", "export kWh", "generation kWh", "rigs kWh", "rig-hours", "cost \(currency)",
      "saved \(currency)", "CO2 kg", "gap h",
    ]
    return """
      <section aria-labelledby="days"><h2 id="days">Day by day, metered</h2>\(Markup.table("Days", heads, rows, style: "slots"))</section>
      """
  }

  private func slots(_ slots: [SettledSlot], _ words: Words) -> Markup {
    func cell(_ value: Double?, _ places: Int) -> Markup { "<td>\(value?.text(places: places) ?? "-")</td>" }
    let rows = slots.reversed().map { slot -> Markup in
      """
      <tr><th scope="row">\(words.dateAndTime(slot.slot.start))</th>\(cell(slot.imported, 2))\(cell(slot.exported, 2))\
      \(cell(slot.generated, 2))\(cell(slot.rigs, 2))\(cell(slot.rigHours, 2))\(cell(slot.price, 2))\(cell(slot.cost, 2))\
      <td>\(slot.gapSeconds > 0 ? Words.length(seconds: slot.gapSeconds) : "")</td></tr>
      """
    }
    let currency = self.snapshot.currency
    let heads = [
      "slot from", "import kWh", "export kWh", "generation kWh", "rigs kWh", "rig-hours", "\(currency)/kWh",
      "cost \(currency)", "gap",
    ]
    return """
      <section aria-labelledby="slots"><h2 id="slots">Slot by slot, metered</h2>\(Markup.table("Slots", heads, rows, style: "slots"))</section>
      """
  }
}
