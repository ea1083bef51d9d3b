@preconcurrency import Glibc

/// A file written or read in pieces, in order, however long it is.
public struct PieceFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// A new file that only its owner may read.
  public init(creating path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("cannot create \(path)") }
    self.descriptor = descriptor
    self.path = path
  }

  public init(reading path: String) throws(SystemError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("cannot open \(path)") }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(self.descriptor) }

  public func write(_ bytes: [UInt8]) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemError("cannot write \(self.path)") }
      rest = rest.dropFirst(count)
    }
  }

  /// Up to `count` bytes, fewer only at the end of the file.
  public func read(_ count: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var part = [UInt8](repeating: 0, count: count - bytes.count)
      let got = Glibc.read(self.descriptor, &part, part.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw SystemError("cannot read \(self.path)") }
      if got == 0 { break }
      bytes += part[..<got]
    }
    return bytes
  }

  /// Waits until the medium has it.
  public func sync() throws(SystemError) {
    guard fsync(self.descriptor) == 0 else { throw SystemError("cannot sync \(self.path)") }
  }
}

/// Removes a file; one that is not there is as good as removed.
public func removeFile(_ path: String) { unlink(path) }

/// Gives a whole file its final name, durably; fails when the name is taken.
public func publishFile(_ path: String, as name: String) throws(SystemError) {
  guard link(path, name) == 0 else { throw SystemError("cannot create \(name)") }
  unlink(path)
  try syncFolder(of: name)
}
