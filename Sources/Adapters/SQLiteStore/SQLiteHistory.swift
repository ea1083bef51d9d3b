public import Ports
public import Quantities

/// Days that were imported, in a database beside the record: what was computed never stands among what was metered.
public final class SQLiteHistory {
  private static let applicationID: Int64 = 0x5269_6748
  private static let version: Int64 = 1

  private static let schema = """
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS imported_slots (
      start_ms INTEGER PRIMARY KEY,
      end_ms INTEGER NOT NULL CHECK (end_ms > start_ms),
      generated_kwh REAL NOT NULL, imported_kwh REAL NOT NULL, exported_kwh REAL NOT NULL, rigs_kwh REAL NOT NULL,
      rig_hours REAL NOT NULL, import_price_per_kwh REAL NOT NULL, export_price_per_kwh REAL NOT NULL,
      carbon_g_per_kwh REAL NOT NULL
    ) STRICT;
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    COMMIT;
    """

  private let connection: SQLiteConnection

  /// Opens it, and makes it where there is none.
  public init(path: String) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(path: path, vfs: nil)
      try Self.check(connection)
      try connection.execute("PRAGMA journal_mode = WAL")
      if try connection.integer("PRAGMA user_version") ?? 0 < Self.version {
        try connection.execute(Self.schema)
      }
      self.connection = connection
    } catch {
      throw StoreError(opening: path, error)
    }
  }

  /// Opens one that is there, to read it.
  public init(reading path: String) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(reading: path)
      try Self.check(connection)
      self.connection = connection
    } catch {
      throw StoreError(opening: path, error)
    }
  }

  private static func check(_ connection: borrowing SQLiteConnection) throws(SQLiteConnection.Failure) {
    let application = try connection.integer("PRAGMA application_id") ?? 0
    let version = try connection.integer("PRAGMA user_version") ?? 0
    guard application == Self.applicationID || application == 0 && version == 0 else {
      throw .foreign("it belongs to another program")
    }
    guard version <= Self.version else {
      throw .foreign("it has version \(version) and this program knows up to \(Self.version)")
    }
  }

  /// Puts `slots` in the place of whatever was imported for `span`, all or nothing.
  public func replace(_ span: Slot, with slots: [ImportedSlot]) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      try self.connection.execute("BEGIN IMMEDIATE")
      try self.connection.prepare("DELETE FROM imported_slots WHERE start_ms >= ? AND start_ms < ?").run([
        .integer(span.start.milliseconds), .integer(span.end.milliseconds),
      ])
      let insert = try self.connection.prepare(
        "INSERT INTO imported_slots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for slot in slots {
        try insert.run([
          .integer(slot.slot.start.milliseconds), .integer(slot.slot.end.milliseconds), .real(slot.generated),
          .real(slot.imported), .real(slot.exported), .real(slot.rigs), .real(slot.rigHours),
          .real(slot.importPrice), .real(slot.exportPrice), .real(slot.carbon),
        ])
      }
      try self.connection.execute("COMMIT")
    } catch {
      if self.connection.isInTransaction {
        do throws(SQLiteConnection.Failure) { try self.connection.execute("ROLLBACK") } catch {
          throw StoreError(committing: error)
        }
      }
      throw StoreError(committing: error)
    }
  }

  /// What was imported for slots that begin in `span`, oldest first and at most 10,000.
  public func slots(in span: Slot) throws(StoreError) -> [ImportedSlot] {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare(
        "SELECT * FROM imported_slots WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms LIMIT 10000"
      ).rows([.integer(span.start.milliseconds), .integer(span.end.milliseconds)]) { row in
        func figure(_ column: Int32) -> Double { row.real(column) ?? 0 }
        return Slot(
          start: UTCInstant(milliseconds: row.integer(0) ?? 0),
          end: UTCInstant(milliseconds: row.integer(1) ?? 0)
        ).map { slot in
          ImportedSlot(
            slot: slot, generated: figure(2), imported: figure(3), exported: figure(4), rigs: figure(5),
            rigHours: figure(6), importPrice: figure(7), exportPrice: figure(8), carbon: figure(9))
        }
      }.compactMap(\.self)
    } catch {
      throw StoreError(reading: error)
    }
  }
}
