import JSONText
import Quantities

/// What clients of the older GridFlex service ask for, under its paths and field names, as far as this site knows it. What
/// is not measured or not known here is null: the grid's renewable share, kinds of workload, response times. Money is of the
/// site's currency: `..._gbp` is null where that is not sterling.
struct GridFlexAnswers {
  let snapshot: SiteSnapshot
  private let jobs: [JSONValue]
  private let open: [JSONValue]

  init(_ snapshot: SiteSnapshot, jobs: JSONValue? = nil) {
    self.snapshot = snapshot
    self.jobs = (jobs ?? snapshot.jobs)["jobs"]?.array ?? []
    self.open = self.jobs.filter { $0["ended_at"]?.isNull ?? true }
  }

  var agents: JSONValue {
    func agent(_ name: String, _ isActive: Bool, _ metrics: JSONValue) -> JSONValue {
      .object([
        .init("name", .string(name)), .init("status", isActive ? "active" : "inactive"),
        .init("last_updated", self.time), .init("metrics", metrics),
      ])
    }
    let done = self.snapshot.jobs["done"]
    return .object([
      .init("timestamp", self.time),
      .init(
        "agents",
        .object([
          .init(
            "workload_intelligence",
            agent(
              "Jobs", true,
              .object([
                .init("jobs_monitored", Self.count(self.jobs)),
                .init("deferrable_jobs", Self.count(self.open.filter(Self.isDeferrable))),
                .init("critical_jobs", Self.count(self.open.filter { !Self.isDeferrable($0) })),
                .init("total_energy_demand_kwh", .optional(self.demand)),
                .init("running_jobs", Self.count(self.open.filter(Self.isRunning))),
                .init("completed_jobs", done?["jobs"] ?? 0), .init("avg_response_time_ms", nil),
              ]))),
          .init(
            "grid_market",
            agent("Prices and carbon", self.slot(after: .zero) != nil, self.market)),
          .init(
            "orchestrator",
            agent(
              "Planner", !self.snapshot.plan.isNull,
              .object([
                .init("decisions_made", self.snapshot.plan["id"] ?? 0),
                .init("jobs_executed", Self.count(self.jobs.filter { $0["started_at"]?.isNull == false })),
                .init("jobs_deferred", Self.count(self.open.filter { self.isDeferred($0) })),
                .init("total_cost_saved_gbp", self.sterling(self.realised("saved_cost"))),
                .init("total_carbon_reduced_kg", self.realised("saved_co2_kg")),
                .init("avg_decision_time_ms", self.snapshot.plan["solve_ms"] ?? nil),
                .init("sla_compliance_rate", self.inTime),
              ]))),
        ])),
    ])
  }

  /// Carbon and price of the present slot, as the plan knows them.
  var grid: JSONValue {
    let slot = self.slot(after: .zero)
    return .object(
      [
        .init("timestamp", self.time), .init("carbon_intensity_gco2_kwh", slot?["carbon_g_per_kwh"] ?? nil),
        .init("energy_price_gbp_kwh", self.sterling(slot?["import_price"])),
        .init("energy_price_kwh", slot?["import_price"] ?? nil),
        .init("currency", .string(self.snapshot.currency)),
      ] + self.outlook)
  }

  private var market: JSONValue {
    let slot = self.slot(after: .zero)
    return .object(
      [
        .init("carbon_intensity", slot?["carbon_g_per_kwh"] ?? nil),
        .init("energy_price", slot?["import_price"] ?? nil),
      ] + self.outlook)
  }

  /// A market condition by two thresholds says nothing about a site with its own sun, so it is null; what the plan does now is
  /// the recommendation.
  private var outlook: [JSONValue.Member] {
    let running = self.slot(after: .zero)?["running"]?.object
    return [
      .init("renewable_percentage", nil),
      .init("forecast_next_hour", self.slot(after: .hours(1))?["carbon_g_per_kwh"] ?? nil),
      .init("market_condition", nil),
      .init(
        "execution_recommended",
        running.map { .bool($0.contains { ($0.value.double ?? 0) > 0 }) } ?? nil),
    ]
  }

  var queue: JSONValue {
    func priority(_ job: JSONValue) -> String {
      job["critical"]?.bool == true
        ? "critical"
        : ["normal": "medium"][job["priority"]?.string ?? ""] ?? job["priority"]?.string ?? "medium"
    }
    let deferrable = self.open.filter(Self.isDeferrable)
    return .object([
      .init("timestamp", self.time),
      .init(
        "statistics",
        .object([
          .init("total_jobs", Self.count(self.open)), .init("deferrable_jobs", Self.count(deferrable)),
          .init("critical_jobs", .integer(Int64(self.open.count - deferrable.count))),
          .init("total_energy_kwh", .optional(self.demand)),
          .init("running_jobs", Self.count(self.open.filter(Self.isRunning))),
          .init("completed_jobs", self.snapshot.jobs["done"]?["jobs"] ?? 0),
          .init(
            "priority_breakdown",
            .object(
              ["critical", "high", "medium", "low"].map { name in
                .init(name, Self.count(self.open.filter { priority($0) == name }))
              })),
          .init("type_breakdown", [:]), .init("total_monitored_lifetime", nil),
        ])),
      .init(
        "queued_jobs",
        .array(
          self.open.map { job in
            .object([
              .init("job_id", job["id"] ?? nil), .init("workload_type", nil),
              .init("priority", .string(priority(job))),
              .init("energy_required_kwh", .optional(self.energy(of: job))),
              .init("estimated_duration_hours", .optional(Self.hoursLeft(job))),
              .init("deferrable", .bool(Self.isDeferrable(job))),
              .init("max_deferral_hours", .optional(self.spare(job))), .init("status", self.status(job)),
              .init("created_at", job["added_at"] ?? nil), .init("deadline", job["deadline"] ?? nil),
            ])
          })),
      .init("deferrable_count", Self.count(deferrable)),
      .init("critical_count", .integer(Int64(self.open.count - deferrable.count))),
    ])
  }

  /// What the plan does with each open job; `ids` picks some of them.
  func optimized(_ ids: [String]?) -> JSONValue {
    let chosen = self.open.filter { job in ids.map { $0.contains(job["id"]?.string ?? "") } ?? true }
    let decisions = chosen.map(self.decision)
    func sum(_ name: String) -> JSONValue {
      let known = decisions.compactMap { $0[name]?.double }
      return known.isEmpty ? nil : .number(known.reduce(0, +))
    }
    let deferred = decisions.count { $0["action"]?.string == "defer" }
    return .object([
      .init("message", decisions.isEmpty ? "No jobs to optimize" : "Optimization complete"),
      .init("decisions", .array(decisions)),
      .init(
        "summary",
        .object([
          .init("total_jobs", .integer(Int64(decisions.count))),
          .init("executed_immediately", .integer(Int64(decisions.count - deferred))),
          .init("deferred", .integer(Int64(deferred))),
          .init("cost_saved_gbp", sum("estimated_cost_savings_gbp")),
          .init("carbon_reduced_kg", sum("estimated_carbon_reduction_kg")),
        ])),
    ])
  }

  /// What was last decided about jobs, newest first.
  func decisions(_ limit: Int) -> JSONValue {
    let newest = self.jobs.map(self.decision).sorted {
      ($0["timestamp"]?.string ?? "") > ($1["timestamp"]?.string ?? "")
    }.prefix(limit)
    return .object([
      .init("timestamp", self.time), .init("count", .integer(Int64(newest.count))),
      .init("decisions", .array(Array(newest))),
    ])
  }

  var metrics: JSONValue {
    let slot = self.slot(after: .zero)
    let settled = SettledSlot.all(of: self.snapshot.slots)
    let seconds = settled.reduce(0) { $0 + $1.slot.hours * 3600 }
    let gaps = settled.reduce(0) { $0 + $1.gapSeconds }
    return .object([
      .init("timestamp", self.time),
      .init(
        "optimization",
        .object([
          .init("total_cost_saved_gbp", self.sterling(self.realised("saved_cost"))),
          .init("total_cost_saved", self.realised("saved_cost")),
          .init("currency", .string(self.snapshot.currency)),
          .init("total_carbon_reduced_kg", self.realised("saved_co2_kg")),
          .init("jobs_optimized", self.snapshot.jobs["done"]?["jobs"] ?? 0),
          .init("avg_decision_time_ms", self.snapshot.plan["solve_ms"] ?? nil),
          .init("sla_compliance_rate", self.inTime),
        ])),
      .init(
        "workload",
        .object([
          .init("total_jobs_monitored", Self.count(self.jobs)),
          .init("current_queue_size", Self.count(self.open)),
          .init("deferrable_jobs", Self.count(self.open.filter(Self.isDeferrable))),
          .init("total_energy_demand_kwh", .optional(self.demand)),
        ])),
      .init(
        "grid",
        .object([
          .init("current_carbon_intensity", slot?["carbon_g_per_kwh"] ?? nil),
          .init("current_price", slot?["import_price"] ?? nil), .init("renewable_percentage", nil),
        ])),
      // The time of the last two days that was metered.
      .init(
        "uptime_percentage", seconds > 0 ? .number(100 * (1 - Double(gaps) / seconds)) : nil),
    ])
  }

  // MARK: Jobs

  private func decision(_ job: JSONValue) -> JSONValue {
    let isDeferred = self.isDeferred(job)
    let figures = job["realised"]?.isNull == false ? job["realised"] : job["planned"]
    let until = isDeferred ? job["planned_from"] ?? nil : nil
    let state = job["state"]?.string ?? "?"
    let explanation =
      isDeferred
      ? "The plan begins it later, where it costs less by the plan's own objective."
      : job["critical"]?.bool == true ? "Critical: it starts at once." : "It is \(state)."
    return .object([
      .init("decision_id", .string("\(job["id"]?.string ?? "?")-\(state)")),
      .init(
        "timestamp",
        ["ended_at", "started_at", "added_at"].lazy.compactMap { job[$0] }.first { !$0.isNull } ?? nil),
      .init("job_id", job["id"] ?? nil), .init("action", isDeferred ? "defer" : "execute_now"),
      .init("rationale", job["critical"]?.bool == true ? "sla_critical" : "plan"),
      .init("explanation", .string(explanation)),
      .init("estimated_cost_savings_gbp", self.sterling(figures?["saved_cost"])),
      .init("estimated_carbon_reduction_kg", figures?["saved_co2_kg"] ?? nil),
      .init("cost_savings", figures?["saved_cost"] ?? nil),
      .init("carbon_reduction_kg", figures?["saved_co2_kg"] ?? nil), .init("defer_until", until),
    ])
  }

  private static func isDeferrable(_ job: JSONValue) -> Bool { job["critical"]?.bool != true }
  private static func isRunning(_ job: JSONValue) -> Bool { (job["rigs_at_work"]?.int ?? 0) > 0 }

  private func isDeferred(_ job: JSONValue) -> Bool {
    guard job["ended_at"]?.isNull ?? true, !Self.isRunning(job), let now = self.snapshot.now else {
      return false
    }
    return job["planned_from"]?.string.flatMap { ISO8601.instant($0) }.map { $0 > now } ?? false
  }

  private func status(_ job: JSONValue) -> JSONValue {
    Self.isRunning(job) ? "running" : self.isDeferred(job) ? "deferred" : "queued"
  }

  private static func hoursLeft(_ job: JSONValue) -> Double? {
    guard let all = job["rig_hours"]?.double, let done = job["rig_hours_done"]?.double,
      let rigs = job["maximum_rigs"]?.double, rigs > 0
    else { return nil }
    return max(0, all - done) / rigs
  }

  /// Hours by which its start can still wait.
  private func spare(_ job: JSONValue) -> Double? {
    guard Self.isDeferrable(job) else { return 0 }
    guard let now = self.snapshot.now, let hours = Self.hoursLeft(job),
      let deadline = job["deadline"]?.string.flatMap({ ISO8601.instant($0) })
    else { return nil }
    return max(0, Double((deadline - now).wholeMilliseconds) / 3_600_000 - hours)
  }

  /// What is left of a job at its rigs' rated draw, in kWh.
  private func energy(of job: JSONValue) -> Double? {
    guard let draw = self.snapshot.ratedDraw[job["bank"]?.string ?? ""], let all = job["rig_hours"]?.double,
      let done = job["rig_hours_done"]?.double
    else { return nil }
    return max(0, all - done) * draw
  }

  private var demand: Double? {
    let energies = self.open.map { self.energy(of: $0) }
    return energies.contains { $0 == nil } ? nil : energies.compactMap { $0 }.reduce(0, +)
  }

  // MARK: Words

  private static func count(_ jobs: [JSONValue]) -> JSONValue { .integer(Int64(jobs.count)) }

  private var time: JSONValue { self.snapshot.status["time"] ?? nil }

  private func realised(_ name: String) -> JSONValue { self.snapshot.jobs["done"]?["realised"]?[name] ?? nil }

  /// Percent of the jobs that are done which were in time; null before there is one.
  private var inTime: JSONValue {
    guard let done = self.snapshot.jobs["done"], let all = done["jobs"]?.double, all > 0,
      let good = done["in_time"]?.double
    else { return nil }
    return .number(100 * good / all)
  }

  private func sterling(_ value: JSONValue?) -> JSONValue {
    self.snapshot.currency == "GBP" ? value ?? nil : nil
  }

  /// The slot of the plan that holds the time `after` from now.
  private func slot(after: Duration) -> JSONValue? {
    guard let instant = self.snapshot.now.map({ $0 + after }) else { return nil }
    return (self.snapshot.plan["slots"]?.array ?? []).first { slot in
      guard let start = slot["start"]?.string.flatMap({ ISO8601.instant($0) }),
        let end = slot["end"]?.string.flatMap({ ISO8601.instant($0) })
      else { return false }
      return start <= instant && instant < end
    }
  }
}
