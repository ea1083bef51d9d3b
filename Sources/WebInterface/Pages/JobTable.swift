import JSONText
import Quantities

/// Deferrable jobs: how far each is, and whether it will be in time.
struct JobTable {
  let snapshot: SiteSnapshot
  let actions: Actions

  var markup: Markup {
    let jobs = self.snapshot.jobs["jobs"]?.array ?? []
    guard !jobs.isEmpty else {
      return "<p class=\"empty\">No jobs. <code>rigshift job add</code> takes one.</p>"
    }
    let words = Words(self.snapshot)
    return .table(
      "Jobs",
      ["job", "state", "rig-hours", "rigs at work", "planned", "deadline", "in time?", "what you can do"],
      jobs.map { self.row($0, words) })
  }

  private func row(_ job: JSONValue, _ words: Words) -> Markup {
    let id = job["id"]?.string ?? "?"
    let isOpen = job["ended_at"]?.isNull ?? true
    let span = job["planned_from"]?.isNull == false
    let planned = span ? "\(words.dateAndTime(job["planned_from"])) to \(words.time(job["planned_to"]))" : "-"
    let answer = Self.answer(job, words, isOpen: isOpen)
    return """
      <tr data-state="\(answer.isGood ? "calm" : "notice")"><th scope="row">\(id)</th><td>\(job["state"]?.string ?? "?")</td>\
      <td>\(job["rig_hours_done"]?.double?.text(places: 1) ?? "?") of \(job["rig_hours"]?.double?.text(places: 1) ?? "?")</td>\
      <td>\(job["rigs_at_work"]?.int ?? 0) of \(job["maximum_rigs"]?.int ?? 0)</td><td>\(planned)</td>\
      <td>\(words.dateAndTime(job["deadline"]))</td><td>\(answer.text)</td>\
      <td>\(isOpen ? self.actions.form("cancel-job", target: id, button: "Cancel") : .empty)</td></tr>
      """
  }

  /// Whether the job is or will be in time, by what the plan says now and what was promised before.
  private static func answer(_ job: JSONValue, _ words: Words, isOpen: Bool) -> (text: String, isGood: Bool) {
    guard isOpen else {
      return job["in_time"]?.bool.map { ($0 ? "yes" : "no", $0) } ?? ("-", true)
    }
    func instant(_ name: String) -> UTCInstant? { job[name]?.string.flatMap { ISO8601.instant($0) } }
    if let end = instant("planned_to"), let deadline = instant("deadline") {
      let spare = (deadline - end).wholeMilliseconds / 1000
      return spare >= 0
        ? ("yes, \(Words.length(seconds: Int(spare))) to spare", true)
        : ("no, \(Words.length(seconds: Int(-spare))) late", false)
    }
    if job["meets_deadline"]?.bool == true { return ("promised, not planned yet", true) }
    return ("no; at the earliest \(words.dateAndTime(job["earliest_end"]))", false)
  }
}
