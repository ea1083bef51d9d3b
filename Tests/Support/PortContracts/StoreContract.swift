import Control
public import Ports
import Quantities
import SiteModel

/// What every store promises, rule by rule: the same suite for the database and for its simulated twin.
public enum StoreContract: String, Sendable, CaseIterable {
  case `a new store knows nothing`
  case `recovers what the last commit left`
  case `keeps the checkpoint when a batch brings none`
  case `takes a batch it already has as written`
  case `takes an older batch as written`
  case `accepts gaps in the sequence`
  case `keeps the number of an empty batch`
  case `reports the newest time of any record`
  case `knows the same after it is opened again`
  case `hands back the end of the log`
  case `keeps the log of a repeated batch once`
  case `refuses a log that does not follow and keeps nothing of its batch`

  /// Plays the rule on a new medium, which `open` opens, again where the rule says so once the store before is gone.
  /// Returns what was wrong, nil when the rule is kept.
  public func breach(_ open: () throws(StoreError) -> any Store) throws(StoreError) -> String? {
    switch self {
    case .`a new store knows nothing`:
      return Self.difference(try open().recover(), Recovered())

    case .`recovers what the last commit left`:
      let store = try open()
      let batch = SampleRecords.batch(1)
      try store.commit(batch)
      return Self.difference(try store.recover(), SampleRecords.recovered(after: [batch]))

    case .`keeps the checkpoint when a batch brings none`:
      let store = try open()
      var second = SampleRecords.batch(2)
      second.checkpoint = nil
      try store.commit(SampleRecords.batch(1))
      try store.commit(second)
      return Self.difference(try store.recover().checkpoint, SampleRecords.batch(1).checkpoint)

    case .`takes a batch it already has as written`:
      let store = try open()
      let batch = SampleRecords.batch(1)
      try store.commit(batch)
      try store.commit(batch)
      return Self.difference(try store.recover(), SampleRecords.recovered(after: [batch]))

    case .`takes an older batch as written`:
      let store = try open()
      let batches = [SampleRecords.batch(1), SampleRecords.batch(2)]
      for batch in batches { try store.commit(batch) }
      try store.commit(batches[0])
      return Self.difference(try store.recover(), SampleRecords.recovered(after: batches))

    case .`accepts gaps in the sequence`:
      let store = try open()
      let batches = [SampleRecords.batch(3), SampleRecords.batch(17)]
      for batch in batches { try store.commit(batch) }
      return Self.difference(try store.recover(), SampleRecords.recovered(after: batches))

    case .`keeps the number of an empty batch`:
      let store = try open()
      var empty = RecordBatch()
      empty.sequence = 5
      try store.commit(empty)
      return Self.difference(try store.recover(), Recovered(lastSequence: 5))

    case .`reports the newest time of any record`:
      let store = try open()
      var late = RecordBatch()
      late.sequence = 1
      late.events = [
        EventRecord(at: UTCInstant(seconds: 2_000_000_000), kind: .clockStep, rig: nil, text: "ahead")
      ]
      try store.commit(late)
      try store.commit(SampleRecords.batch(2))
      return Self.difference(try store.recover().newestRecord, UTCInstant(seconds: 2_000_000_000))

    case .`knows the same after it is opened again`:
      let batches = (1...5).map { SampleRecords.batch($0) }
      try Self.commit(batches, opening: open)
      return Self.difference(try open().recover(), SampleRecords.recovered(after: batches))

    case .`hands back the end of the log`:
      let batches = SampleRecords.logged((1...200).map { SampleRecords.batch($0, planBytes: 10) })
      try Self.commit(batches, opening: open)
      return Self.difference(try open().recover(), SampleRecords.recovered(after: batches))

    case .`keeps the log of a repeated batch once`:
      let store = try open()
      let batches = SampleRecords.logged([SampleRecords.batch(1), SampleRecords.batch(2)])
      for batch in [batches[0], batches[0], batches[1], batches[0], batches[1]] { try store.commit(batch) }
      return Self.difference(try store.recover(), SampleRecords.recovered(after: batches))

    case .`refuses a log that does not follow and keeps nothing of its batch`:
      let store = try open()
      let batches = SampleRecords.logged((1...4).map { SampleRecords.batch($0) })
      for batch in batches.prefix(2) { try store.commit(batch) }
      for wrong in Self.strays(batches) {
        if try Self.isTaken(wrong, by: store) { return "took a log that does not follow" }
      }
      try store.commit(batches[2])
      return Self.difference(try store.recover(), SampleRecords.recovered(after: Array(batches.prefix(3))))
    }
  }

  /// Batches that come next by their number and not by their log: one too far, one from the start of a log, and one after
  /// another past.
  private static func strays(_ batches: [RecordBatch]) -> [RecordBatch] {
    let other = SampleRecords.logged([
      SampleRecords.batch(9), SampleRecords.batch(10), SampleRecords.batch(11),
    ])
    return [batches[3], batches[0], other[2]].map { stray in
      var batch = RecordBatch()
      batch.sequence = 50
      batch.log = stray.log
      return batch
    }
  }

  private static func isTaken(_ batch: RecordBatch, by store: any Store) throws(StoreError) -> Bool {
    do throws(StoreError) { try store.commit(batch) } catch {
      if case .refused = error { return false }
      throw error
    }
    return true
  }

  private static func commit(
    _ batches: [RecordBatch], opening open: () throws(StoreError) -> any Store
  ) throws(StoreError) {
    let store = try open()
    for batch in batches { try store.commit(batch) }
  }

  private static func difference<Value: Equatable>(_ found: Value, _ expected: Value) -> String? {
    found == expected ? nil : "found \(found) where \(expected) was expected"
  }
}
