import Certificates
import Control
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel

/// What pages show of the record, read beside the controller that writes it.
struct RecordForPages: Sendable {
  var slots: JSONValue = []
  var decisions: JSONValue = []
  var events: JSONValue = []
  var certificates: JSONValue = []
  /// The log's key and its newest checkpoint; empty before there are any.
  var log: JSONValue = [:]
  /// What the program and its record use.
  var process: JSONValue = [:]

  /// How far back slots are shown, and how many rows of everything else.
  private static let slotsFor = Duration.hours(48)
  private static let rows = 60

  /// Blocks for as long as a handful of short queries take.
  static func read(path: String, site: Site, now: UTCInstant) throws(StoreError) -> RecordForPages {
    let reader = try RecordReader(path: path)
    var record = RecordForPages()
    record.slots = .array(try reader.slots(from: now - Self.slotsFor).map(Self.json))
    record.decisions = .array(
      try reader.newestDecisions(Self.rows).map { Self.json($0, site: site, now: now) })
    record.events = .array(try reader.newestEvents(Self.rows).map { Self.json($0, site: site) })
    record.certificates = .array(
      try reader.newestCertificates(Self.rows).map { entry in
        let data = (try? JSONValue.parse(entry.data, limits: JSONLimits(keepsBigIntegers: true))) ?? nil
        return [
          "seq": .integer(entry.sequence), "kind": data["kind"] ?? nil,
          "issued_at": data["issued_at"] ?? .string(entry.issuedAt),
          "payload_hash": .string(entry.payloadHash), "cert_hash": .string(entry.certificateHash),
        ]
      })
    record.process = Self.process(path)
    let log = try SQLiteLog(path: path)
    if let genesis = try log.certificate(1).flatMap({ Genesis($0.data) }), let note = try log.newestNote() {
      record.log = ["key": .string(genesis.key.text), "checkpoint": .string(note)]
    }
    return record
  }

  /// The database with its write-ahead log, where it lies, and this process.
  private static func process(_ path: String) -> JSONValue {
    var members: [JSONValue.Member] = [.init("started_at", .string(ISO8601.string(Self.startedAt)))]
    if let facts = ProcessFacts.read() {
      members += [
        .init("resident_bytes", .integer(Int64(clamping: facts.residentBytes))),
        .init("threads", .integer(Int64(facts.threads))), .init("cpu_s", .number(facts.cpuSeconds)),
      ]
    }
    let sizes = [path, path + "-wal"].compactMap { fileSize(of: $0) }
    members.append(.init("record_bytes", .integer(sizes.reduce(0) { $0 + min($1, 1 << 60) })))
    if let free = freeSpace(at: path) { members.append(.init("free_bytes", .integer(Int64(clamping: free)))) }
    return .object(members)
  }

  private static let startedAt = SystemClock().now().moment.wall

  static func json(_ decision: DecisionRecord, site: Site, now: UTCInstant) -> JSONValue {
    let words = ReasonText(site: site, now: Moment(monotonic: MonotonicInstant(milliseconds: 0), wall: now))
    return [
      "at": .string(ISO8601.string(decision.at)), "rig": .string(site.name(of: decision.command.rig)),
      "on": .bool(decision.command.closed), "authority": .string("\(decision.command.authority)"),
      "reason": .string(words.clause(decision.command.reason)),
      "plan": decision.planID.map { .integer($0) } ?? nil,
    ]
  }

  static func json(_ event: EventRecord, site: Site) -> JSONValue {
    [
      "at": .string(ISO8601.string(event.at)), "kind": .string(event.kind.rawValue),
      "rig": event.rig.map { .string(site.name(of: $0)) } ?? nil, "text": .string(event.text),
    ]
  }

  static func json(_ slot: SlotRecord) -> JSONValue {
    func figure(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? nil }
    return [
      "start": .string(ISO8601.string(slot.slot.start)), "end": .string(ISO8601.string(slot.slot.end)),
      "gap_s": .integer(slot.gapMilliseconds / 1000), "imported_kwh": figure(slot.imported?.value),
      "exported_kwh": figure(slot.exported?.value), "generated_kwh": figure(slot.generated?.value),
      "rigs_kwh": figure(slot.rigs?.value), "rig_hours": .number(slot.rigHours),
      "import_price": figure(slot.importPrice), "export_price": figure(slot.exportPrice),
      "carbon_g_per_kwh": figure(slot.carbon), "plan": slot.planID.map { .integer($0) } ?? nil,
      "planned_rig_hours": figure(slot.plannedRigHours),
      "planned_import_kwh": figure(slot.plannedImport?.value),
      "planned_cost": figure(slot.plannedCost?.value), "planned_co2_kg": figure(slot.plannedCO2?.value),
    ]
  }
}
