internal import CSQLite

/// A value on its way into a statement.
enum SQLValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
  static func integer(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
  static func real(_ value: Double?) -> SQLValue { value.map { .real($0) } ?? .null }
}

/// A prepared statement, finalised when it goes away.
struct SQLiteStatement: ~Copyable {
  typealias Failure = SQLiteConnection.Failure

  private let handle: OpaquePointer

  /// Takes over a statement just prepared.
  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { sqlite3_finalize(self.handle) }

  /// Runs a statement that gives no rows.
  borrowing func run(_ values: [SQLValue] = []) throws(Failure) {
    defer { self.reset() }
    try self.bind(values)
    let code = sqlite3_step(self.handle)
    guard code == SQLITE_DONE || code == SQLITE_ROW else { throw self.failure(code) }
  }

  /// Reads every row.
  borrowing func rows<Value>(
    _ values: [SQLValue], _ read: (SQLRow) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    defer { self.reset() }
    try self.bind(values)
    var rows: [Value] = []
    while true {
      let code = sqlite3_step(self.handle)
      if code == SQLITE_DONE { return rows }
      guard code == SQLITE_ROW else { throw self.failure(code) }
      rows.append(try read(SQLRow(statement: self.handle)))
    }
  }

  /// Hands every row to `read`, one at a time, until it returns false.
  borrowing func forEach(
    _ values: [SQLValue], _ read: (SQLRow) throws(Failure) -> Bool
  ) throws(Failure) {
    defer { self.reset() }
    try self.bind(values)
    while true {
      let code = sqlite3_step(self.handle)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw self.failure(code) }
      if !(try read(SQLRow(statement: self.handle))) { return }
    }
  }

  /// Reads the first row, nil when there is none.
  borrowing func first<Value>(
    _ values: [SQLValue], _ read: (SQLRow) throws(Failure) -> Value
  ) throws(Failure) -> Value? {
    defer { self.reset() }
    try self.bind(values)
    let code = sqlite3_step(self.handle)
    if code == SQLITE_DONE { return nil }
    guard code == SQLITE_ROW else { throw self.failure(code) }
    return try read(SQLRow(statement: self.handle))
  }

  private borrowing func bind(_ values: [SQLValue]) throws(Failure) {
    for (offset, value) in values.enumerated() {
      let index = Int32(offset + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(self.handle, index)
        case .integer(let integer): sqlite3_bind_int64(self.handle, index, integer)
        case .real(let real): sqlite3_bind_double(self.handle, index, real)
        case .text(let text): Self.bind(text, to: self.handle, at: index)
        case .blob(let bytes): Self.bind(bytes, to: self.handle, at: index)
        }
      guard code == SQLITE_OK else { throw self.failure(code) }
    }
  }

  private static func bind(_ text: String, to statement: OpaquePointer, at index: Int32) -> Int32 {
    guard let length = Int32(exactly: text.utf8.count) else { return SQLITE_TOOBIG }
    return text.withCString { csqlite_bind_text(statement, index, $0, length) }
  }

  private static func bind(_ bytes: [UInt8], to statement: OpaquePointer, at index: Int32) -> Int32 {
    guard let length = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
    // An empty array has no address, which would bind NULL.
    if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
    return bytes.withUnsafeBytes { csqlite_bind_blob(statement, index, $0.baseAddress, length) }
  }

  /// Makes the statement ready for the next run; a failure of the last one was reported by its step.
  private borrowing func reset() {
    sqlite3_reset(self.handle)
    sqlite3_clear_bindings(self.handle)
  }

  private borrowing func failure(_ code: Int32) -> Failure {
    Failure(code: code, text: String(cString: sqlite3_errmsg(sqlite3_db_handle(self.handle))))
  }
}

/// The row a statement stands on; gone with the next step. Columns count from 0.
struct SQLRow {
  fileprivate let statement: OpaquePointer

  private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(self.statement, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64? {
    self.isNull(column) ? nil : sqlite3_column_int64(self.statement, column)
  }

  func real(_ column: Int32) -> Double? {
    self.isNull(column) ? nil : sqlite3_column_double(self.statement, column)
  }

  func text(_ column: Int32) -> String? {
    guard let start = sqlite3_column_text(self.statement, column) else { return nil }
    let length = Int(sqlite3_column_bytes(self.statement, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
  }

  /// The bytes of a text.
  func utf8(_ column: Int32) -> [UInt8]? {
    guard let start = sqlite3_column_text(self.statement, column) else { return nil }
    return Array(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.statement, column))))
  }

  func blob(_ column: Int32) -> [UInt8]? {
    guard !self.isNull(column) else { return nil }
    let length = Int(sqlite3_column_bytes(self.statement, column))
    return Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(self.statement, column), count: length))
  }
}
