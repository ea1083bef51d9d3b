public import Ports
public import Quantities
public import SiteModel

/// What the record knows, for the start, for status and reports.
extension SQLiteStore {
  /// The most rows one answer holds: a month of quarter hours.
  public static let maximumRows = 3000

  public func recover() throws(StoreError) -> Recovered {
    do throws(SQLiteConnection.Failure) {
      let state = try self.connection.prepare(
        "SELECT sequence, newest_record_ms, checkpoint, restored_size FROM state")
      var recovered =
        try state.first([]) { row in
          Recovered(
            checkpoint: row.blob(2), lastSequence: row.integer(0) ?? 0,
            newestRecord: RecordRows.instant(row, 1), restoredSize: row.integer(3))
        } ?? Recovered()
      recovered.lastPlanID = try self.connection.integer("SELECT max(id) FROM plans") ?? 0
      recovered.forecasts = try self.forecasts()
      recovered.generation = try self.connection.prepare(
        "SELECT start_ms, generated_kwh FROM generated_hours ORDER BY start_ms"
      ).rows([], RecordRows.generation)
      recovered.jobs = try self.recoveredJobs()
      recovered.log = try LogQueries.head(on: self.connection)
      recovered.lastSlot = try self.slots("ORDER BY start_ms DESC LIMIT 1", []).first
      return recovered
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// The slots that begin in `from..<to`, oldest first, at most `maximumRows`.
  public func slots(from: UTCInstant, to: UTCInstant) throws(StoreError) -> [SlotRecord] {
    do throws(SQLiteConnection.Failure) {
      return try self.slots(
        "WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms LIMIT ?",
        [.integer(from.milliseconds), .integer(to.milliseconds), .integer(Self.maximumRows)])
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// The newest events, newest first, at most `maximumRows`.
  public func events(latest count: Int) throws(StoreError) -> [EventRecord] {
    do throws(SQLiteConnection.Failure) {
      let statement = try self.connection.prepare(
        "SELECT \(RecordRows.eventColumns) FROM events ORDER BY id DESC LIMIT ?")
      return try statement.rows([Self.limit(count)], RecordRows.event)
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// The newest decisions, newest first, at most `maximumRows`.
  public func decisions(latest count: Int) throws(StoreError) -> [DecisionRecord] {
    try self.decisions("", [Self.limit(count)])
  }

  /// What was decided last about one rig, newest first, at most `maximumRows`.
  public func decisions(about rig: RigID, latest count: Int) throws(StoreError) -> [DecisionRecord] {
    try self.decisions(
      "WHERE bank = ? AND rig = ?", [.integer(rig.bank), .integer(rig.rig), Self.limit(count)])
  }

  /// One plan, nil when there is none of that number.
  public func plan(id: Int64) throws(StoreError) -> PlanRecord? {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare("SELECT * FROM plans WHERE id = ?").first(
        [.integer(id)], RecordRows.plan)
    } catch {
      throw StoreError(reading: error)
    }
  }

  private func decisions(_ condition: String, _ values: [SQLValue]) throws(StoreError) -> [DecisionRecord] {
    do throws(SQLiteConnection.Failure) {
      let statement = try self.connection.prepare(
        """
        SELECT \(RecordRows.decisionColumns) FROM decisions
        \(condition) ORDER BY id DESC LIMIT ?
        """)
      return try statement.rows(values, RecordRows.decision)
    } catch {
      throw StoreError(reading: error)
    }
  }

  private func forecasts() throws(SQLiteConnection.Failure) -> [ForecastRecord] {
    var forecasts: [ForecastRecord] = []
    let hours = try self.connection.prepare(
      "SELECT made_at_ms, power_kw FROM forecasts ORDER BY made_at_ms, start_ms"
    ).rows([], RecordRows.forecastHour)
    for (madeAt, power) in hours {
      if forecasts.last?.madeAt != madeAt { forecasts.append(ForecastRecord(madeAt: madeAt, power: [])) }
      forecasts[forecasts.count - 1].power.append(power)
    }
    return forecasts
  }

  private static func limit(_ count: Int) -> SQLValue { .integer(min(max(0, count), Self.maximumRows)) }

  private func slots(_ condition: String, _ values: [SQLValue]) throws(SQLiteConnection.Failure)
    -> [SlotRecord]
  {
    var records = try RecordRows.slots(condition, values, on: self.connection)
    let meters = try self.connection.prepare("SELECT * FROM slot_meters WHERE start_ms = ? ORDER BY meter")
    for index in records.indices {
      let key: [SQLValue] = [.integer(records[index].slot.start.milliseconds)]
      _ = try meters.rows(key) { RecordRows.addMeter($0, to: &records[index]) }
    }
    return records
  }
}
