/// The statements of a commit, prepared once.
struct RecordStatements: ~Copyable {
  let begin: SQLiteStatement
  let commit: SQLiteStatement
  let rollback: SQLiteStatement
  let sequence: SQLiteStatement
  let insertPlan: SQLiteStatement
  let prunePlans: SQLiteStatement
  let insertDecision: SQLiteStatement
  let insertEvent: SQLiteStatement
  let insertSlot: SQLiteStatement
  let insertSlotMeter: SQLiteStatement
  let insertSlotBank: SQLiteStatement
  let insertForecast: SQLiteStatement
  let pruneForecasts: SQLiteStatement
  let insertGeneration: SQLiteStatement
  let pruneGeneration: SQLiteStatement
  let putJob: SQLiteStatement
  let insertJobStep: SQLiteStatement
  let updateState: SQLiteStatement
  let lastCertificate: SQLiteStatement
  let insertCertificate: SQLiteStatement
  let insertNode: SQLiteStatement
  let insertCheckpoint: SQLiteStatement

  static func prepare(
    on connection: borrowing SQLiteConnection
  ) throws(SQLiteConnection.Failure) -> RecordStatements {
    try RecordStatements(
      begin: connection.prepare("BEGIN IMMEDIATE"), commit: connection.prepare("COMMIT"),
      rollback: connection.prepare("ROLLBACK"), sequence: connection.prepare("SELECT sequence FROM state"),
      insertPlan: connection.prepare("INSERT INTO plans VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      // By id, so that its cost does not grow with the record: plans are made in the order of their numbers.
      prunePlans: connection.prepare(
        "DELETE FROM plans WHERE id <= (SELECT min(id) + 7 FROM plans) AND made_at_ms < ?"),
      insertDecision: connection.prepare(
        """
        INSERT INTO decisions (at_ms, plan_id, bank, rig, closed, authority, reason_json)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """),
      insertEvent: connection.prepare(
        "INSERT INTO events (at_ms, kind, bank, rig, text) VALUES (?, ?, ?, ?, ?)"),
      insertSlot: connection.prepare(
        "INSERT INTO slots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      insertSlotMeter: connection.prepare("INSERT INTO slot_meters VALUES (?, ?, ?, ?, ?, ?, ?)"),
      insertSlotBank: connection.prepare("INSERT INTO slot_banks VALUES (?, ?, ?)"),
      insertForecast: connection.prepare("INSERT OR REPLACE INTO forecasts VALUES (?, ?, ?)"),
      pruneForecasts: connection.prepare("DELETE FROM forecasts WHERE made_at_ms < ?"),
      insertGeneration: connection.prepare("INSERT OR REPLACE INTO generated_hours VALUES (?, ?)"),
      pruneGeneration: connection.prepare("DELETE FROM generated_hours WHERE start_ms < ?"),
      putJob: connection.prepare(
        """
        INSERT OR REPLACE INTO jobs VALUES
        (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """),
      insertJobStep: connection.prepare(
        "INSERT INTO job_steps (at_ms, id, added_at_ms, from_state, to_state, text) VALUES (?, ?, ?, ?, ?, ?)"
      ),
      updateState: connection.prepare(
        """
        UPDATE state SET sequence = ?1, restored_size = NULL, checkpoint = coalesce(?3, checkpoint),
          newest_record_ms = coalesce(max(newest_record_ms, ?2), newest_record_ms, ?2)
        """),
      lastCertificate: connection.prepare(
        "SELECT seq, cert_hash FROM certificates ORDER BY seq DESC LIMIT 1"),
      insertCertificate: connection.prepare(
        "INSERT INTO certificates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      insertNode: connection.prepare("INSERT INTO certificate_nodes VALUES (?, ?, ?)"),
      insertCheckpoint: connection.prepare("INSERT INTO checkpoints VALUES (?, ?)"))
  }
}
