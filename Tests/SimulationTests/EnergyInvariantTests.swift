import Ports
import Quantities
import SiteModel
import Simulation
import Testing

private let slot = Slot(start: start, length: .minutes(30))

private func truth(lied: Duration = .zero) -> SlotTruth {
  SlotTruth(
    meters: [12.0, 3, 8, 2].map {
      SlotTruth.Metered(
        forward: KilowattHours($0), reverse: KilowattHours(0.5), tolerance: KilowattHours(0.02), lied: lied)
    })
}

private func record() -> SlotRecord {
  var record = SlotRecord(slot: slot, banks: 2, meters: 4)
  record.imported = KilowattHours(12.01)
  record.exported = KilowattHours(0.49)
  record.generated = KilowattHours(3)
  record.rigs = KilowattHours(10.02)
  return record
}

private func fault(_ truth: SlotTruth? = truth(), _ change: (inout SlotRecord) -> Void = { _ in }) -> Bool {
  var stream = CheckerStream()
  var changed = record()
  change(&changed)
  stream.check(changed, truth)
  return stream.violated == [.energy]
}

/// States a gap of half a minute at every meter.
private func addGap(_ record: inout SlotRecord) {
  record.gapMilliseconds = 30_000
  record.meterGapMilliseconds = [30_000, 30_000, 30_000, 30_000]
}

@Test func `a record within the meters' resolution is true`() {
  #expect(!fault())
}

@Test(
  arguments: [
    { $0.imported = KilowattHours(12.03) }, { $0.imported = KilowattHours(11.97) },
    { $0.exported = KilowattHours(0.6) }, { $0.exported = KilowattHours(-0.001) }, { $0.imported = nil },
    { $0.generated = KilowattHours(2.9) }, { $0.rigs = KilowattHours(10.05) }, { $0.rigs = nil },
    { $0.gapMilliseconds = -1 }, { $0.meterGapMilliseconds[2] = 1_800_001 },
    { $0.relayMilliseconds[1] = 7_200_001 },
    { $0.relayMilliseconds[0] = -1 },
  ] as [@Sendable (inout SlotRecord) -> Void])
func `a record that is off, negative or silent about a gap is a violation`(
  change: @Sendable (inout SlotRecord) -> Void
) {
  let isFound = fault(truth(), change)
  #expect(isFound)
}

@Test func `a stated gap may leave energy out and never adds any`() {
  #expect(
    !fault(truth()) {
      addGap(&$0); $0.imported = KilowattHours(11)
    })
  #expect(
    !fault(truth()) {
      addGap(&$0); $0.imported = nil
    })
  #expect(
    fault(truth()) {
      addGap(&$0); $0.imported = KilowattHours(12.1)
    })
  #expect(
    fault(truth()) {
      addGap(&$0); $0.imported = KilowattHours(-1)
    })
}

@Test func `where the clock was not trusted at a boundary the record must state a gap`() {
  #expect(fault(nil))
  #expect(!fault(nil, addGap))
}

@Test func `what a lying meter swallows is lost until the lie must have been found`() {
  #expect(!fault(truth(lied: .minutes(9))) { $0.imported = KilowattHours(5) })
  #expect(fault(truth(lied: .minutes(9))) { $0.imported = KilowattHours(13) })
  #expect(fault(truth(lied: .minutes(11))) { $0.imported = KilowattHours(5) })
}

@Test func `every slot has exactly one record`() {
  for next in [0, 2] {
    var stream = CheckerStream()
    stream.check(record(), truth())
    var second = record()
    second.slot = Slot(start: start + .minutes(30 * next), length: .minutes(30))
    stream.check(second, truth())
    #expect(stream.violated == [.energy])
  }
}
