public import Certificates
public import Cryptography
public import Ports
public import Quantities

/// The log of a site as anybody may read it, also while the controller writes: one state of it, from the moment of opening
/// on. Never writes. Blocks its caller; used by one thread at a time.
public final class SQLiteLog: LogReader {
  private let connection: SQLiteConnection

  /// Opens the database at `path`, which must exist and hold a log.
  public convenience init(path: String) throws(StoreError) { try self.init(path: path, vfs: nil) }

  package init(path: String, vfs: String?) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(reading: path, vfs: vfs)
      let application = try connection.integer("PRAGMA application_id") ?? 0
      let version = try connection.integer("PRAGMA user_version") ?? 0
      guard application == RecordSchema.applicationID else { throw .foreign("it belongs to another program") }
      guard version == RecordSchema.version else {
        throw .foreign("it has version \(version) and this program reads version \(RecordSchema.version)")
      }
      try connection.execute("BEGIN")
      self.connection = connection
    } catch {
      throw StoreError(opening: path, error)
    }
  }

  /// Number of the last certificate; 0 without any.
  public func size() throws(StoreError) -> Int64 {
    try self.ask { () throws(SQLiteConnection.Failure) in
      try self.connection.integer("SELECT max(seq) FROM certificates") ?? 0
    }
  }

  public func certificate(_ sequence: Int64) throws(StoreError) -> Certificate? {
    try self.ask { () throws(SQLiteConnection.Failure) in
      try LogQueries.certificate(sequence, on: self.connection)
    }
  }

  /// Hands the certificates from number `from` on to `read` in their order, each with the note of the checkpoint over the
  /// log up to it if there is one, until `read` returns false.
  public func forEach(
    from: Int64 = 1, _ read: (Certificate, _ note: String?) -> Bool
  ) throws(StoreError) {
    try self.ask { () throws(SQLiteConnection.Failure) in
      let rows = try self.connection.prepare(
        """
        SELECT \(LogRows.certificateColumns), note FROM certificates LEFT JOIN checkpoints ON size = seq
        WHERE seq >= ? ORDER BY seq
        """)
      try rows.forEach([.integer(from)]) { read(LogRows.certificate($0), $0.text(6)) }
    }
  }

  /// The hash of a complete subtree of the log's tree.
  public func hash(at place: TreeNode.Place) throws(StoreError) -> Digest {
    try self.ask { () throws(SQLiteConnection.Failure) in try LogQueries.hash(at: place, on: self.connection)
    }
  }

  /// The note of the newest checkpoint, nil without any.
  public func newestNote() throws(StoreError) -> String? {
    try self.ask { () throws(SQLiteConnection.Failure) in
      try self.connection.prepare("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").first([]) {
        $0.text(0)
      } ?? nil
    }
  }

  public func note(at size: Int64) throws(StoreError) -> String? {
    try self.ask { () throws(SQLiteConnection.Failure) in
      try self.connection.prepare("SELECT note FROM checkpoints WHERE size = ?").first([.integer(size)]) {
        $0.text(0)
      } ?? nil
    }
  }

  /// The largest size that any checkpoint covers.
  public func largestCheckpoint() throws(StoreError) -> Int64? {
    try self.ask { () throws(SQLiteConnection.Failure) in
      try self.connection.integer("SELECT max(size) FROM checkpoints")
    }
  }

  /// Numbers of the first and the last interval that begin in `from..<to`; nil when none does.
  public func intervals(from: UTCInstant, to: UTCInstant) throws(StoreError) -> ClosedRange<Int64>? {
    try self.ask { () throws(SQLiteConnection.Failure) in
      let row = try self.connection.prepare(
        "SELECT min(seq), max(seq) FROM certificates WHERE slot_start_ms >= ? AND slot_start_ms < ?"
      ).first([.integer(from.milliseconds), .integer(to.milliseconds)]) { ($0.integer(0), $0.integer(1)) }
      guard let row, let first = row.0, let last = row.1, first <= last else { return nil }
      return first...last
    }
  }

  private func ask<Value>(_ question: () throws(SQLiteConnection.Failure) -> Value) throws(StoreError)
    -> Value
  {
    do throws(SQLiteConnection.Failure) { return try question() } catch { throw StoreError(reading: error) }
  }
}
