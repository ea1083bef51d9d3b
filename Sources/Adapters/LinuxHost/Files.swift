@preconcurrency import Glibc

/// Reads a whole file, or standard input for `-`; refuses more than `limit` bytes.
public func readFile(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
  let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemError("cannot open \(path)") }
  defer { if descriptor != STDIN_FILENO { close(descriptor) } }
  var contents: [UInt8] = []
  let chunk = 1 << 16
  while true {
    var count = 0
    let part = [UInt8](unsafeUninitializedCapacity: chunk) { bytes, initialized in
      repeat { count = read(descriptor, bytes.baseAddress, chunk) } while count < 0 && errno == EINTR
      initialized = max(0, count)
    }
    if count == 0 { return contents }
    guard count > 0 else { throw SystemError("cannot read \(path)") }
    guard contents.count + count <= limit else {
      throw SystemError("\(path) is larger than \(limit) bytes", code: EFBIG)
    }
    contents.append(contentsOf: part)
  }
}

/// When the file last changed, in nanoseconds since 1970; nil when it cannot be seen.
public func modificationTime(of path: String) -> Int64? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
}

/// Bytes of a file; nil when it cannot be seen.
public func fileSize(of path: String) -> Int64? {
  var status = stat()
  return stat(path, &status) == 0 ? Int64(status.st_size) : nil
}

/// Creates a folder and its parents, readable by the service alone.
public func createFolder(_ path: String) throws(SystemError) {
  var built = path.hasPrefix("/") ? "/" : ""
  for part in path.split(separator: "/") {
    built += part + "/"
    if mkdir(built, 0o750) != 0 && errno != EEXIST { throw SystemError("cannot create folder \(built)") }
  }
}

/// A file that only grows. Every write is with the kernel when it returns, so it outlives this process.
public struct AppendedFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  public init(path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw SystemError("cannot open \(path)") }
    self.descriptor = descriptor
    self.path = path
  }

  /// A file that must not exist yet.
  public init(creating path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw SystemError("cannot create \(path)") }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(self.descriptor) }

  public func write(_ text: String) throws(SystemError) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemError("cannot write to \(self.path)") }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// Puts a whole file in the place of another, or of none, readable by the service alone. After a power cut it is the old
/// one or the new one.
public func replaceFile(_ path: String, with bytes: [UInt8]) throws(SystemError) {
  let new = path + ".new"
  removeFile(new)
  let file = try PieceFile(creating: new)
  try file.write(bytes)
  try file.sync()
  guard rename(new, path) == 0 else { throw SystemError("cannot replace \(path)") }
  try syncFolder(of: path)
}

/// The names in a folder, without `.` and `..`; nil when it cannot be read.
public func folderContents(_ path: String) -> [String]? {
  guard let folder = opendir(path) else { return nil }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}
