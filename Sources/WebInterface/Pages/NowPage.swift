import JSONText
import Quantities

/// What an operator asks first: is anything wrong, what happens, what happens next.
struct NowPage {
  private let snapshot: SiteSnapshot
  private let words: Words
  private let slots: [PlannedSlot]
  private let imported: Double?
  /// From meters; nil when one of them is silent or there is none.
  private let generated: Double?
  private let rigs: Double?

  private let actions: Actions

  init(_ snapshot: SiteSnapshot, actions: Actions = Actions(.stranger, back: "/")) {
    self.snapshot = snapshot
    self.actions = actions
    self.words = Words(snapshot)
    self.slots = PlannedSlot.all(of: snapshot.plan)
    self.imported = snapshot.status["import_kw"]?.double
    self.generated = Self.power(of: snapshot) { $0 == "generation" }
    self.rigs = Self.power(of: snapshot) { $0.hasPrefix("bank ") }
  }

  /// What the meters of a kind show together.
  private static func power(of snapshot: SiteSnapshot, where isMeant: (String) -> Bool) -> Double? {
    let meters = (snapshot.meters.array ?? []).filter { $0["measures"]?.string.map(isMeant) ?? false }
    let values = meters.compactMap { $0["power_kw"]?.double }
    return !meters.isEmpty && values.count == meters.count ? values.reduce(0, +) : nil
  }

  var markup: Markup {
    """
    <h1 class="hidden">Now</h1>
    <section aria-labelledby="alarms"><h2 id="alarms">Alarms</h2>\(self.alarms)</section>
    \(ShedCard(self.snapshot).markup)
    <section aria-labelledby="energy"><h2 id="energy">Energy now</h2>\(self.energy)</section>
    <section aria-labelledby="next"><h2 id="next">What happens next</h2>\(self.next)</section>
    <section aria-labelledby="hour"><h2 id="hour">The last hour</h2>\(TraceChart(snapshot: self.snapshot).markup)</section>
    <section aria-labelledby="terms"><h2 id="terms">This slot</h2>\(self.terms)</section>
    """
  }

  private var alarms: Markup {
    self.snapshot.alarms.isNull
      ? self.problems : AlarmList(self.snapshot, words: self.words, actions: self.actions).markup
  }

  /// What is wrong where nobody looks after alarms.
  private var problems: Markup {
    let alarms = self.snapshot.status["alarms"]?.array ?? []
    let others = SiteHealth(self.snapshot).problems.filter { problem in
      !alarms.contains { $0["text"]?.string == problem }
    }
    guard !alarms.isEmpty || !others.isEmpty else { return "<p class=\"calm\">No alarms.</p>" }
    let items = alarms.map { alarm -> Markup in
      "<li><b>\(Words.phrase(alarm["kind"]?.string ?? "alarm"))</b> \(alarm["text"]?.string ?? "")\(alarm["rig"]?.string.map { " Rig: \($0)." } ?? "")</li>"
    }
    return "<ul class=\"alarms\">\(items)\(others.map { "<li>\($0)</li>" as Markup })</ul>"
  }

  // MARK: Energy

  var values: [LiveValue] {
    let cap = self.snapshot.status["import_cap_kw"]?.double
    let rest = self.imported.flatMap { imported in
      self.generated.flatMap { generated in self.rigs.map { imported + generated - $0 } }
    }
    let dose = self.snapshot.status["overload_dose_s"]?.double
    return [
      LiveValue("now-generation", self.words.kilowatts(self.generated)),
      LiveValue("now-import", self.imported.map { self.words.kilowatts(max(0, $0)) } ?? "no reading"),
      LiveValue("now-export", self.imported.map { self.words.kilowatts(max(0, -$0)) } ?? "no reading"),
      LiveValue("now-rigs", self.words.kilowatts(self.rigs)),
      LiveValue("now-rest", self.words.kilowatts(rest)),
      LiveValue(
        "now-guard",
        self.imported.flatMap { imported in
          cap.map { cap in
            imported <= cap
              ? "\(self.words.kilowatts(cap - imported)) below the cap of \(self.words.kilowatts(cap))"
              : "\(self.words.kilowatts(imported - cap)) over the cap; the guard has added up "
                + "\((dose ?? 0).text(places: 1)) of 1 and sheds rigs at 1"
          }
        } ?? "import is not known, so nothing may start"),
    ]
  }

  private var energy: Markup {
    let values = self.values
    func value(_ key: String) -> Markup { values.first { $0.key == key }?.markup ?? .empty }
    let sources = [("solar", max(0, self.generated ?? 0)), ("import", max(0, self.imported ?? 0))]
    let rest = max(
      0, (self.imported ?? 0) + (self.generated ?? 0) - (self.rigs ?? 0) - max(0, -(self.imported ?? 0)))
    let uses = [("rigs", max(0, self.rigs ?? 0)), ("other", rest), ("export", max(0, -(self.imported ?? 0)))]
    func row(_ parts: [(String, Double)], y: Int) -> Markup {
      let total = parts.reduce(0) { $0 + $1.1 }
      guard total > 0 else { return "<rect class=\"grid\" x=\"0\" y=\"\(y)\" width=\"960\" height=\"26\"/>" }
      var x = 0.0
      return
        "\(parts.map { name, value -> Markup in defer { x += value / total * 960 }; return "<rect class=\"bar \(name)\" x=\"\(Place.text(x))\" y=\"\(y)\" width=\"\(Place.text(value / total * 960))\" height=\"26\"/>" })"
    }
    return """
      <svg class="energybar" viewBox="0 0 960 60" preserveAspectRatio="none" aria-hidden="true">\(row(sources, y: 0))\(row(uses, y: 32))</svg>
      <dl class="figures"><div><dt class="key solar">generation</dt><dd>\(value("now-generation"))</dd></div>\
      <div><dt class="key import">import</dt><dd>\(value("now-import"))</dd></div>\
      <div><dt class="key rigs">rigs</dt><dd>\(value("now-rigs"))</dd></div>\
      <div><dt class="key export">export</dt><dd>\(value("now-export"))</dd></div>\
      <div><dt class="key other">other load and what no meter explains</dt><dd>\(value("now-rest"))</dd></div></dl>
      <p>Import guard: \(value("now-guard")).</p>
      """
  }

  // MARK: The plan

  /// The next changes of each bank, soonest first.
  private var next: Markup {
    let slots = self.slots
    guard let now = self.snapshot.now, !slots.isEmpty else {
      return "<p class=\"empty\">No plan is in force. Rigs keep their fallback until there is one.</p>"
    }
    var changes: [Markup] = []
    for (before, after) in zip(slots, slots.dropFirst()) where after.slot.start > now {
      for (bank, rigs) in after.running {
        let change = rigs - (before.running.first { $0.bank == bank }?.rigs ?? 0)
        guard change != 0, changes.count < 4 else { continue }
        let count = abs(change).text(places: 0)
        changes.append(
          """
          <li><b>\(self.words.time(after.slot.start))</b> \(change > 0 ? "start" : "stop") \(count) of \(bank), to \(rigs.text(places: 0)): \
          \(self.reason(after))</li>
          """)
      }
    }
    guard !changes.isEmpty else {
      return
        "<p>Nothing changes until \(self.words.dateAndTime(slots[slots.count - 1].slot.end)), where the plan ends.</p>"
    }
    return "<ol class=\"next\">\(changes)</ol><p><a href=\"/plan\">The whole plan</a></p>"
  }

  private func reason(_ slot: PlannedSlot) -> String {
    var parts = ["energy costs \(self.words.price(slot.price))"]
    if let renewable = slot.renewable, renewable > 0 {
      parts.append("\(self.words.kilowatts(renewable)) of generation are expected")
    }
    return parts.joined(separator: " and ")
  }

  private var terms: Markup {
    let slots = self.slots
    guard let now = self.snapshot.now, let index = slots.firstIndex(where: { $0.slot.contains(now) }) else {
      return "\(self.metered(nil))<p class=\"empty\">The plan says nothing about the present slot.</p>"
    }
    let slot = slots[index]
    let change = slots[index...].first { $0.price != slot.price }
    return """
      \(self.metered(slot))<dl class="figures"><div><dt>price</dt><dd>\(self.words.price(slot.price))</dd></div>\
      <div><dt>carbon</dt><dd>\(self.words.carbon(slot.carbon))</dd></div>\
      <div><dt>planned</dt><dd>\(slot.rigs.text(places: 0)) rigs, import \(self.words.kilowatts(slot.imported))</dd></div></dl>
      \(change.map { "<p>From \(self.words.time($0.slot.start)) energy costs \(self.words.price($0.price)).</p>" as Markup })
      """
  }

  /// What was metered of the open slot, at the prices of its plan.
  private func metered(_ planned: PlannedSlot?) -> Markup? {
    guard let slot = self.snapshot.status["slot"],
      let end = slot["end"]?.string.flatMap({ ISO8601.instant($0) }),
      let now = self.snapshot.now
    else { return nil }
    let imported = slot["imported_kwh"]?.double
    let exported = slot["exported_kwh"]?.double
    let cost = imported.flatMap { imported in
      planned?.price.map { imported * $0 - (exported ?? 0) * (planned?.exportPrice ?? 0) }
    }
    let co2 = imported.flatMap { imported in planned?.carbon.map { imported * $0 / 1000 } }
    return """
      <p>Metered since \(self.words.time(slot["start"])), with \(Words.length(seconds: Int(clamping: end.millisecondsSince(now) / 1000))) to go:</p>
      <dl class="figures"><div><dt>imported</dt><dd>\(self.words.energy(imported))</dd></div>\
      <div><dt>exported</dt><dd>\(self.words.energy(exported))</dd></div>\
      <div><dt>cost so far</dt><dd>\(self.words.money(cost))</dd></div>\
      <div><dt>CO2 so far</dt><dd>\(co2.map { "\($0.text(places: 2)) kg" } ?? "unknown")</dd></div></dl>
      """
  }
}
