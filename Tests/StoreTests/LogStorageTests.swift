import Certificates
import Cryptography
import Glibc
import PortContracts
import Ports
import Quantities
import SQLiteStore
import Testing

/// The log in the database.
struct LogStorageTests {
  private let folder: TemporaryFolder
  private let batches = SampleRecords.logged((1...150).map { SampleRecords.batch($0, planBytes: 10) })

  init() throws { self.folder = try TemporaryFolder() }

  private func fill() throws -> SQLiteStore {
    let store = try SQLiteStore(path: self.folder.database)
    for batch in self.batches { try store.commit(batch) }
    return store
  }

  @Test func `a log is read while its owner has it, and every entry is there`() throws {
    let store = try self.fill()
    #expect(LogCheck.fault(in: self.folder.database, holding: self.batches) == nil)
    withExtendedLifetime(store) {}
  }

  @Test func `every proof from stored nodes holds against the checkpoint`() throws {
    _ = try self.fill()
    let log = try SQLiteLog(path: self.folder.database)
    let note = try SignedNote(try #require(try log.newestNote()))
    let checkpoint = try LogCheckpoint(body: note.body)
    #expect(checkpoint.size == (try log.size()))
    for sequence in 1...checkpoint.size {
      let certificate = try #require(try log.certificate(sequence))
      let proof = try MerkleProof.inclusion(index: sequence - 1, size: checkpoint.size) {
        (place) throws(StoreError) in try log.hash(at: place)
      }
      #expect(
        MerkleProof.isInclusion(
          proof, of: MerkleHash.leaf(certificate.data), index: sequence - 1, size: checkpoint.size,
          root: checkpoint.root))
    }
  }

  @Test func `slots are found by their time`() throws {
    _ = try self.fill()
    let log = try SQLiteLog(path: self.folder.database)
    let slots = self.batches.flatMap { $0.log?.entries ?? [] }.filter { $0.kind == .interval }
    let from = SampleRecords.start + .hours(10)
    let found = try log.intervals(from: from, to: from + .hours(5))
    let expected = slots.filter { $0.slot.map { (from..<(from + .hours(5))).contains($0.start) } ?? false }
    #expect(found?.lowerBound == expected.first?.certificate.sequence)
    #expect(found?.upperBound == expected.last?.certificate.sequence)
    #expect(try log.intervals(from: SampleRecords.start - .hours(5), to: SampleRecords.start) == nil)
  }

  @Test func `GridShift's own table name shows the log`() throws {
    _ = try self.fill()
    let reader = try Reader(self.folder.database)
    #expect(
      reader.text("SELECT prev_hash FROM energy_certificates WHERE seq = 1") == CertificateChain.firstPrevious
    )
  }

  // MARK: Older databases

  /// The database of the last version without a log, as its program made it: the newest one without what came later.
  private func makeVersionWithoutLog() throws -> [RecordBatch] {
    let old = (1...20).map { SampleRecords.batch(Int64($0)) }
    var store: SQLiteStore? = try SQLiteStore(path: self.folder.database)
    for batch in old { try store?.commit(batch) }
    store = nil
    let maker = try Reader(self.folder.database)
    for statement in [
      "DROP VIEW energy_certificates", "DROP TABLE certificates", "DROP TABLE certificate_nodes",
      "DROP TABLE checkpoints", "ALTER TABLE state DROP COLUMN restored_size",
      "ALTER TABLE slots DROP COLUMN planned_cost",
      "ALTER TABLE slots DROP COLUMN planned_co2_kg", "PRAGMA user_version = 3",
    ] {
      #expect(maker.text(statement) == "")
    }
    return old
  }

  @Test func `an older database is copied, brought up to date and gets a log`() throws {
    let old = try self.makeVersionWithoutLog()
    let store = try SQLiteStore(path: self.folder.database)
    #expect(try store.recover() == SampleRecords.recovered(after: old))
    let next = SampleRecords.logged([SampleRecords.batch(21)])
    for batch in next { try store.commit(batch) }
    #expect(LogCheck.fault(in: self.folder.database, holding: next) == nil)

    let copy = try Reader(self.folder.database + ".version-3")
    #expect(copy.text("PRAGMA user_version") == "3")
    #expect(copy.text("SELECT count(*) FROM slots") == "20")
    #expect(copy.text("PRAGMA integrity_check") == "ok")
  }

  @Test func `a database that cannot be copied is not changed`() throws {
    _ = try self.makeVersionWithoutLog()
    // A folder stands where the copy would be written.
    #expect(mkdir(self.folder.database + ".version-3.partial", 0o700) == 0)
    defer { rmdir(self.folder.database + ".version-3.partial") }
    #expect(throws: StoreError.self) { try SQLiteStore(path: self.folder.database) }
    #expect(try Reader(self.folder.database).text("PRAGMA user_version") == "3")
  }

  @Test func `a step that fails half-way leaves the old database whole, to be tried again`() throws {
    let old = try self.makeVersionWithoutLog()
    // The last thing the step adds is there already, so that everything before it was done when it fails.
    let owner = try Reader(self.folder.database)
    #expect(owner.text("ALTER TABLE slots ADD COLUMN planned_co2_kg REAL") == "")
    let shape = "SELECT group_concat(name || coalesce(sql, ''), char(10)) FROM sqlite_schema"
    let before = owner.text(shape)
    #expect(throws: StoreError.self) { try SQLiteStore(path: self.folder.database) }

    #expect(owner.text("PRAGMA user_version") == "3")
    #expect(owner.text(shape) == before)
    #expect(owner.text("SELECT count(*) FROM slots") == "20")
    #expect(owner.text("PRAGMA integrity_check") == "ok")
    #expect(try Reader(self.folder.database + ".version-3").text("SELECT count(*) FROM slots") == "20")

    #expect(owner.text("ALTER TABLE slots DROP COLUMN planned_co2_kg") == "")
    #expect(try SQLiteStore(path: self.folder.database).recover() == SampleRecords.recovered(after: old))
  }
}
