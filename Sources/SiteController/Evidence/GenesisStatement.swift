import Certificates
import JSONText
import Quantities
import SiteModel

/// What the first entry of a log says: whose it is, and what it will be about.
enum GenesisStatement {
  static func draft(site: Site, writer: LogWriter, at instant: UTCInstant) -> EntryDraft {
    EntryDraft(
      kind: .genesis, issuedAt: instant,
      body: [
        .init("format", "rigshift-log-v1"), .init("origin", .string(writer.origin)),
        .init("public_key", .string(writer.noteKey.text)), .init("site", .string(site.name)),
        .init("time_zone", .string(site.zone.name)), .init("currency", .string(site.currency)),
        .init("slot_minutes", .integer(Int64(site.planner.slotMinutes))),
        .init("site_file_sha256", .optional(site.fileDigest)),
        .init("meters", .array(site.meters.map { Self.meter($0, of: site) })),
        .init(
          "banks",
          .array(
            site.banks.map { bank in
              .object([
                .init("name", .string(bank.name)), .init("rigs", .integer(Int64(bank.count))),
                .init("rig_kw", .number(bank.draw.value)),
              ])
            })),
      ])
  }

  private static func meter(_ meter: Meter, of site: Site) -> JSONValue {
    .object([
      .init("name", .string(meter.name)), .init("measures", .string(meter.subject.name(in: site))),
      .init("counter_step_kwh", .number(meter.counterResolution.value)),
    ])
  }
}

extension Meter.Subject {
  /// `grid`, `generation` or `bank` with its name.
  func name(in site: Site) -> String {
    switch self {
    case .grid: "grid"
    case .generation: "generation"
    case .bank(let index): site.banks.indices.contains(index) ? "bank \(site.banks[index].name)" : "bank"
    }
  }
}

extension JSONValue {
  /// A text or `null`.
  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// A number or `null`; what is not finite is `null` too.
  static func optional(_ number: Double?) -> JSONValue {
    number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }
}
