public import JSONText
public import Jobs
import Quantities

/// Jobs as JSON for those who ask. Instants in UTC, money in site currency.
public enum JobReport {
  /// Everything about one job; `rigs` are at work on it at present.
  public static func json(_ record: JobRecord, rigs: Int) -> JSONValue {
    let job = record.job
    return .object([
      .init("id", .string(job.id)), .init("state", .string(record.state.rawValue)),
      .init("bank", .string(job.bank)), .init("rig_hours", .number(job.rigHours)),
      .init("rig_hours_done", .number(record.rigHoursDone)),
      .init("maximum_rigs", .integer(Int64(job.maximumRigs))), .init("rigs_at_work", .integer(Int64(rigs))),
      .init("release", Self.instant(job.release)), .init("deadline", Self.instant(job.deadline)),
      .init("interruptible", .bool(job.isInterruptible)), .init("critical", .bool(job.isCritical)),
      .init("priority", .string(job.priority.rawValue)), .init("added_at", Self.instant(record.addedAt)),
      .init("meets_deadline", .bool(record.promise.meetsDeadline)),
      .init("earliest_end", Self.instant(record.promise.earliestEnd)),
      .init("is_estimate", .bool(record.promise.isEstimate)),
      .init("delays", .array(record.promise.delayed.map { .string($0) })),
      .init("planned_from", Self.instant(record.plannedSpan?.start)),
      .init("planned_to", Self.instant(record.plannedSpan?.end)),
      .init("started_at", Self.instant(record.startedAt)), .init("ended_at", Self.instant(record.endedAt)),
      .init("in_time", record.state == .done ? .bool(record.wasInTime) : .null),
      .init("planned", Self.comparison(record.planned)), .init("realised", Self.comparison(record.saved)),
    ])
  }

  /// Ended jobs in a list, so that an answer stays far below what a line of the socket may hold.
  private static let mostEnded = 100

  /// Every open job, the newest ended ones, and the sums over all done ones at hand, each job once.
  public static func list(_ book: JobBook) -> JSONValue {
    var surplus = max(0, book.records.count(where: \.state.isEnd) - Self.mostEnded)
    let listed = book.records.filter { record in
      guard record.state.isEnd, surplus > 0 else { return true }
      surplus -= 1
      return false
    }
    return .object([
      .init("jobs", .array(listed.map { Self.json($0, rigs: book.rigsAtWork(on: $0.job.id)) })),
      .init("done", Self.totals(book.records)),
    ])
  }

  /// What all jobs that are done have saved. A job without a planned or a realised figure adds to neither sum, so that
  /// both speak of the same jobs.
  static func totals(_ records: [JobRecord]) -> JSONValue {
    let done = records.filter { $0.state == .done }
    let compared = done.compactMap { record in
      record.saved.flatMap { realised in record.planned.map { (planned: $0, realised: realised) } }
    }
    var planned = JobComparison()
    var realised = JobComparison()
    for pair in compared {
      planned = planned + pair.planned
      realised = realised + pair.realised
    }
    return .object([
      .init("jobs", .integer(Int64(done.count))),
      .init("in_time", .integer(Int64(done.count(where: \.wasInTime)))),
      .init("compared", .integer(Int64(compared.count))),
      .init("planned", Self.comparison(compared.isEmpty ? nil : planned)),
      .init("realised", Self.comparison(compared.isEmpty ? nil : realised)),
    ])
  }

  private static func comparison(_ comparison: JobComparison?) -> JSONValue {
    guard let comparison else { return .null }
    return .object([
      .init("baseline", .string("at once")), .init("cost", .number(comparison.run.cost.value)),
      .init("co2_kg", .number(comparison.run.co2.value)),
      .init("baseline_cost", .number(comparison.atOnce.cost.value)),
      .init("baseline_co2_kg", .number(comparison.atOnce.co2.value)),
      .init("saved_cost", .number(comparison.savedCost.value)),
      .init("saved_co2_kg", .number(comparison.savedCO2.value)),
    ])
  }

  private static func instant(_ instant: UTCInstant?) -> JSONValue {
    instant.map { .string(ISO8601.string($0)) } ?? .null
  }
}
