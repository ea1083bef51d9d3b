@preconcurrency import Glibc

/// A small file that only its owner may read.
public enum SecretFile {
  private static let maximumBytes = 4096

  /// The content; nil when there is no such file. A file that others may read is refused: what they know is no secret.
  public static func read(_ path: String) throws(SystemError) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw SystemError("cannot see \(path)")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw SystemError("\(path) may be read by others than its owner; run chmod 600 on it", code: EPERM)
    }
    return String(decoding: try readFile(path, limit: Self.maximumBytes), as: UTF8.self)
  }

  /// Writes a file that does not exist yet, with mode 0600. It would survive a power cut when this returns.
  public static func create(_ path: String, _ text: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("cannot create \(path)") }
    defer { close(descriptor) }
    // The process's umask may take away more than it should.
    guard fchmod(descriptor, 0o600) == 0 else { throw SystemError("cannot protect \(path)") }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      let error = SystemError("cannot write \(path)")
      unlink(path)
      throw error
    }
    try syncFolder(of: path)
  }
}

/// Makes the names in the folder of `path` as durable as the files.
public func syncFolder(of path: String) throws(SystemError) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemError("cannot open \(folder)") }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw SystemError("cannot sync \(folder)") }
}
