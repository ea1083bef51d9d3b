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
    }
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
