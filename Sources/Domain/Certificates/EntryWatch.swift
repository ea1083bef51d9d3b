import Quantities

/// Looks at what the entries of a log say, one after another: that each belongs to its number, that time does not go back
/// unsaid, and that every settlement slot has one entry.
struct EntryWatch {
  /// End of the last slot covered.
  private(set) var settledUntil: UTCInstant?
  private(set) var settledFrom: UTCInstant?
  private(set) var firstIssued: UTCInstant?
  private(set) var lastIssued: UTCInstant?
  private(set) var counts: [EntryKind: Int64] = [:]

  /// What is wrong with the next entry, nil when nothing is. `isInside`: the log began before the first entry looked at.
  mutating func fault(in certificate: Certificate, isInside: Bool = false) -> LogFinding.Fault? {
    certificate.data.withUnsafeBufferPointer { bytes in
      self.fault(in: certificate, bytes, isInside: isInside)
    }
  }

  private mutating func fault(
    in certificate: Certificate, _ bytes: UnsafeBufferPointer<UInt8>, isInside: Bool
  ) -> LogFinding.Fault? {
    guard let scan = EntryScan(bytes) else { return .malformed("not canonical JSON") }
    func text(_ field: EntryScan.Field) -> String { String(decoding: bytes[field], as: UTF8.self) }
    guard let kind = scan.kind.flatMap({ EntryKind(rawValue: text($0)) }) else {
      return .malformed("no kind")
    }
    guard let sequence = scan.sequence.flatMap({ Int64(text($0)) }) else { return .malformed("no number") }
    guard sequence == certificate.sequence else { return .renumbered }
    guard let issuedText = scan.issuedAt.map(text), let issued = ISO8601.instant(issuedText) else {
      return .malformed("no time")
    }
    guard issuedText == certificate.issuedAt, self.isInTime(issued, scan.clockBack.map(text)) else {
      return .backdated
    }
    guard isInside || (kind == .genesis) == (sequence == 1) else {
      return .malformed(sequence == 1 ? "a log begins with its genesis" : "a second genesis")
    }
    self.firstIssued = self.firstIssued ?? issued
    self.lastIssued = issued
    self.counts[kind, default: 0] += 1
    guard kind == .interval else { return nil }
    guard let start = scan.slotStart.flatMap({ ISO8601.instant(text($0)) }),
      let end = scan.slotEnd.flatMap({ ISO8601.instant(text($0)) }), let slot = Slot(start: start, end: end)
    else { return .malformed("an interval without a slot") }
    return self.settle(slot)
  }

  private func isInTime(_ issued: UTCInstant, _ clockBack: String?) -> Bool {
    guard let last = self.lastIssued else { return true }
    if issued >= last { return clockBack == nil }
    return clockBack.flatMap { Int64($0) } == last.millisecondsSince(issued)
  }

  private mutating func settle(_ slot: Slot) -> LogFinding.Fault? {
    if let settled = self.settledUntil {
      if let missing = Slot(start: settled, end: slot.start) { return .slotMissing(missing) }
      if slot.start < settled { return .slotDoubled(slot) }
    }
    self.settledFrom = self.settledFrom ?? slot.start
    self.settledUntil = slot.end
    return nil
  }
}
