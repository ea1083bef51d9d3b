import CSQLite

/// Another program's connection to a database, such as the `sqlite3` shell's.
final class Reader {
  struct CannotOpen: Error { var code: Int32 }

  private let handle: OpaquePointer

  init(_ path: String) throws {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    guard code == SQLITE_OK, let handle else { throw CannotOpen(code: code) }
    self.handle = handle
  }

  deinit { sqlite3_close_v2(self.handle) }

  /// The first value of the answer, or what went wrong.
  func text(_ sql: String) -> String {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(self.handle, sql, -1, &statement, nil) == SQLITE_OK else {
      return String(cString: sqlite3_errmsg(self.handle))
    }
    defer { sqlite3_finalize(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0) else {
      return ""
    }
    return String(cString: text)
  }
}
