import Glibc

/// A consistent copy of an open database in one file, without its write-ahead log.
enum DatabaseCopy {
  /// Makes the copy under another name first, so that `path` is whole or does not change.
  static func make(
    of connection: borrowing SQLiteConnection, at path: String
  ) throws(SQLiteConnection.Failure) {
    let partial = path + ".partial"
    unlink(partial)
    try connection.prepare("VACUUM INTO ?").run([.text(partial)])
    let descriptor = open(partial, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    guard descriptor >= 0, fsync(descriptor) == 0, rename(partial, path) == 0 else {
      throw .notWritten("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }
}
