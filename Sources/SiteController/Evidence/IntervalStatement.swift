import Certificates
import JSONText
import Ports
import Quantities
import SiteModel

/// What the log says of settlement slots that have closed.
enum IntervalStatement {
  /// One entry for each slot, and one for each run of slots in which nothing was metered or switched.
  static func drafts(_ records: [SlotRecord], site: Site, at instant: UTCInstant) -> [EntryDraft] {
    var drafts: [EntryDraft] = []
    var rest = records[...]
    while let record = rest.popFirst() {
      guard record.isUnmetered else {
        drafts.append(Self.draft(record, site: site, at: instant))
        continue
      }
      var slots: Int64 = 1
      var end = record.slot.end
      while let next = rest.first, next.isUnmetered, next.slot.start == end {
        end = next.slot.end
        slots += 1
        rest.removeFirst()
      }
      drafts.append(Self.gap(from: record.slot, to: end, slots: slots, at: instant))
    }
    return drafts
  }

  private static func gap(from first: Slot, to end: UTCInstant, slots: Int64, at instant: UTCInstant)
    -> EntryDraft
  {
    // The run begins with `first` and ends no earlier.
    let slot = Slot(start: first.start, end: end) ?? first
    return EntryDraft(
      kind: .interval, issuedAt: instant,
      body: LogWriter.members(of: slot) + [
        .init("quality", "unmetered"), .init("slots", .integer(slots)),
        .init("gap_ms", .integer(slot.end.millisecondsSince(slot.start))),
      ], slot: slot)
  }

  private static func draft(_ record: SlotRecord, site: Site, at instant: UTCInstant) -> EntryDraft {
    let share = record.absorbedByRigs.flatMap { part in
      record.rigs.flatMap { $0 > .zero ? part / $0 : nil }
    }
    let isWhole = record.gapMilliseconds == 0 && record.meterGapMilliseconds.allSatisfy { $0 == 0 }
    return EntryDraft(
      kind: .interval, issuedAt: instant,
      body: LogWriter.members(of: record.slot) + [
        .init("quality", isWhole ? "metered" : "partial"), .init("gap_ms", .integer(record.gapMilliseconds)),
        .init("import_kwh", .optional(record.imported?.value)),
        .init("export_kwh", .optional(record.exported?.value)),
        .init("generation_kwh", .optional(record.generated?.value)),
        .init("rigs_kwh", .optional(record.rigs?.value)),
        .init("renewable_on_site_kwh", .optional(record.usedOnSite?.value)),
        .init("renewable_rigs_kwh", .optional(record.absorbedByRigs?.value)),
        .init("renewable_share", .optional(share)), .init("currency", .string(site.currency)),
        .init("import_price_per_kwh", .optional(record.importPrice)),
        .init("export_price_per_kwh", .optional(record.exportPrice)),
        .init("carbon_g_per_kwh", .optional(record.carbon)), .init("cost", .optional(record.cost?.value)),
        .init("co2_kg", .optional(record.co2?.value)), .init("planned", Self.planned(record)),
        .init("meters", .array(record.countersAtStart.indices.map { Self.meter($0, record, site) })),
        .init("relays", .array(record.relayMilliseconds.indices.map { Self.relays($0, record, site) })),
      ], slot: record.slot, planID: record.planID)
  }

  private static func planned(_ record: SlotRecord) -> JSONValue {
    guard record.planID != nil else { return .null }
    return .object([
      .init("rig_hours", .optional(record.plannedRigHours)),
      .init("import_kwh", .optional(record.plannedImport?.value)),
      .init("cost", .optional(record.plannedCost?.value)),
      .init("co2_kg", .optional(record.plannedCO2?.value)),
    ])
  }

  /// A meter's raw counters at both ends, as it showed them; the ends are shared with the neighbouring slots.
  private static func meter(_ index: Int, _ record: SlotRecord, _ site: Site) -> JSONValue {
    let (start, end) = (record.countersAtStart[index], record.countersAtEnd[index])
    let hasCounters = start.forward != nil && end.forward != nil
    return .object([
      .init("name", .string(site.meters.indices.contains(index) ? site.meters[index].name : "\(index)")),
      .init("energy_from", hasCounters ? "counters" : "power"),
      .init("gap_ms", .integer(record.meterGapMilliseconds[index])),
      .init("forward_start_kwh", .optional(start.forward?.value)),
      .init("forward_end_kwh", .optional(end.forward?.value)),
      .init("reverse_start_kwh", .optional(start.reverse?.value)),
      .init("reverse_end_kwh", .optional(end.reverse?.value)),
    ])
  }

  private static func relays(_ bank: Int, _ record: SlotRecord, _ site: Site) -> JSONValue {
    .object([
      .init("bank", .string(site.banks.indices.contains(bank) ? site.banks[bank].name : "\(bank)")),
      .init("relay_s", .number(Double(record.relayMilliseconds[bank]) / 1000)),
    ])
  }
}

extension SlotRecord {
  /// Nothing is known of the slot, and nothing ran.
  fileprivate var isUnmetered: Bool {
    self.imported == nil && self.exported == nil && self.generated == nil && self.rigs == nil
      && self.gapMilliseconds == self.slot.end.millisecondsSince(self.slot.start)
      && self.relayMilliseconds.allSatisfy { $0 == 0 }
  }
}
