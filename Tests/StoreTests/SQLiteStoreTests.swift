import CSQLite
import Control
import Glibc
import PortContracts
import Ports
import Quantities
import SQLiteStore
import SiteModel
import Testing

struct SQLiteStoreTests {
  private let folder: TemporaryFolder

  init() throws { self.folder = try TemporaryFolder() }

  @Test func `every record comes back as it was written`() throws {
    let batches = (1...60).map { SampleRecords.batch($0) }
    let store = try SQLiteStore(path: self.folder.database)
    for batch in batches { try store.commit(batch) }
    try Self.expect(store, toHold: batches)
    let from = SampleRecords.start.advanced(byMilliseconds: 10 * 1_800_000)
    let some = try store.slots(from: from, to: from + .hours(2))
    #expect(some == Array(batches.flatMap(\.slots)[9..<13]))
    for rig in [RigID(bank: 0, rig: 3), RigID(bank: 1, rig: 39)] {
      let about = batches.flatMap(\.decisions).filter { $0.command.rig == rig }
      #expect(try store.decisions(about: rig, latest: 2) == Array(about.reversed().prefix(2)))
    }
    #expect(try store.events(latest: 3) == Array(batches.flatMap(\.events).reversed().prefix(3)))
  }

  @Test(arguments: SampleRecords.reasons)
  func `a reason of every kind comes back`(reason: Reason) throws {
    let store = try SQLiteStore(path: self.folder.database)
    let rig = RigID(bank: 0, rig: 0)
    let command = RelayCommand(rig: rig, closed: true, authority: .plan, reason: reason)
    var batch = RecordBatch()
    batch.sequence = 1
    batch.decisions = [DecisionRecord(at: SampleRecords.start, planID: nil, command: command)]
    try store.commit(batch)
    #expect(try store.decisions(about: rig, latest: 1) == batch.decisions)
  }

  @Test(arguments: EventKind.allCases)
  func `an event of every kind comes back`(kind: EventKind) throws {
    let store = try SQLiteStore(path: self.folder.database)
    var batch = RecordBatch()
    batch.sequence = 1
    batch.events = [
      EventRecord(at: SampleRecords.start, kind: kind, rig: RigID(bank: 1, rig: 2), text: "\u{0}ü\"")
    ]
    try store.commit(batch)
    #expect(try store.events(latest: 1) == batch.events)
  }

  @Test func `a second owner is refused until the first is gone`() throws {
    var first: SQLiteStore? = try SQLiteStore(path: self.folder.database)
    #expect(throws: StoreError.inUse) { try SQLiteStore(path: self.folder.database) }
    try first?.commit(SampleRecords.batch(1))
    first = nil
    #expect(try SQLiteStore(path: self.folder.database).recover().lastSequence == 1)
  }

  @Test func `another program reads the record while it is written`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    try store.commit(SampleRecords.batch(1))
    let reader = try Reader(self.folder.database)
    #expect(reader.text("SELECT start FROM slots_readable") == "2024-09-19T00:30Z")
    try store.commit(SampleRecords.batch(2))
    #expect(reader.text("SELECT count(*) FROM slots") == "2")
    #expect(reader.text("PRAGMA integrity_check") == "ok")
  }

  @Test(arguments: ["plans", "decisions", "events", "slots"])
  func `every readable view can be read`(table: String) throws {
    let store = try SQLiteStore(path: self.folder.database)
    for number in 1...10 { try store.commit(SampleRecords.batch(Int64(number))) }
    let reader = try Reader(self.folder.database)
    let count = reader.text("SELECT count(*) FROM \(table)")
    #expect(count != "0")
    #expect(reader.text("SELECT count(*) FROM \(table)_readable") == count)
  }

  @Test func `the database says whose it is and syncs every commit`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    try store.commit(SampleRecords.batch(1))
    let reader = try Reader(self.folder.database)
    #expect(reader.text("PRAGMA application_id") == "1382639443")
    #expect(reader.text("PRAGMA user_version") == "3")
    #expect(reader.text("PRAGMA journal_mode") == "wal")
  }

  @Test func `a second entry for one slot is refused and nothing of its batch is kept`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    let first = SampleRecords.batch(1)
    try store.commit(first)
    var second = SampleRecords.batch(2)
    second.slots.append(first.slots[0])
    expect(refusalOf: second, by: store)
    try Self.expect(store, toHold: [first])
    try store.commit(SampleRecords.batch(3))
    try Self.expect(store, toHold: [first, SampleRecords.batch(3)])
  }

  @Test func `plans go after their time as newer ones come, one after another`() throws {
    let store = try SQLiteStore(path: self.folder.database, plansKept: .hours(24))
    var batch = RecordBatch()
    for id in 1...40 {
      batch.sequence = Int64(id)
      batch.plans = [
        PlanRecord(
          id: Int64(id), madeAt: SampleRecords.start + .hours(id),
          horizon: Slot(start: SampleRecords.start, length: .hours(1)),
          status: "optimal", cause: "", problemJSON: "", planJSON: "")
      ]
      try store.commit(batch)
    }
    #expect(try store.plan(id: 15) == nil)
    #expect(try store.plan(id: 16) != nil)
    #expect(try store.recover().lastPlanID == 40)
  }

  @Test func `a plan number used twice is refused`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    var batch = RecordBatch()
    batch.plans = [
      PlanRecord(
        id: 1, madeAt: SampleRecords.start, horizon: Slot(start: SampleRecords.start, length: .hours(1)),
        status: "optimal", cause: "", problemJSON: "", planJSON: "")
    ]
    batch.sequence = 1
    try store.commit(batch)
    batch.sequence = 2
    expect(refusalOf: batch, by: store)
  }

  @Test func `a slot with counters of some meters only is refused`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    var batch = SampleRecords.batch(1)
    batch.slots[0].countersAtEnd.removeLast()
    expect(refusalOf: batch, by: store)
    try Self.expect(store, toHold: [])
  }

  @Test func `a text beyond the limit is refused`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    var batch = RecordBatch()
    batch.sequence = 1
    batch.events = [
      EventRecord(
        at: SampleRecords.start, kind: .started, rig: nil, text: String(repeating: "x", count: 17 << 20))
    ]
    expect(refusalOf: batch, by: store)
    try store.commit(SampleRecords.batch(1))
  }

  /// Files that are no database of ours, made by the statements or bytes given, and a word of the answer.
  static let foreign: [(sql: [String], bytes: String, word: String)] = [
    ([], "name = \"a site file\"\n" + String(repeating: "#", count: 1000), "not a RigShift database"),
    (["CREATE TABLE bookmarks (url TEXT)"], "", "another program"),
    (["PRAGMA application_id = 7"], "", "another program"),
    (["PRAGMA application_id = 1382639443", "PRAGMA user_version = 99"], "", "version 99"),
  ]

  @Test(arguments: foreign.indices)
  func `a database of another program or a newer version is left alone`(index: Int) throws {
    let foreign = Self.foreign[index]
    if foreign.sql.isEmpty {
      let file = try #require(fopen(self.folder.database, "w"))
      fputs(foreign.bytes, file)
      fclose(file)
    } else {
      let maker = try Reader(self.folder.database)
      for statement in foreign.sql { _ = maker.text(statement) }
      _ = maker.text("VACUUM")
    }
    let before = Self.bytes(of: self.folder.database)
    #expect(try #require(Self.whyUnusable(self.folder.database)).contains(foreign.word))
    #expect(Self.bytes(of: self.folder.database) == before)
  }

  @Test func `a folder that is not there is named`() throws {
    let why = try #require(Self.whyUnusable(self.folder.path + "/missing/site.sqlite"))
    #expect(why.contains("missing/site.sqlite.lock"))
  }

  @Test func `the write-ahead log stays small over many commits`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    for number in 1...120 { try store.commit(SampleRecords.batch(Int64(number), planBytes: 200_000)) }
    #expect(Self.bytes(of: self.folder.database + "-wal").count < 12 << 20)
  }

  // MARK: Pieces

  private func expect(refusalOf batch: RecordBatch, by store: SQLiteStore) {
    do throws(StoreError) {
      try store.commit(batch)
      Issue.record("the batch was taken")
    } catch {
      guard case .refused = error else {
        Issue.record("the batch met \(error)")
        return
      }
    }
  }

  /// Why a store refuses a path, nil when it opens it or finds another reason.
  private static func whyUnusable(_ path: String) -> String? {
    do throws(StoreError) {
      _ = try SQLiteStore(path: path)
      return nil
    } catch {
      guard case .unusable(let why) = error else { return nil }
      return why
    }
  }

  static func expect(_ store: SQLiteStore, toHold batches: [RecordBatch]) throws {
    #expect(try store.recover() == SampleRecords.recovered(after: batches))
    #expect(try StoreContents(of: store) == StoreContents(of: batches))
  }

  private static func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[0..<count] }
    return bytes
  }
}
