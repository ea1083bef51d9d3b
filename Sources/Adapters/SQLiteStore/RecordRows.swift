import Control
import FoundationEssentials
import Ports
import Quantities
import SiteModel

/// Records as rows and back. Columns are in the order of `RecordSchema`.
enum RecordRows {
  typealias Failure = SQLiteConnection.Failure

  // MARK: Into the database

  static func values(_ plan: PlanRecord) -> [SQLValue] {
    [
      .integer(plan.id), .integer(plan.madeAt.milliseconds), .integer(plan.horizon.start.milliseconds),
      .integer(plan.horizon.end.milliseconds), .text(plan.status), .text(plan.cause), .text(plan.problemJSON),
      .text(plan.planJSON),
    ]
  }

  static func values(_ decision: DecisionRecord) throws(Failure) -> [SQLValue] {
    let command = decision.command
    return [
      .integer(decision.at.milliseconds), .integer(decision.planID), .integer(command.rig.bank),
      .integer(command.rig.rig), .integer(command.closed ? 1 : 0), .integer(command.authority.rawValue),
      .text(try Self.json(command.reason)),
    ]
  }

  static func values(_ event: EventRecord) -> [SQLValue] {
    [
      .integer(event.at.milliseconds), .text(event.kind.rawValue), .integer(event.rig.map { Int64($0.bank) }),
      .integer(event.rig.map { Int64($0.rig) }), .text(event.text),
    ]
  }

  static func values(_ slot: SlotRecord) -> [SQLValue] {
    [
      .integer(slot.slot.start.milliseconds), .integer(slot.slot.end.milliseconds),
      .integer(slot.gapMilliseconds),
      .real(slot.imported?.value), .real(slot.exported?.value), .real(slot.generated?.value),
      .real(slot.rigs?.value),
      .real(slot.importPrice), .real(slot.exportPrice), .real(slot.carbon), .integer(slot.planID),
      .real(slot.plannedRigHours), .real(slot.plannedImport?.value), .real(slot.plannedCost?.value),
      .real(slot.plannedCO2?.value),
    ]
  }

  /// One row for each site meter; fails when the slot does not speak of the same meters throughout.
  static func meterValues(_ slot: SlotRecord) throws(Failure) -> [[SQLValue]] {
    let count = slot.countersAtStart.count
    guard slot.countersAtEnd.count == count, slot.meterGapMilliseconds.count == count else {
      throw .inconsistent(
        "the slot at \(ISO8601.string(slot.slot.start)) has meters without both counters and gaps")
    }
    return (0..<count).map { meter in
      [
        .integer(slot.slot.start.milliseconds), .integer(meter), .integer(slot.meterGapMilliseconds[meter]),
        .real(slot.countersAtStart[meter].forward?.value), .real(slot.countersAtStart[meter].reverse?.value),
        .real(slot.countersAtEnd[meter].forward?.value), .real(slot.countersAtEnd[meter].reverse?.value),
      ]
    }
  }

  static func bankValues(_ slot: SlotRecord) -> [[SQLValue]] {
    slot.relayMilliseconds.enumerated().map { bank, milliseconds in
      [.integer(slot.slot.start.milliseconds), .integer(bank), .integer(milliseconds)]
    }
  }

  /// One row for each hour ahead.
  static func values(_ forecast: ForecastRecord) -> [[SQLValue]] {
    forecast.power.enumerated().map { hour, power in
      [
        .integer(forecast.madeAt.milliseconds),
        .integer((forecast.madeAt + .hours(hour)).milliseconds), .real(power.value),
      ]
    }
  }

  // MARK: Out of the database

  static func plan(_ row: SQLRow) throws(Failure) -> PlanRecord {
    guard let id = row.integer(0), let madeAt = Self.instant(row, 1), let start = Self.instant(row, 2),
      let end = Self.instant(row, 3), let horizon = Slot(start: start, end: end), let status = row.text(4),
      let cause = row.text(5), let problem = row.text(6), let plan = row.text(7)
    else { throw .unreadable("a plan cannot be read back") }
    return PlanRecord(
      id: id, madeAt: madeAt, horizon: horizon, status: status, cause: cause, problemJSON: problem,
      planJSON: plan)
  }

  static let decisionColumns = "at_ms, plan_id, bank, rig, closed, authority, reason_json"

  /// Reads `decisionColumns`.
  static func decision(_ row: SQLRow) throws(Failure) -> DecisionRecord {
    guard let at = Self.instant(row, 0), let rig = Self.rig(row, 2), let closed = row.integer(4),
      let authority = row.integer(5).flatMap({ Int(exactly: $0) }).flatMap(Authority.init(rawValue:)),
      let reason = row.text(6)
    else { throw .unreadable("a decision cannot be read back") }
    let command = RelayCommand(
      rig: rig, closed: closed != 0, authority: authority, reason: try Self.reason(reason))
    return DecisionRecord(at: at, planID: row.integer(1), command: command)
  }

  static let eventColumns = "at_ms, kind, bank, rig, text"

  /// Reads `eventColumns`.
  static func event(_ row: SQLRow) throws(Failure) -> EventRecord {
    guard let at = Self.instant(row, 0), let kind = row.text(1).flatMap(EventKind.init(rawValue:)),
      let text = row.text(4)
    else { throw .unreadable("an event cannot be read back") }
    return EventRecord(at: at, kind: kind, rig: Self.rig(row, 2), text: text)
  }

  /// Slots that meet `condition`, with the time of closed relay of each bank; their meters are left out.
  static func slots(
    _ condition: String, _ values: [SQLValue], on connection: borrowing SQLiteConnection
  ) throws(Failure) -> [SlotRecord] {
    var records = try connection.prepare("SELECT * FROM slots \(condition)").rows(values, Self.slot)
    let banks = try connection.prepare("SELECT relay_ms FROM slot_banks WHERE start_ms = ? ORDER BY bank")
    for index in records.indices {
      let key = SQLValue.integer(records[index].slot.start.milliseconds)
      records[index].relayMilliseconds = try banks.rows([key]) { $0.integer(0) ?? 0 }
    }
    return records
  }

  /// Reads a row of `slots`; meters and banks are in tables of their own.
  static func slot(_ row: SQLRow) throws(Failure) -> SlotRecord {
    guard let start = Self.instant(row, 0), let end = Self.instant(row, 1),
      let slot = Slot(start: start, end: end),
      let gap = row.integer(2)
    else { throw .unreadable("a slot cannot be read back") }
    var record = SlotRecord(slot: slot, banks: 0, meters: 0)
    record.gapMilliseconds = gap
    record.imported = Self.energy(row, 3)
    record.exported = Self.energy(row, 4)
    record.generated = Self.energy(row, 5)
    record.rigs = Self.energy(row, 6)
    record.importPrice = row.real(7)
    record.exportPrice = row.real(8)
    record.carbon = row.real(9)
    record.planID = row.integer(10)
    record.plannedRigHours = row.real(11)
    record.plannedImport = Self.energy(row, 12)
    record.plannedCost = row.real(13).flatMap { Money(checking: $0) }
    record.plannedCO2 = row.real(14).flatMap { KilogramsCO2(checking: $0) }
    return record
  }

  /// Adds a row `start_ms, meter, gap_ms, ...` of `slot_meters` to its slot. Rows come in order of the meter.
  static func addMeter(_ row: SQLRow, to record: inout SlotRecord) {
    record.meterGapMilliseconds.append(row.integer(2) ?? 0)
    record.countersAtStart.append(CounterPair(forward: Self.energy(row, 3), reverse: Self.energy(row, 4)))
    record.countersAtEnd.append(CounterPair(forward: Self.energy(row, 5), reverse: Self.energy(row, 6)))
  }

  /// Reads `made_at_ms, power_kw`.
  static func forecastHour(_ row: SQLRow) throws(Failure) -> (madeAt: UTCInstant, power: Kilowatts) {
    guard let madeAt = Self.instant(row, 0), let power = row.real(1).flatMap({ Kilowatts(checking: $0) })
    else { throw .unreadable("a forecast cannot be read back") }
    return (madeAt, power)
  }

  /// Reads `start_ms, generated_kwh`.
  static func generation(_ row: SQLRow) throws(Failure) -> GenerationRecord {
    guard let start = Self.instant(row, 0), let generated = Self.energy(row, 1) else {
      throw .unreadable("an hour's generation cannot be read back")
    }
    return GenerationRecord(start: start, generated: generated)
  }

  static func instant(_ row: SQLRow, _ column: Int32) -> UTCInstant? {
    row.integer(column).map { UTCInstant(milliseconds: $0) }
  }

  private static func energy(_ row: SQLRow, _ column: Int32) -> KilowattHours? {
    row.real(column).flatMap { KilowattHours(checking: $0) }
  }

  private static func rig(_ row: SQLRow, _ column: Int32) -> RigID? {
    guard let bank = row.integer(column).flatMap({ Int(exactly: $0) }),
      let rig = row.integer(column + 1).flatMap({ Int(exactly: $0) })
    else { return nil }
    return RigID(bank: bank, rig: rig)
  }

  // MARK: Reasons

  private static func json(_ reason: Reason) throws(Failure) -> String {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(reason), as: UTF8.self)
    } catch {
      throw .inconsistent("a reason cannot be written as JSON: \(error)")
    }
  }

  private static func reason(_ json: String) throws(Failure) -> Reason {
    do {
      return try JSONDecoder().decode(Reason.self, from: Data(json.utf8))
    } catch {
      throw .unreadable("the reason \(json) cannot be read back")
    }
  }
}
