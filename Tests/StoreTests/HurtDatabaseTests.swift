import Glibc
import PortContracts
import Ports
import SQLiteStore
import Testing

/// Databases that something has happened to.
struct HurtDatabaseTests {
  private let folder: TemporaryFolder
  private let batches = SampleRecords.logged((1...80).map { SampleRecords.batch($0) })

  init() throws { self.folder = try TemporaryFolder() }

  private func fill(_ count: Int) throws {
    let store = try SQLiteStore(path: self.folder.database)
    for batch in self.batches.prefix(count) { try store.commit(batch) }
  }

  @Test func `a page that rots is found and nothing is invented`() throws {
    try self.fill(80)
    let descriptor = open(self.folder.database, O_RDWR)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let pages = lseek(descriptor, 0, SEEK_END) / 4096
    try #require(pages > 40)
    let noise = [UInt8](repeating: 0xa5, count: 4096)
    var found = 0
    for page in stride(from: 2, to: pages, by: 3) {
      var saved = [UInt8](repeating: 0, count: 4096)
      try #require(pread(descriptor, &saved, 4096, page * 4096) == 4096)
      try #require(pwrite(descriptor, noise, 4096, page * 4096) == 4096)
      if LogCheck.fault(in: self.folder.database, holding: self.batches) != nil { found += 1 }
      try #require(pwrite(descriptor, saved, 4096, page * 4096) == 4096)
    }
    #expect(found > 3, "\(found) pages of the log")
    #expect(LogCheck.fault(in: self.folder.database, holding: self.batches) == nil)
  }

  @Test func `without its write-ahead log a database is as old as its last checkpoint, and whole`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    for batch in self.batches { try store.commit(batch) }
    // What a copy of the main file alone would hold, while its owner runs.
    let copy = try TemporaryFolder()
    try Self.copy(self.folder.database, to: copy.database)
    withExtendedLifetime(store) {}
    guard let reopened = try? SQLiteStore(path: copy.database) else { return }
    let kept = Int(try reopened.recover().lastSequence)
    #expect(kept < 80)
    guard kept > 0 else { return }
    #expect(LogCheck.fault(in: copy.database, holding: Array(self.batches.prefix(kept))) == nil)
    // Somebody who knows the later checkpoint sees that the end is missing.
    #expect(LogCheck.fault(in: copy.database, holding: self.batches) != nil)
  }

  @Test func `a database that may not be written refuses without harm`() throws {
    try self.fill(10)
    try #require(chmod(self.folder.database, 0o400) == 0)
    defer { chmod(self.folder.database, 0o600) }
    if access(self.folder.database, W_OK) == 0 { return }  // the superuser writes everywhere
    #expect(throws: StoreError.self) {
      let store = try SQLiteStore(path: self.folder.database)
      try store.commit(self.batches[10])
    }
    #expect(LogCheck.fault(in: self.folder.database, holding: Array(self.batches.prefix(10))) == nil)
  }

  private static func copy(_ from: String, to: String) throws {
    let source = open(from, O_RDONLY)
    let target = open(to, O_WRONLY | O_CREAT, 0o600)
    defer {
      close(source)
      close(target)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(source, &buffer, buffer.count), count > 0 {
      try #require(write(target, buffer, count) == count)
    }
  }
}
