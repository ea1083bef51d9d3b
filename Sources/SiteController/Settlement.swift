package import Ports
package import Quantities
package import SiteModel

/// Turns readings and relay levels into exactly one record per settlement slot, gaps stated.
///
/// Slots lie on the UTC grid of the site's slot length. A slot closes once every meter has shown its boundary reading,
/// or `grace` after its end. While the wall clock is untrusted nothing is accounted; once it is trusted again the time
/// in between appears as gaps.
package struct Settlement: Codable, Sendable {
  /// More missing slots than this (about two and a half years of quarter hours) are one outage too many to write out
  /// slot by slot; the rest stays unrecorded and the newest ones are kept.
  package static let mostGapSlots = 90_000

  package private(set) var slot: Slot?
  private var accounts: [MeterAccount]
  private var closed: [MeterAccount.Totals?]
  private var relayMilliseconds: [Int64]
  /// Relay time past the end of a slot that still waits for boundary readings.
  private var relayCarry: [Int64]
  /// Relay time is counted up to here; nil while it is not.
  package private(set) var relayUntil: UTCInstant?

  package init(site: Site) {
    self.accounts = Array(repeating: MeterAccount(), count: site.meters.count)
    self.closed = Array(repeating: nil, count: site.meters.count)
    self.relayMilliseconds = Array(repeating: 0, count: site.banks.count)
    self.relayCarry = self.relayMilliseconds
  }

  /// True when the saved state fits the site's meters and banks.
  package func fits(_ site: Site) -> Bool {
    self.accounts.count == site.meters.count && self.closed.count == site.meters.count
      && self.relayMilliseconds.count == site.banks.count && self.relayCarry.count == site.banks.count
  }

  /// Milliseconds of closed relay since the last closed slot that belong to the local day of `instant`, all banks
  /// together. A slot that waits for its boundary reading past midnight belongs to the day before.
  package func openRelayMilliseconds(on instant: UTCInstant, zone: ZoneRules) -> Int64 {
    guard let slot = self.slot else { return 0 }
    let today = zone.date(of: instant)
    let inside = zone.date(of: slot.start) == today ? self.relayMilliseconds.reduce(0, +) : 0
    return inside + (zone.date(of: slot.end) == today ? self.relayCarry.reduce(0, +) : 0)
  }

  /// The part of the open slot that meter `index` has accounted for without a hole, nil when there is none.
  package func openPart(meter index: Int) -> Slot? {
    guard let slot = self.slot, self.closed[index] == nil, let end = self.accounts[index].open.end?.wall,
      self.accounts[index].open.covered == end.millisecondsSince(slot.start)
    else { return nil }
    return Slot(start: slot.start, end: min(end, slot.end))
  }

  /// Energy metered so far in the open slot by meter `index`, kWh forward and reverse.
  package func openEnergy(meter index: Int) -> (forward: Double, reverse: Double) {
    (self.accounts[index].open.forward, self.accounts[index].open.reverse)
  }

  /// The wall clock is not trusted: what happens now belongs to no slot.
  package mutating func suspend() {
    for index in self.accounts.indices { self.accounts[index].interrupt() }
    self.relayUntil = nil
  }

  /// The wall clock has stepped: nobody knows in which slot things happened since the last one closed. All of it becomes a
  /// gap.
  package mutating func discredit() {
    for index in self.accounts.indices {
      self.accounts[index] = MeterAccount()
      self.closed[index] = nil
    }
    self.relayMilliseconds = Array(repeating: 0, count: self.relayMilliseconds.count)
    self.relayCarry = self.relayMilliseconds
    self.relayUntil = nil
  }

  /// The process starts again: relay time while nobody looked is not counted.
  package mutating func resume() { self.relayUntil = nil }

  /// Meter `index` is known to lie: what it moves until it is believed again is a gap.
  package mutating func distrust(meter index: Int) { self.accounts[index].interrupt() }

  /// The start of the settlement slot that contains `instant`.
  package static func start(of instant: UTCInstant, minutes: Int) -> UTCInstant {
    let length = Int64(minutes) * 60_000
    let into = instant.milliseconds % length
    return instant.advanced(byMilliseconds: -(into < 0 ? into + length : into))
  }

  /// Opens the first slot of the record. Does nothing later.
  package mutating func open(at wall: UTCInstant, site: Site) {
    guard self.slot == nil else { return }
    let minutes = site.planner.slotMinutes
    self.slot = Slot(start: Self.start(of: wall, minutes: minutes), length: .minutes(minutes))
  }

  /// Takes a good reading of meter `index`.
  package mutating func take(_ sample: MeterAccount.Sample, meter index: Int, limits: MeterAccount.Limits)
    -> MeterAccount.Anomaly?
  {
    guard let slot = self.slot, sample.wall >= slot.start else { return nil }
    // A meter that already gave this slot's boundary reading accounts for the next slot from there on.
    let target = self.closed[index] == nil ? slot : Slot(start: slot.end, length: slot.length)
    guard self.closed[index] == nil || sample.wall < target.end else { return nil }
    let (closed, anomaly) = self.accounts[index].take(sample, slot: target, limits: limits)
    if let closed { self.closed[index] = closed }
    return anomaly
  }

  /// Counts relay time up to `wall`, `closedRelays` having been closed per bank since the last call, and returns the
  /// slots that are complete, oldest first.
  package mutating func advance(to wall: UTCInstant, closedRelays: [Int], site: Site, grace: Int64)
    -> [SlotRecord]
  {
    guard let slot = self.slot else { return [] }
    self.countRelays(until: wall, closedRelays: closedRelays, slot: slot)
    guard wall >= slot.end else { return [] }
    let isComplete = self.closed.allSatisfy { $0 != nil }
    guard isComplete || wall.millisecondsSince(slot.end) > grace else { return [] }
    return self.close(slot, at: wall, site: site)
  }

  private mutating func countRelays(until wall: UTCInstant, closedRelays: [Int], slot: Slot) {
    defer { self.relayUntil = max(wall, self.relayUntil ?? wall) }
    guard let from = self.relayUntil, wall > from else { return }
    let inside = max(0, min(wall, slot.end).millisecondsSince(max(from, slot.start)))
    let beyond = max(0, wall.millisecondsSince(max(from, slot.end)))
    for bank in closedRelays.indices where closedRelays[bank] > 0 && bank < self.relayMilliseconds.count {
      self.relayMilliseconds[bank] += inside * Int64(closedRelays[bank])
      self.relayCarry[bank] += beyond * Int64(closedRelays[bank])
    }
  }

  private mutating func close(_ slot: Slot, at wall: UTCInstant, site: Site) -> [SlotRecord] {
    var record = SlotRecord(slot: slot, banks: site.banks.count, meters: site.meters.count)
    record.relayMilliseconds = self.relayMilliseconds
    let length = slot.end.millisecondsSince(slot.start)
    for index in self.accounts.indices {
      let totals = self.closed[index] ?? self.accounts[index].closeWithoutReading()
      self.closed[index] = nil
      let gap = max(0, length - totals.covered)
      record.meterGapMilliseconds[index] = gap
      record.countersAtStart[index] = CounterPair(totals.start)
      record.countersAtEnd[index] = CounterPair(totals.end)
      guard totals.covered > 0 else {
        if site.meters[index].subject == .grid { record.gapMilliseconds = gap }
        continue
      }
      switch site.meters[index].subject {
      case .grid:
        record.gapMilliseconds = gap
        record.imported = KilowattHours(checking: totals.forward)
        record.exported = KilowattHours(checking: totals.reverse)
      case .generation:
        record.generated = KilowattHours(checking: (record.generated?.value ?? 0) + totals.forward)
      case .bank:
        record.rigs = KilowattHours(checking: (record.rigs?.value ?? 0) + totals.forward)
      }
    }
    self.relayMilliseconds = self.relayCarry
    self.relayCarry = Array(repeating: 0, count: site.banks.count)
    var records = [record]
    self.openNext(after: slot, at: wall, site: site, gaps: &records)
    return records
  }

  /// Opens the slot that contains `wall` and writes out the ones in between, which nobody metered.
  private mutating func openNext(after slot: Slot, at wall: UTCInstant, site: Site, gaps: inout [SlotRecord])
  {
    let length = Int64(site.planner.slotMinutes) * 60_000
    let current = Self.start(of: wall, minutes: site.planner.slotMinutes)
    var start = max(slot.end, current.advanced(byMilliseconds: -length * Int64(Self.mostGapSlots)))
    if start != slot.end { start = Self.start(of: start, minutes: site.planner.slotMinutes) }
    while start < current {
      let missed = Slot(start: start, length: .minutes(site.planner.slotMinutes))
      var record = SlotRecord(slot: missed, banks: site.banks.count, meters: site.meters.count)
      let gap = missed.end.millisecondsSince(missed.start)
      record.gapMilliseconds = gap
      record.meterGapMilliseconds = Array(repeating: gap, count: site.meters.count)
      gaps.append(record)
      start = missed.end
    }
    self.slot = Slot(start: start, length: .minutes(site.planner.slotMinutes))
  }
}

extension CounterPair {
  fileprivate init(_ sample: MeterAccount.Sample?) {
    self.init(
      forward: sample?.forward.flatMap { KilowattHours(checking: $0) },
      reverse: sample?.reverse.flatMap { KilowattHours(checking: $0) })
  }
}
