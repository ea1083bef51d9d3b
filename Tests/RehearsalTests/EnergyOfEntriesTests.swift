import Certificates
import Glibc
import HiGHSSolver
import JSONText
import Ports
import Quantities
import Rehearsal
import Simulation
import SiteModel
import Testing

/// Takes what a rehearsal records and keeps the intervals of its log.
private final class IntervalBook: Store {
  private(set) var intervals: [JSONValue] = []
  private var lastSequence: Int64 = 0

  func commit(_ batch: RecordBatch) throws(StoreError) {
    guard batch.sequence > self.lastSequence else { return }
    self.lastSequence = batch.sequence
    for entry in batch.log?.entries ?? [] where entry.kind == .interval {
      if let value = try? JSONValue.parse(entry.certificate.data) { self.intervals.append(value) }
    }
  }

  func recover() throws(StoreError) -> Recovered { Recovered() }
  func take() -> [JSONValue] {
    defer { self.intervals = [] }
    return self.intervals
  }
}

/// Adds up a run of slots metered whole beside the truth.
private struct Comparison {
  /// Recorded less true, kWh, and how far an honest record may be off, over the present run.
  private var miss = 0.0
  private var allowed = 0.0
  private(set) var recorded = 0.0
  private(set) var slots = 0
  private(set) var worst: (miss: Double, allowed: Double)?

  mutating func add(_ value: Double, _ truth: SlotTruth.Metered, resolution: Double) {
    self.miss += value - truth.forward.value
    // A run of slots shares its boundary readings: the counter's step counts once, what flowed beside a boundary each time.
    self.allowed = max(self.allowed, 2 * resolution) + max(0, truth.tolerance.value - 2 * resolution)
    self.recorded += value
    self.slots += 1
    if abs(self.miss) > self.allowed { self.worst = (self.miss, self.allowed) }
  }

  mutating func interrupt() {
    self.miss = 0
    self.allowed = 0
  }
}

struct EnergyOfEntriesTests {
  /// Days of the simulation; `EVIDENCE_DAYS` in the environment asks for the month of a full check.
  private static let days = getenv("EVIDENCE_DAYS").flatMap { Int(String(cString: $0)) } ?? 3

  @Test(arguments: [1, 2])
  func `the energies of the log's intervals are the simulated physics within the meters' resolution`(
    seed: Int
  ) throws {
    let site = Site.tight
    let book = IntervalBook()
    var settings = Rehearsal.Settings.day(seed: UInt64(seed), faults: .seeded(.many))
    settings.days = Self.days
    let rehearsal = Rehearsal(settings, solver: HiGHSSolver(), record: book)
    let grid = try #require(site.meters.firstIndex { $0.subject == .grid })
    var comparison = Comparison()
    var gaps = 0
    var until: UTCInstant?
    rehearsal.run { _ in
      for interval in book.take() {
        guard let start = interval["slot_start"]?.string.flatMap({ ISO8601.instant($0) }),
          let end = interval["slot_end"]?.string.flatMap({ ISO8601.instant($0) }),
          let slot = Slot(start: start, end: end)
        else {
          Issue.record("an interval without a slot")
          continue
        }
        // One entry after the other, without a hole.
        #expect(until == nil || until == start)
        until = end
        guard interval["gap_ms"]?.int == 0, let value = interval["import_kwh"]?.double,
          let truth = rehearsal.world.truth(of: slot)?.meters[grid], truth.lied == .zero
        else {
          comparison.interrupt()
          if interval["gap_ms"]?.int != 0 { gaps += 1 }
          continue
        }
        comparison.add(value, truth, resolution: site.meters[grid].counterResolution.value)
      }
    }
    #expect(
      comparison.worst == nil,
      "off by \(comparison.worst?.miss ?? 0) kWh of \(comparison.worst?.allowed ?? 0)")
    #expect(comparison.slots > 20 * Self.days)
    #expect(comparison.recorded > 10)
    #expect(gaps > 0, "faults that leave no gap test little")
  }
}
