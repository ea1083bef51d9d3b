public import Ports

/// A site's record as one file, taken from a running site and put back.
public enum RecordBackup {
  /// Writes a consistent copy of the database at `database` to `path`, which it replaces. Its owner may go on writing.
  public static func copy(_ database: String, to path: String) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(reading: database)
      guard try connection.integer("PRAGMA application_id") == RecordSchema.applicationID else {
        throw .foreign("it belongs to another program")
      }
      try DatabaseCopy.make(of: connection, at: path)
    } catch {
      throw StoreError(opening: database, error)
    }
  }

  /// Notes in the database at `path`, which nobody has open, that it comes from a backup: its site's next entry says so.
  public static func markRestored(_ path: String) throws(StoreError) {
    // Opening brings an older version's up to date first.
    _ = try SQLiteStore(path: path)
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(path: path, vfs: nil)
      try connection.execute(
        """
        PRAGMA synchronous = FULL;
        UPDATE state SET restored_size = (SELECT coalesce(max(seq), 0) FROM certificates);
        """)
    } catch {
      throw StoreError(opening: path, error)
    }
  }
}
