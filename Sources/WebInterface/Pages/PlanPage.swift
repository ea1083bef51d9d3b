import JSONText
import Quantities

/// The plan in force: where it comes from, what it rests on, and what it does.
struct PlanPage {
  let snapshot: SiteSnapshot
  let actions: Actions

  var markup: Markup {
    let jobs: Markup = """
      <section aria-labelledby="jobs"><h2 id="jobs">Jobs</h2>\(JobTable(snapshot: self.snapshot, actions: self.actions).markup)</section>
      """
    return "\(self.inForce)\(self.actions.form("replan", button: "Plan again now"))\(jobs)"
  }

  private var inForce: Markup {
    let plan = self.snapshot.plan
    let words = Words(self.snapshot)
    guard !plan.isNull else {
      return
        "<h1>Plan</h1><p class=\"empty\">No plan is in force. Rigs keep their fallback until there is one.</p>"
    }
    let notes = plan["outlook"]?["notes"]?.array ?? []
    return """
      <h1>Plan \(plan["id"]?.int ?? 0)</h1>
      <p>\(self.solver(plan)). Made for: \(plan["cause"]?.string ?? "unknown"). Planned cost \(words.money(plan["objective"]?.double)), \
      by the plan's own objective.</p>
      \(PlanChart(self.snapshot).markup)
      <section aria-labelledby="inputs"><h2 id="inputs">What it rests on</h2>
      <p>Generation: \(plan["outlook"]?["generation"]?.string ?? "unknown").</p>
      \(notes.isEmpty ? "<p>Nothing in it was estimated.</p>" : "<ul>\(notes.map { "<li>\($0.string ?? "")</li>" as Markup })</ul>" as Markup)
      \(FeedTable(snapshot: self.snapshot).markup)</section>
      """
  }

  private func solver(_ plan: JSONValue) -> String {
    let gap = plan["relative_gap"]?.double.map { ", gap \(($0 * 100).text(places: 2)) %" } ?? ""
    let time = plan["solve_ms"]?.double.map { ", solved in \($0.text(places: 0)) ms" } ?? ""
    return
      "\(plan["status"]?.string ?? "unknown") by \(plan["method"]?.string ?? "an unknown method")\(gap)\(time)"
  }
}

/// Where each feed stands.
struct FeedTable {
  let snapshot: SiteSnapshot

  var markup: Markup {
    let feeds = self.snapshot.status["feeds"]?.array ?? []
    guard !feeds.isEmpty else {
      return "<p>The site uses no feeds: its prices and profiles are in its file.</p>"
    }
    let rows = feeds.map { feed -> Markup in
      let age = feed["age_s"]?.int.map { Words.length(seconds: $0) } ?? "-"
      let rung = feed["rung"]?.string ?? "unknown"
      return """
        <tr data-state="\(rung == "fresh" ? "calm" : "notice")"><th scope="row">\(feed["feed"]?.string ?? "?")</th><td>\(rung)</td>\
        <td>\(age)</td><td>\(feed["text"]?.string ?? "")</td></tr>
        """
    }
    return .table("Feeds", ["feed", "used is", "age", "state"], rows)
  }
}
