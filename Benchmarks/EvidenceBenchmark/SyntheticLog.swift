import Certificates
import Cryptography
import JSONText
import Ports
import Quantities
import SQLiteStore

/// Logs of any length, with intervals like a real site's.
enum SyntheticLog {
  static let start = UTCInstant(seconds: 1_748_736_000)
  private static let entriesPerBatch = 20_000

  static var writer: LogWriter {
    // Thirty-two bytes are a seed.
    var writer = LogWriter(
      identity: LogIdentity(siteName: "Benchmark", key: Ed25519PrivateKey(seed: Array(0..<32))!), head: nil)
    writer.begin(
      with: EntryDraft(
        kind: .genesis, issuedAt: Self.start,
        body: [
          .init("origin", .string(writer.origin)), .init("public_key", .string(writer.noteKey.text)),
          .init("site", "Benchmark"), .init("time_zone", "UTC"), .init("currency", "EUR"),
        ]))
    return writer
  }

  /// Interval `number` with about `bytes` bytes.
  static func draft(_ number: Int64, bytes: Int) -> EntryDraft {
    var random = SplitMix64(seed: UInt64(bitPattern: number))
    let slot = Slot(start: Self.start.advanced(byMilliseconds: number * 300_000), length: .minutes(5))
    var body = LogWriter.members(of: slot)
    var length = 150
    var index = 0
    while length < bytes {
      let name = "figure_\(index / 10)\(index % 10)_kwh"
      body.append(.init(name, .number((random.uniform(0, 1e5) * 100).rounded() / 100)))
      length += name.utf8.count + 12
      index += 1
    }
    return EntryDraft(kind: .interval, issuedAt: slot.end, body: body, slot: slot)
  }

  static func make(path: String, entries: Int64, bytes: Int) throws {
    let store = try SQLiteStore(path: path)
    var writer = Self.writer
    var next: Int64 = 0
    var batch = RecordBatch()
    while next < entries - 1 {
      let end = min(entries - 1, next + Int64(Self.entriesPerBatch))
      batch.sequence += 1
      batch.log = writer.seal((next..<end).map { Self.draft($0, bytes: bytes) })
      try store.commit(batch)
      next = end
    }
  }
}
