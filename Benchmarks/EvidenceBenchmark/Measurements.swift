import CSQLite
import Certificates
import Cryptography
import Glibc
import JSONText
import Ports
import Quantities
import SQLiteStore

/// What is measured; each writes one line of JSON.
enum Measurements {
  private static func say(_ members: [JSONValue.Member]) { print(JSONValue.object(members).text()) }

  private static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let begin = ContinuousClock.now
    try work()
    return (ContinuousClock.now - begin) / .seconds(1)
  }

  /// Hashes the data of all entries, which are in memory, on every core.
  static func hash(path: String) throws {
    var data: [[UInt8]] = []
    try SQLiteLog(path: path).forEach { certificate, _ in
      data.append(certificate.data)
      return true
    }
    let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let bytes = data.reduce(0) { $0 + $1.count }
    let share = (data.count + cores - 1) / cores
    let work = data
    var best = Double.infinity
    for _ in 0..<3 {
      best = min(
        best,
        Self.seconds {
          let threads = (0..<cores).map { core in
            Worker {
              for entry in work[(core * share)..<min(work.count, (core + 1) * share)] { _ = hashOnce(entry) }
            }
          }
          for thread in threads { thread.join() }
        })
    }
    Self.say([
      .init("entries", .integer(Int64(data.count))),
      .init("mean_bytes", .integer(Int64(bytes / max(1, data.count)))),
      .init("cores", .integer(Int64(cores))), .init("bytes_per_s", .number(Double(bytes) / best)),
    ])
  }

  /// Durable appends of one entry each, and bare SQLite inserting the same bytes one by one, in turns.
  static func append(folder: String, count: Int) throws {
    let store = try SQLiteStore(path: "\(folder)/append.sqlite")
    let bare = try BareDatabase("\(folder)/bare.sqlite")
    var writer = SyntheticLog.writer
    var ours = 0.0
    var theirs = 0.0
    for round in 0..<(count / 100) {
      let numbers = Int64(round * 100)..<Int64(round * 100 + 100)
      let drafts = numbers.map { SyntheticLog.draft($0, bytes: 1200) }
      var written: [[UInt8]] = []
      ours += try Self.seconds {
        for (number, draft) in zip(numbers, drafts) {
          var batch = RecordBatch()
          batch.sequence = number + 1
          batch.log = writer.seal([draft])
          try store.commit(batch)
          written += batch.log?.entries.suffix(1).map(\.certificate.data) ?? []
        }
      }
      theirs += Self.seconds { for data in written { bare.insert(data) } }
    }
    Self.say([
      .init("appends_per_s", .number(Double(count) / ours)),
      .init("bare_per_s", .number(Double(count) / theirs)),
    ])
  }

  /// Inclusion proofs of entries all over the log, each by its own questions to the database.
  static func prove(path: String, count: Int) throws {
    let log = try SQLiteLog(path: path)
    let size = try log.size()
    var random = SplitMix64(seed: 7)
    let indices = (0..<count).map { _ in Int64(random.below(Int(size))) }
    let taken = try Self.seconds {
      for index in indices {
        _ = try MerkleProof.inclusion(index: index, size: size) { (place) throws(StoreError) in
          try log.hash(at: place)
        }
      }
    }
    Self.say([
      .init("entries", .integer(size)), .init("proofs", .integer(Int64(count))),
      .init("us_per_proof", .number(taken / Double(count) * 1e6)),
    ])
  }
}

/// Keeps the optimiser from leaving the hash out.
@inline(never) private func hashOnce(_ data: [UInt8]) -> Digest { SHA256.hash(data) }

/// A thread that is waited for.
private final class Worker {
  private final class Box {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  private var thread = pthread_t()

  init(_ work: @escaping @Sendable () -> Void) {
    let status = pthread_create(
      &self.thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, Unmanaged.passRetained(Box(work)).toOpaque())
    precondition(status == 0, "the system refused a thread")
  }

  func join() { pthread_join(self.thread, nil) }
}

/// SQLite without us: one table of texts, the same settings.
private final class BareDatabase {
  private let handle: OpaquePointer
  private let statement: OpaquePointer

  init(_ path: String) throws(StoreError) {
    var handle: OpaquePointer?
    var statement: OpaquePointer?
    guard sqlite3_open(path, &handle) == SQLITE_OK, let handle,
      sqlite3_exec(
        handle,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entries (seq INTEGER PRIMARY KEY, data TEXT)",
        nil, nil, nil) == SQLITE_OK,
      sqlite3_prepare_v2(handle, "INSERT INTO entries (data) VALUES (?)", -1, &statement, nil) == SQLITE_OK,
      let statement
    else { throw .unusable(path) }
    self.handle = handle
    self.statement = statement
  }

  deinit {
    sqlite3_finalize(self.statement)
    sqlite3_close_v2(self.handle)
  }

  func insert(_ data: [UInt8]) {
    let text = String(decoding: data, as: UTF8.self)
    _ = text.withCString { csqlite_bind_text(self.statement, 1, $0, Int32(data.count)) }
    precondition(sqlite3_step(self.statement) == SQLITE_DONE, "an insert works")
    sqlite3_reset(self.statement)
  }
}
