import JSONText
import Quantities

/// What the controller says of jobs, for a person.
enum JobText {
  static func list(_ answer: JSONValue, zone: ZoneRules) -> String {
    let jobs = answer["jobs"]?.array ?? []
    guard !jobs.isEmpty else { return "no jobs" }
    var lines = ["  job                 state      rig-hours     rigs  deadline                    planned"]
    for job in jobs {
      let done = job["rig_hours_done"]?.double?.text(places: 1) ?? "?"
      let all = job["rig_hours"]?.double?.text(places: 1) ?? "?"
      let rigs = "\(job["rigs_at_work"]?.int ?? 0)/\(job["maximum_rigs"]?.int ?? 0)"
      lines.append(
        "  \(self.word(job, "id").padded(to: 18))  \(self.word(job, "state").padded(to: 9))  "
          + "\(done)/\(all)".leftPadded(to: 10) + rigs.leftPadded(to: 9) + "  "
          + "\((self.time(job, "deadline", zone) ?? "?").padded(to: 26))  "
          + (self.time(job, "planned_from", zone) ?? "-"))
    }
    if let done = answer["done"], let count = done["jobs"]?.int, count > 0 {
      lines.append("  \(count) done, \(done["in_time"]?.int ?? 0) in time")
      lines += self.savings(done)
    }
    return lines.joined(separator: "\n")
  }

  static func job(_ job: JSONValue, zone: ZoneRules) -> String {
    var lines = [
      "\(self.word(job, "id")): \(self.word(job, "state"))",
      "  \(job["rig_hours_done"]?.double?.text(places: 2) ?? "?") of "
        + "\(job["rig_hours"]?.double?.text(places: 2) ?? "?") rig-hours on \(self.word(job, "bank")), "
        + "\(job["rigs_at_work"]?.int ?? 0) of at most \(job["maximum_rigs"]?.int ?? 0) rigs at work",
      "  from \(self.time(job, "release", zone) ?? "?") to \(self.time(job, "deadline", zone) ?? "?"), "
        + "priority \(self.word(job, "priority"))"
        + (job["critical"]?.bool == true ? ", critical" : "")
        + (job["interruptible"]?.bool == false ? ", in one block" : ""),
    ]
    if let from = self.time(job, "planned_from", zone), let to = self.time(job, "planned_to", zone) {
      lines.append("  planned from \(from) to \(to)")
    }
    if let ended = self.time(job, "ended_at", zone) {
      let lateness = job["in_time"]?.bool == false ? ", after its deadline" : ""
      lines.append("  ended \(ended)\(lateness)")
    }
    return (lines + self.savings(job)).joined(separator: "\n")
  }

  /// What was promised goes first: whoever adds a job wants to know that.
  static func added(_ job: JSONValue, zone: ZoneRules) -> String {
    var lines: [String] = []
    if job["meets_deadline"]?.bool == true {
      let rest = job["is_estimate"]?.bool == true ? " as far as can be seen" : ""
      lines.append("the deadline can be met\(rest)")
    } else if let earliest = self.time(job, "earliest_end", zone) {
      let about = job["is_estimate"]?.bool == true ? "about " : ""
      lines.append("THE DEADLINE CANNOT BE MET; the job can end \(about)\(earliest) at the earliest")
    } else {
      lines.append("THE DEADLINE CANNOT BE PROMISED: no plan could be made")
    }
    let delayed = (job["delays"]?.array ?? []).compactMap(\.string)
    if !delayed.isEmpty { lines.append("it makes late: \(delayed.joined(separator: ", "))") }
    return (lines + [self.job(job, zone: zone)]).joined(separator: "\n")
  }

  private static func savings(_ answer: JSONValue) -> [String] {
    ["planned", "realised"].compactMap { name in
      guard let saved = answer[name], let cost = saved["saved_cost"]?.double,
        let co2 = saved["saved_co2_kg"]?.double
      else { return nil }
      return "  saved as \(name): \(cost.text(places: 2)) and \(co2.text(places: 2)) kg CO2, "
        + "against running at once"
    }
  }

  private static func word(_ job: JSONValue, _ name: String) -> String { job[name]?.string ?? "?" }

  private static func time(_ job: JSONValue, _ name: String, _ zone: ZoneRules) -> String? {
    job[name]?.string.flatMap { ISO8601.instant($0) }.map { ISO8601.string($0, in: zone) }
  }
}
