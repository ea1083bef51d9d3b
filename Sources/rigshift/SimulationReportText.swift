import Jobs
import Planning
import Quantities
import Rehearsal
import Simulation

/// A rehearsal's report for a person, 80 columns wide.
enum SimulationReportText {
  static func text(_ report: RehearsalReport) -> String {
    var lines = [
      "\(report.site), seed \(report.seed)", "",
      "             rig-hours       import  renewable     cost     CO2 switches guard",
      "  day      plan  metered        kWh   used kWh  \(report.currency.leftPadded(to: 7))      kg",
    ]
    for day in report.days { lines.append("  " + self.row(ISO8601.string(day.date), day)) }
    if let total = report.total {
      lines += ["  " + self.row("all", total), ""]
      lines += self.savings(total, currency: report.currency)
      if total.gapHours > 0 {
        lines.append("  without trustworthy metering: \(total.gapHours.text(places: 2)) h")
      }
    }
    let plans = report.plans.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(
      separator: ", ")
    lines.append("  plans: \(plans.isEmpty ? "none" : plans)")
    let struck = FaultKind.allCases.filter { report.faults[$0].strikes > 0 }
    if !struck.isEmpty {
      lines.append("  faults that struck:")
      lines += struck.map { kind in
        "    \(kind.name.padded(to: 28)) \(report.faults[kind].strikes.description.leftPadded(to: 5)) times, "
          + "\(report.faults[kind].effects) effects"
      }
    }
    lines += self.jobs(report)
    if report.violations.isEmpty {
      lines.append("  invariants: checked on every tick, no violation")
    } else {
      lines.append("  INVARIANTS VIOLATED \(report.violations.total) times; the first:")
      lines += report.violations.kept.prefix(10).map {
        "    \(ISO8601.string($0.wall)) no. \($0.invariant.rawValue), \($0.invariant.name): \($0.sentence)"
      }
    }
    return (lines + ["  replay: \(report.replay)", ""]).joined(separator: "\n")
  }

  private static func row(_ name: String, _ day: RehearsalBook.Day) -> String {
    let cells: [(Double, Int, Int)] = [
      (day.plannedRigHours, 0, 5), (day.rigHours, 0, 9), (day.imported.value, 1, 11),
      (day.absorbed.value, 1, 11),
      (day.cost.value, 0, 9), (day.co2.value, 1, 8), (Double(day.switches), 0, 9),
      (Double(day.guardActions), 0, 6),
    ]
    return name.padded(to: 10) + cells.map { $0.0.text(places: $0.1).leftPadded(to: $0.2) }.joined()
  }

  private static func jobs(_ report: RehearsalReport) -> [String] {
    let records = report.jobs.records
    guard !records.isEmpty else { return [] }
    let done = records.filter { $0.state == .done }
    var lines = [
      "  jobs: \(records.count) taken, \(done.count) done, \(done.count(where: \.wasInTime)) in time, "
        + "\(records.count { !$0.promise.meetsDeadline }) told at once that they would be late"
    ]
    let broken = records.filter { $0.promise.meetsDeadline && $0.lateSince != nil }
    if !broken.isEmpty {
      lines.append("    late against the promise: \(broken.map(\.job.id).joined(separator: ", "))")
    }
    let compared = done.compactMap { record in
      record.saved.flatMap { saved in record.planned.map { ($0, saved) } }
    }
    if !compared.isEmpty {
      let planned = compared.reduce(JobComparison()) { $0 + $1.0 }
      let realised = compared.reduce(JobComparison()) { $0 + $1.1 }
      lines.append(
        "    saved against running at once: \(planned.savedCost.value.text(places: 0)) \(report.currency) and "
          + "\(planned.savedCO2.value.text(places: 1)) kg CO2 as planned,")
      lines.append(
        "    \(realised.savedCost.value.text(places: 0)) \(report.currency) and "
          + "\(realised.savedCO2.value.text(places: 1)) kg CO2 as realised, over \(compared.count) jobs")
    }
    return lines + report.jobFaults.prefix(10).map { "    BROKEN: \($0)" }
  }

  private static func savings(_ total: RehearsalBook.Day, currency: String) -> [String] {
    guard let baselines = total.baselines else { return ["  saving: no slot was metered without a gap"] }
    func line(_ name: String, _ other: BaselineCost) -> String {
      let cost = other.energyCost + other.carbonCost - total.comparedCost
      return
        "  saved against \(name.padded(to: 11)) \(cost.value.text(places: 0).leftPadded(to: 8)) \(currency), "
        + "\((other.co2 - total.comparedCO2).value.text(places: 1).leftPadded(to: 7)) kg CO2"
    }
    return [
      line("continuous", baselines.continuous), line("asap", baselines.asap),
      line("reference", baselines.reference),
      "  (metered cost with carbon at its price, equal rig-hours, equal caps)",
    ]
  }
}
