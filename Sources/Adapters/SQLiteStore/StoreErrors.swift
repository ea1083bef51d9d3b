internal import CSQLite
import Ports

extension SQLiteConnection.Failure {
  /// A database that SQLite can read and this program must not touch.
  static func foreign(_ reason: String) -> Self { Self(code: SQLITE_NOTADB, text: reason) }

  /// A row of the record that does not hold what this program writes.
  static func unreadable(_ what: String) -> Self { Self(code: SQLITE_CORRUPT, text: what) }

  /// A file beside the database that could not be written.
  static func notWritten(_ what: String) -> Self { Self(code: SQLITE_IOERR, text: what) }

  /// A batch that this program must not write.
  static func inconsistent(_ what: String) -> Self { Self(code: SQLITE_CONSTRAINT, text: what) }
}

extension StoreError {
  /// What a failure while opening means to the caller.
  init(opening path: String, _ failure: SQLiteConnection.Failure) {
    switch failure.primaryCode {
    case SQLITE_FULL: self = .full
    case SQLITE_BUSY, SQLITE_LOCKED: self = .inUse
    case SQLITE_NOTADB: self = .unusable("\(path) is not a RigShift database: \(failure.text)")
    case SQLITE_CORRUPT: self = .unusable("\(path) is damaged: \(failure.text)")
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH:
      self = .unusable("\(path) cannot be opened for writing: \(failure.text)")
    case _: self = .failed("\(path): \(failure.text) (SQLite \(failure.code))")
    }
  }

  /// What a failure of a commit means to the caller.
  init(committing failure: SQLiteConnection.Failure) {
    switch failure.primaryCode {
    case SQLITE_FULL: self = .full
    case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH: self = .refused(failure.text)
    case _: self = .failed("\(failure.text) (SQLite \(failure.code))")
    }
  }

  /// What a failure of a question means to the caller.
  init(reading failure: SQLiteConnection.Failure) {
    self = .failed("\(failure.text) (SQLite \(failure.code))")
  }
}
