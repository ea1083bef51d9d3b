internal import CSQLite
import Ports

/// One connection to a database, closed when it goes away. Used by one thread at a time.
struct SQLiteConnection: ~Copyable {
  /// What SQLite said when something did not work.
  struct Failure: Error {
    /// The extended result code.
    var code: Int32
    var text: String
    var primaryCode: Int32 { self.code & 0xff }
  }

  /// Longest text or blob the record may hold; a plan of 672 slots takes a quarter of a MiB.
  static let maximumLength: Int32 = 16 << 20
  /// How long to wait for somebody's `sqlite3` shell that is writing or checkpointing.
  static let busyMilliseconds: Int32 = 2000

  fileprivate let handle: OpaquePointer

  /// Opens or creates the file. `vfs` names another layer under SQLite than the operating system's.
  init(path: String, vfs: String?) throws(Failure) {
    try self.init(path: path, vfs: vfs, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
  }

  /// Opens a file that must be there, for reading alone.
  init(reading path: String, vfs: String? = nil) throws(Failure) {
    try self.init(path: path, vfs: vfs, flags: SQLITE_OPEN_READONLY)
  }

  private init(path: String, vfs: String?, flags: Int32) throws(Failure) {
    var handle: OpaquePointer?
    let flags = flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &handle, flags, vfs)
    guard code == SQLITE_OK, let handle else {
      let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw Failure(code: code, text: text)
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.maximumLength)
    csqlite_configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
    csqlite_configure(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
  }

  // Statements still alive keep the connection alive until they are gone too.
  deinit { sqlite3_close_v2(self.handle) }

  /// Whether a transaction is open.
  var isInTransaction: Bool { sqlite3_get_autocommit(self.handle) == 0 }

  /// Runs statements without parameters and without results.
  borrowing func execute(_ sql: String) throws(Failure) {
    let code = sqlite3_exec(self.handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw self.failure(code) }
  }

  borrowing func prepare(_ sql: String) throws(Failure) -> SQLiteStatement {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(self.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw self.failure(code) }
    return SQLiteStatement(statement)
  }

  /// The first column of the first row, nil when there is no row or it is NULL.
  borrowing func integer(_ sql: String) throws(Failure) -> Int64? {
    let statement = try self.prepare(sql)
    return try statement.first([]) { $0.integer(0) } ?? nil
  }

  private borrowing func failure(_ code: Int32) -> Failure {
    Failure(code: code, text: String(cString: sqlite3_errmsg(self.handle)))
  }
}
