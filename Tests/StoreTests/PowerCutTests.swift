import Certificates
import Glibc
import LossyVFS
import PortContracts
import Ports
import Quantities
import SQLiteStore
import Testing

struct PowerCutTests {
  private static let smallBatches = SampleRecords.logged((1...40).map { SampleRecords.batch($0) })
  private static let bigBatches = SampleRecords.logged(
    (1...40).map { SampleRecords.batch($0, planBytes: 300_000) })
  /// Blocks of ten cuts; `POWER_CUTS` in the environment asks for more cuts than three hundred.
  private static let blocks = (getenv("POWER_CUTS").flatMap { Int(String(cString: $0)) } ?? 300) / 10

  private struct Outcome {
    /// What was lost or torn; nil when every acknowledged batch is there, whole, and at most one more, whole too.
    var loss: String?
    /// Batches acknowledged before the cut.
    var acknowledged: Int
  }

  /// Commits batches until the power goes at a call drawn from the seed, starts again and looks.
  private static func outcome(seed: UInt64, durability: SQLiteStore.Durability) throws -> Outcome {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryFolder()
    let disk = LossyDisk(name: "cut-\(durability.rawValue)-\(seed)")
    // Big plans fill the write-ahead log, so that checkpoints fall between the commits.
    let isBig = seed.isMultiple(of: 3)
    let batches = isBig ? Self.bigBatches : Self.smallBatches
    let cut = random.chance(0.5) ? LOSSY_DROP_ALL : LOSSY_KEEP_SOME_SECTORS
    // One in ten meets the calls that make the database, the others all that follow and its end.
    let calls = random.chance(0.1) ? 30 : isBig ? 7000 : 800
    disk.cutPower(atCall: Int64(1 + random.below(calls)), cut, seed: random.next())
    var acknowledged = 0
    do throws(StoreError) {
      let store = try SQLiteStore(path: folder.database, vfs: disk.name, durability: durability)
      for batch in batches {
        try store.commit(batch)
        acknowledged += 1
      }
      disk.cutPower(cut, seed: random.next())
    } catch {
      guard disk.isCut else { return Outcome(loss: "without a cut: \(error)", acknowledged: acknowledged) }
    }
    disk.restorePower()
    return Outcome(
      loss: Self.loss(of: batches, acknowledged: acknowledged) { () throws(StoreError) in
        try SQLiteStore(path: folder.database, vfs: disk.name, durability: durability)
      } ?? LogCheck.fault(in: folder.database, vfs: disk.name, holding: batches), acknowledged: acknowledged)
  }

  private static func loss(
    of batches: [RecordBatch], acknowledged: Int, reopening open: () throws(StoreError) -> SQLiteStore
  ) -> String? {
    do throws(StoreError) {
      let store = try open()
      let kept = Int(try store.recover().lastSequence)
      guard kept == acknowledged || kept == acknowledged + 1 else {
        return "\(acknowledged) batches were acknowledged and \(kept) are there"
      }
      guard try Self.holds(store, Array(batches.prefix(kept))) else {
        return "the first \(kept) batches are not whole"
      }
      // The caller does not know either: it commits the last one again, and goes on.
      for batch in batches.dropFirst(acknowledged) { try store.commit(batch) }
      return try Self.holds(store, batches) ? nil : "the record is not whole after going on"
    } catch {
      return "after the cut: \(error)"
    }
  }

  private static func holds(_ store: SQLiteStore, _ batches: [RecordBatch]) throws(StoreError) -> Bool {
    guard try store.recover() == SampleRecords.recovered(after: batches) else { return false }
    return try StoreContents(of: store) == StoreContents(of: batches)
  }

  @Test(arguments: 0..<blocks)
  func `nothing acknowledged is lost and nothing is half kept when the power goes`(block: Int) throws {
    var cutInBetween = 0
    for seed in (block * 10)..<(block * 10 + 10) {
      let outcome = try Self.outcome(seed: UInt64(seed), durability: .full)
      #expect(outcome.loss == nil, "seed \(seed)")
      if (1..<40).contains(outcome.acknowledged) { cutInBetween += 1 }
    }
    #expect(cutInBetween >= 3, "cuts before the first commit or after the last test little")
  }

  @Test func `a store that does not wait for the medium fails the same check`() throws {
    let outcomes = try (0..<20).map { try Self.outcome(seed: $0, durability: .none) }
    let losses = outcomes.count { $0.loss != nil }
    #expect(losses >= 15, "\(losses) of 20 runs lost something")
  }

  // MARK: Single failures

  static let faults: [(lossy_fault, name: String)] = [
    (LOSSY_WRITE_FULL, "full"), (LOSSY_WRITE_FAILS, "write fails"),
    (LOSSY_WRITE_FAILS_BUT_WRITES, "write fails but writes"), (LOSSY_SYNC_FAILS, "sync fails"),
    (LOSSY_SYNC_FAILS_BUT_WRITES, "sync fails but writes"),
    (LOSSY_SYNC_FAILS_AND_FORGETS, "sync fails and forgets"),
  ]

  /// One call of a later commit fails; the caller commits again. With or without a power cut in between, the record
  /// ends up whole.
  @Test(arguments: faults.indices, [false, true])
  func `a failed commit can be repeated`(fault index: Int, cutsPower: Bool) throws {
    let (fault, name) = Self.faults[index]
    var struck: Int64 = 0
    for seed in 0..<24 {
      let folder = try TemporaryFolder()
      let disk = LossyDisk(name: "fault-\(index)-\(cutsPower)-\(seed)")
      let batches = Array(Self.smallBatches.prefix(12))
      var store: SQLiteStore? = try SQLiteStore(path: folder.database, vfs: disk.name, durability: .full)
      for batch in batches[0..<6] { try store?.commit(batch) }
      disk.fail(atCall: disk.calls + 1 + Int64(seed), fault)
      for (number, batch) in batches.enumerated().dropFirst(6) {
        do throws(StoreError) {
          try store?.commit(batch)
        } catch {
          #expect((error == .full) == (fault == LOSSY_WRITE_FULL), "\(name): \(error)")
          if cutsPower {
            try Self.restart(&store, disk, folder, cut: LOSSY_KEEP_SOME_SECTORS, seed: UInt64(seed))
            let kept = try #require(try store?.recover().lastSequence)
            #expect(kept == number || kept == number + 1)
          }
          try store?.commit(batch)
        }
      }
      #expect(try Self.holds(try #require(store), batches), "\(name), seed \(seed)")
      try Self.restart(&store, disk, folder, cut: LOSSY_DROP_ALL, seed: 1)
      #expect(try Self.holds(try #require(store), batches), "\(name), seed \(seed), after a cut")
      struck += disk.faults
    }
    #expect(struck >= 20, "faults that do not strike test nothing")
  }

  /// The power is cut, which ends the process and its store; another store starts when it is back.
  private static func restart(
    _ store: inout SQLiteStore?, _ disk: LossyDisk, _ folder: TemporaryFolder, cut: lossy_cut, seed: UInt64
  ) throws {
    disk.cutPower(cut, seed: seed)
    store = nil
    disk.restorePower()
    store = try SQLiteStore(path: folder.database, vfs: disk.name, durability: .full)
  }
}
