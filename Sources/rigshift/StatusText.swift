import JSONText
import Quantities

/// The answer to `status` for a person, in a few lines.
enum StatusText {
  static func text(_ answer: JSONValue, zone: ZoneRules) -> String {
    let time = answer["time"]?.string.flatMap { ISO8601.instant($0) }
    func kw(_ name: String) -> String { answer[name]?.double?.text(places: 1) ?? "unknown" }
    func flag(_ name: String) -> Bool { answer[name]?.bool ?? false }
    var lines = ["\(answer["site"]?.string ?? "?")  \(time.map { ISO8601.string($0, in: zone) } ?? "?")"]
    lines.append(
      "  import \(kw("import_kw")) of \(kw("import_cap_kw")) kW"
        + (flag("site_meter_fresh") ? "" : ", METER STALE")
        + (flag("clock_trusted") ? "" : ", CLOCK NOT TRUSTED")
        + (flag("store_failed") ? ", RECORD CANNOT BE WRITTEN" : "")
        + (flag("emergency_stop") ? ", EMERGENCY STOP" : ""))
    for bank in answer["banks"]?.array ?? [] {
      func count(_ name: String) -> Int { bank[name]?.int ?? 0 }
      lines.append(
        "  \(bank["name"]?.string ?? "?"): \(count("running")) of \(count("rigs")) rigs on, \(count("wanted")) wanted: "
          + (bank["reason"]?.string ?? ""))
      if let held = bank["held_by"]?.string { lines.append("    held: \(held)") }
      if count("shed") > 0 { lines.append("    \(count("shed")) shed by the import guard") }
    }
    for held in answer["overrides"]?.array ?? [] {
      let until =
        held["until"]?.string.flatMap { ISO8601.instant($0) }.map { ISO8601.string($0, in: zone) } ?? "?"
      lines.append(
        "  \(held["target"]?.string ?? "?") held \(held["level"]?.string ?? "?") by "
          + "\(held["by"]?.string ?? "?") until \(until)")
    }
    lines.append("  rig-hours today \(answer["rig_hours_today"]?.double?.text(places: 1) ?? "?")")
    if let plan = answer["plan"], !plan.isNull {
      let until =
        plan["to"]?.string.flatMap { ISO8601.instant($0) }.map { ISO8601.string($0, in: zone) } ?? "?"
      lines.append(
        "  plan \(plan["id"]?.int ?? 0), \(plan["status"]?.string ?? "?"), made for: \(plan["cause"]?.string ?? "?"), "
          + "until \(until)")
      lines.append("    generation: \(plan["outlook"]?["generation"]?.string ?? "?")")
      for note in plan["outlook"]?["notes"]?.array ?? [] { lines.append("    note: \(note.string ?? "")") }
    } else {
      lines.append("  no plan in force")
    }
    for feed in answer["feeds"]?.array ?? [] where feed["rung"]?.string != "fresh" {
      lines.append("  feed \(feed["text"]?.string ?? "?")")
    }
    if let link = answer["mqtt"], link["connected"]?.bool != true {
      lines.append("  not connected to \(link["broker"]?.string ?? "?"): \(link["why"]?.string ?? "not yet")")
    }
    let alarms = answer["alarms"]?.array ?? []
    if alarms.isEmpty { lines.append("  no alarm") }
    for alarm in alarms {
      lines.append("  ALARM \(alarm["kind"]?.string ?? "?"): \(alarm["text"]?.string ?? "")")
    }
    return lines.map { $0.wrapped() }.joined(separator: "\n")
  }
}
