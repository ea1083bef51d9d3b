import Jobs
public import Ports
import Quantities

/// The record of a site in an SQLite database: write-ahead log, every commit synced. Blocks its caller for as long as
/// the medium takes; used by one thread at a time. While it is open, other programs may read the database, and
/// another store of the same file is refused.
public final class SQLiteStore: Store {
  /// What a commit waits for.
  package enum Durability: String {
    /// Until the medium has it (`synchronous=FULL`).
    case full = "FULL"
    /// Nothing. Only to show that the tests of durability see its absence.
    case none = "OFF"
  }

  /// The write-ahead log shrinks to this after a checkpoint.
  private static let keptLogBytes = 4 << 20

  let connection: SQLiteConnection
  let statements: RecordStatements
  private let lock: OwnershipLock
  private let plansKept: Duration?

  /// Opens the database at `path`, creating it or bringing an older version's up to date. The folder must exist.
  /// Plans older than `plansKept` are removed as newer ones come; what they expected of a slot stays with the slot.
  public convenience init(path: String, plansKept: Duration? = nil) throws(StoreError) {
    try self.init(path: path, vfs: nil, durability: .full, plansKept: plansKept)
  }

  package init(path: String, vfs: String?, durability: Durability, plansKept: Duration? = nil)
    throws(StoreError)
  {
    self.plansKept = plansKept
    let lock = try OwnershipLock(databasePath: path)
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(path: path, vfs: vfs)
      let version = try Self.checkedVersion(of: connection, path: path)
      try Self.configure(connection, durability)
      try Self.migrate(connection, at: path, from: version)
      self.statements = try RecordStatements.prepare(on: connection)
      self.connection = connection
      self.lock = lock
    } catch {
      throw StoreError(opening: path, error)
    }
  }

  public func commit(_ batch: RecordBatch) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      try self.statements.begin.run()
      let last = try self.statements.sequence.first([]) { $0.integer(0) } ?? nil
      if batch.sequence > last ?? 0 {
        try self.write(batch)
        try self.statements.commit.run()
      } else {
        try self.statements.rollback.run()
      }
    } catch {
      self.abandonTransaction()
      throw StoreError(committing: error)
    }
  }

  /// Ends a transaction that a failure left open. When that fails too, the next commit's BEGIN says so.
  private func abandonTransaction() {
    guard self.connection.isInTransaction else { return }
    do throws(SQLiteConnection.Failure) { try self.statements.rollback.run() } catch { return }
  }

  // MARK: Opening

  /// The version of the database, 0 for a new one; refuses other programs' files before anything is written to them.
  private static func checkedVersion(
    of connection: borrowing SQLiteConnection, path: String
  ) throws(SQLiteConnection.Failure) -> Int64 {
    let application = try connection.integer("PRAGMA application_id") ?? 0
    let version = try connection.integer("PRAGMA user_version") ?? 0
    let isEmpty = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
    guard application == RecordSchema.applicationID || (isEmpty && application == 0 && version == 0) else {
      throw .foreign("it belongs to another program")
    }
    guard (0...RecordSchema.version).contains(version) else {
      throw .foreign("it has version \(version) and this program knows up to \(RecordSchema.version)")
    }
    return version
  }

  private static func configure(
    _ connection: borrowing SQLiteConnection, _ durability: Durability
  ) throws(SQLiteConnection.Failure) {
    try connection.execute("PRAGMA journal_mode = WAL")
    try connection.execute("PRAGMA synchronous = \(durability.rawValue)")
    try connection.execute("PRAGMA journal_size_limit = \(Self.keptLogBytes)")
    try connection.execute("PRAGMA foreign_keys = ON")
  }

  private static func migrate(
    _ connection: borrowing SQLiteConnection, at path: String, from version: Int64
  ) throws(SQLiteConnection.Failure) {
    guard version < RecordSchema.version else { return }
    if version > 0 { try DatabaseCopy.make(of: connection, at: "\(path).version-\(version)") }
    let steps = RecordSchema.steps.dropFirst(Int(version)).joined(separator: "\n")
    try connection.execute(
      """
      BEGIN IMMEDIATE;
      \(steps)
      PRAGMA application_id = \(RecordSchema.applicationID);
      PRAGMA user_version = \(RecordSchema.version);
      COMMIT;
      """)
  }

  // MARK: Writing

  /// Writes everything of a batch inside the open transaction, with what the log says of it.
  private func write(_ batch: RecordBatch) throws(SQLiteConnection.Failure) {
    for plan in batch.plans {
      try self.statements.insertPlan.run(RecordRows.values(plan))
      if let kept = self.plansKept {
        try self.statements.prunePlans.run([.integer((plan.madeAt - kept).milliseconds)])
      }
    }
    for decision in batch.decisions { try self.statements.insertDecision.run(RecordRows.values(decision)) }
    for event in batch.events { try self.statements.insertEvent.run(RecordRows.values(event)) }
    for slot in batch.slots {
      try self.statements.insertSlot.run(RecordRows.values(slot))
      for meter in try RecordRows.meterValues(slot) { try self.statements.insertSlotMeter.run(meter) }
      for bank in RecordRows.bankValues(slot) { try self.statements.insertSlotBank.run(bank) }
    }
    for forecast in batch.forecasts {
      for row in RecordRows.values(forecast) { try self.statements.insertForecast.run(row) }
      try self.statements.pruneForecasts.run([.integer(Self.oldestKept(forecast.madeAt))])
    }
    for hour in batch.generation {
      try self.statements.insertGeneration.run([
        .integer(hour.start.milliseconds), .real(hour.generated.value),
      ])
      try self.statements.pruneGeneration.run([.integer(Self.oldestKept(hour.start))])
    }
    for job in batch.jobs { try self.statements.putJob.run(try JobRows.values(job)) }
    for step in batch.jobSteps { try self.statements.insertJobStep.run(JobRows.values(step)) }
    if let log = batch.log { try self.write(log) }
    try self.statements.updateState.run([
      .integer(batch.sequence), .integer(batch.newestRecord?.milliseconds),
      batch.checkpoint.map { .blob($0) } ?? .null,
    ])
  }
}

extension SQLiteStore {
  private static func oldestKept(_ newest: UTCInstant) -> Int64 {
    (newest - .hours(24 * ForecastRecord.daysKept)).milliseconds
  }
}

extension RecordBatch {
  /// The newest wall time of any record in the batch.
  fileprivate var newestRecord: UTCInstant? {
    let instants =
      self.plans.map(\.madeAt) + self.decisions.map(\.at) + self.events.map(\.at) + self.slots.map(\.slot.end)
      + self.jobSteps.map(\.at)
    return instants.max()
  }
}
