public import Certificates
internal import CSQLite
public import Ports
public import Quantities
public import SiteModel

/// Reads a site's record beside the controller that owns it, or after it. Nothing is written, no lock is taken.
public final class RecordReader {
  /// The most events one answer holds.
  private static let maximumEvents = 3000

  private let connection: SQLiteConnection

  /// Throws `unusable` when there is no record at `path`, or one of another version.
  public init(path: String) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(reading: path)
      guard try connection.integer("PRAGMA application_id") == RecordSchema.applicationID else {
        throw .foreign("it belongs to another program")
      }
      guard try connection.integer("PRAGMA user_version") ?? 0 <= RecordSchema.version else {
        throw .foreign("it is of a newer version")
      }
      self.connection = connection
    } catch {
      if error.primaryCode == SQLITE_CANTOPEN { throw .unusable("there is no record at \(path)") }
      throw StoreError(opening: path, error)
    }
  }

  /// The last decision about a rig at or before `instant`.
  public func decision(about rig: RigID, by instant: UTCInstant) throws(StoreError) -> DecisionRecord? {
    do throws(SQLiteConnection.Failure) {
      let statement = try self.connection.prepare(
        """
        SELECT \(RecordRows.decisionColumns) FROM decisions
        WHERE bank = ? AND rig = ? AND at_ms <= ? ORDER BY id DESC LIMIT 1
        """)
      return try statement.first(
        [.integer(rig.bank), .integer(rig.rig), .integer(instant.milliseconds)], RecordRows.decision)
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// Rigs of a bank whose last decision at or before `instant` was to run.
  public func running(bank: Int, at instant: UTCInstant) throws(StoreError) -> Int {
    do throws(SQLiteConnection.Failure) {
      // With max() SQLite takes the other columns from the row that has it.
      let statement = try self.connection.prepare(
        "SELECT closed, max(id) FROM decisions WHERE bank = ? AND at_ms <= ? GROUP BY rig")
      return try statement.rows([.integer(bank), .integer(instant.milliseconds)]) { $0.integer(0) ?? 0 }
        .count { $0 == 1 }
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// The newest plan made at or before `instant`.
  public func plan(madeBy instant: UTCInstant) throws(StoreError) -> PlanRecord? {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare(
        "SELECT * FROM plans WHERE made_at_ms <= ? ORDER BY id DESC LIMIT 1"
      ).first([.integer(instant.milliseconds)], RecordRows.plan)
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// Events after `start` up to `end`, oldest first; the newest of them where there are very many.
  public func events(after start: UTCInstant, upTo end: UTCInstant) throws(StoreError) -> [EventRecord] {
    do throws(SQLiteConnection.Failure) {
      let statement = try self.connection.prepare(
        "SELECT \(RecordRows.eventColumns) FROM events WHERE at_ms > ? AND at_ms <= ? ORDER BY id DESC LIMIT ?"
      )
      return try statement.rows(
        [.integer(start.milliseconds), .integer(end.milliseconds), .integer(Self.maximumEvents)],
        RecordRows.event
      ).reversed()
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// The newest events and relay decisions, newest first, `count` of each at most.
  public func newestEvents(_ count: Int) throws(StoreError) -> [EventRecord] {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare(
        "SELECT \(RecordRows.eventColumns) FROM events ORDER BY id DESC LIMIT ?"
      ).rows([.integer(count)], RecordRows.event)
    } catch {
      throw StoreError(reading: error)
    }
  }

  public func newestDecisions(_ count: Int) throws(StoreError) -> [DecisionRecord] {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare(
        "SELECT \(RecordRows.decisionColumns) FROM decisions ORDER BY id DESC LIMIT ?"
      ).rows([.integer(count)], RecordRows.decision)
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// Settled slots that began from `start` on and before `end`, oldest first and at most 10,000 (a month of five minutes each),
  /// without the meters' counters.
  public func slots(
    from start: UTCInstant, before end: UTCInstant = UTCInstant(milliseconds: .max)
  ) throws(StoreError) -> [SlotRecord] {
    do throws(SQLiteConnection.Failure) {
      return try RecordRows.slots(
        "WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms LIMIT 10000",
        [.integer(start.milliseconds), .integer(end.milliseconds)],
        on: self.connection)
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// How forecasts for hours from `start` on compare with what was metered, by lead time; spans without an hour are left out.
  public func forecastErrors(from start: UTCInstant) throws(StoreError) -> [ForecastErrorRecord] {
    do throws(SQLiteConnection.Failure) {
      let statement = try self.connection.prepare(
        """
        WITH spans(first, past) AS (VALUES (0, 1), (1, 3), (3, 6), (6, 12), (12, 24), (24, 48))
        SELECT first, past, count(*), avg(abs(generated_kwh - power_kw)), avg(generated_kwh - power_kw),
          avg(generated_kwh)
        FROM spans JOIN forecasts
          ON forecasts.start_ms - made_at_ms >= first * 3600000 AND forecasts.start_ms - made_at_ms < past * 3600000
        JOIN generated_hours ON generated_hours.start_ms = forecasts.start_ms
        WHERE forecasts.start_ms >= ? GROUP BY first ORDER BY first
        """)
      return try statement.rows([.integer(start.milliseconds)]) { row in
        ForecastErrorRecord(
          leads: Int(row.integer(0) ?? 0)..<Int(row.integer(1) ?? 0), count: Int(row.integer(2) ?? 0),
          meanAbsolute: row.real(3) ?? 0, bias: row.real(4) ?? 0, meanGenerated: row.real(5) ?? 0)
      }
    } catch {
      throw StoreError(reading: error)
    }
  }

  /// The newest certificates, newest first, `count` at most.
  public func newestCertificates(_ count: Int) throws(StoreError) -> [Certificate] {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare(
        "SELECT \(LogRows.certificateColumns) FROM certificates ORDER BY seq DESC LIMIT ?"
      ).rows([.integer(count)]) { LogRows.certificate($0) }
    } catch {
      throw StoreError(reading: error)
    }
  }
}
