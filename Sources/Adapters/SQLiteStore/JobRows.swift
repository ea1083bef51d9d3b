import FoundationEssentials
public import Jobs
public import Ports
import Quantities

/// Jobs and their steps as rows and back. Columns are in the order of `RecordSchema`; what a job is made from again is
/// `record_json`, the other columns are for whoever reads the record.
enum JobRows {
  typealias Failure = SQLiteConnection.Failure

  static func values(_ record: JobRecord) throws(Failure) -> [SQLValue] {
    let job = record.job
    return [
      .text(job.id), .integer(record.addedAt.milliseconds), .text(record.state.rawValue),
      .integer(record.isSettled ? 1 : 0), .text(job.bank), .real(job.rigHours), .real(record.rigHoursDone),
      .integer(job.maximumRigs), .integer(job.release.milliseconds), .integer(job.deadline.milliseconds),
      .integer(job.isInterruptible ? 1 : 0), .integer(job.isCritical ? 1 : 0), .text(job.priority.rawValue),
      .integer(record.startedAt?.milliseconds), .integer(record.endedAt?.milliseconds),
    ] + Self.values(record.planned) + Self.values(record.isMetered ? record.realised : nil) + [
      .text(try Self.json(record))
    ]
  }

  private static func values(_ comparison: JobComparison?) -> [SQLValue] {
    [
      .real(comparison?.run.cost.value), .real(comparison?.atOnce.cost.value),
      .real(comparison?.run.co2.value), .real(comparison?.atOnce.co2.value),
    ]
  }

  static func values(_ step: JobTransition) -> [SQLValue] {
    [
      .integer(step.at.milliseconds), .text(step.job), .integer(step.addedAt.milliseconds),
      step.from.map { .text($0.rawValue) } ?? .null, .text(step.to.rawValue), .text(step.text),
    ]
  }

  /// Reads `record_json`.
  static func record(_ row: SQLRow) throws(Failure) -> JobRecord {
    guard let json = row.text(0) else { throw .unreadable("a job cannot be read back") }
    do {
      return try JSONDecoder().decode(JobRecord.self, from: Data(json.utf8))
    } catch {
      throw .unreadable("the job \(json) cannot be read back")
    }
  }

  /// Reads `at_ms, id, added_at_ms, from_state, to_state, text`.
  static func step(_ row: SQLRow) throws(Failure) -> JobTransition {
    guard let at = RecordRows.instant(row, 0), let id = row.text(1), let added = RecordRows.instant(row, 2),
      let to = row.text(4).flatMap(JobState.init(rawValue:)), let text = row.text(5)
    else { throw .unreadable("a job's step cannot be read back") }
    return JobTransition(
      at: at, job: id, addedAt: added, from: row.text(3).flatMap(JobState.init(rawValue:)), to: to, text: text
    )
  }

  private static func json(_ record: JobRecord) throws(Failure) -> String {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(record), as: UTF8.self)
    } catch {
      throw .inconsistent("a job cannot be written as JSON: \(error)")
    }
  }
}

extension SQLiteStore {
  /// Every job that is not settled and the newest settled ones, in the order in which they were taken.
  func recoveredJobs() throws(SQLiteConnection.Failure) -> [JobRecord] {
    let open = try self.connection.prepare(
      "SELECT record_json FROM jobs WHERE is_settled = 0 ORDER BY added_at_ms, id"
    ).rows([], JobRows.record)
    let settled = try self.connection.prepare(
      "SELECT record_json FROM jobs WHERE is_settled = 1 ORDER BY added_at_ms DESC LIMIT ?"
    ).rows([.integer(JobLimits.ended)], JobRows.record)
    return (open + settled).sorted { ($0.addedAt, $0.job.id) < ($1.addedAt, $1.job.id) }
  }

  /// The steps of every job of this name, oldest first, at most `maximumRows`.
  public func jobSteps(of id: String) throws(StoreError) -> [JobTransition] {
    do throws(SQLiteConnection.Failure) {
      let statement = try self.connection.prepare(
        """
        SELECT at_ms, id, added_at_ms, from_state, to_state, text FROM job_steps
        WHERE id = ? ORDER BY added_at_ms, number LIMIT ?
        """)
      return try statement.rows([.text(id), .integer(Self.maximumRows)], JobRows.step)
    } catch {
      throw StoreError(reading: error)
    }
  }
}
