/// The shape of the database, step by step from the first version on. A step is never changed once released: what is
/// wrong in one is put right by the next.
enum RecordSchema {
  /// `RigS`, so that `file` and a careful program know whose database this is.
  static let applicationID: Int64 = 0x5269_6753

  /// Version `n` is what the first `n` steps make.
  static let steps = [Self.first, Self.forecasts, Self.jobs, Self.log]

  static var version: Int64 { Int64(Self.steps.count) }

  /// What was forecast and what came, hour by hour.
  private static let forecasts = """
    CREATE TABLE forecasts (
      made_at_ms INTEGER NOT NULL,
      start_ms INTEGER NOT NULL,
      power_kw REAL NOT NULL,
      PRIMARY KEY (made_at_ms, start_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE generated_hours (
      start_ms INTEGER PRIMARY KEY,
      generated_kwh REAL NOT NULL
    ) STRICT;
    CREATE VIEW forecast_errors AS
      SELECT strftime('%Y-%m-%dT%H:%MZ', made_at_ms / 1000, 'unixepoch') AS made_at,
        (forecasts.start_ms - made_at_ms) / 3600000 AS lead_hours,
        strftime('%Y-%m-%dT%H:%MZ', forecasts.start_ms / 1000, 'unixepoch') AS start,
        power_kw AS forecast_kw, generated_kwh AS generated_kw, generated_kwh - power_kw AS error_kw
      FROM forecasts JOIN generated_hours ON generated_hours.start_ms = forecasts.start_ms;
    """

  /// Times are milliseconds since 1970 UTC; the `*_readable` views show them as dates. Rigs and banks count from 0.
  private static let first = """
    CREATE TABLE state (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      sequence INTEGER NOT NULL,
      newest_record_ms INTEGER,
      checkpoint BLOB
    ) STRICT;
    INSERT INTO state VALUES (1, 0, NULL, NULL);

    CREATE TABLE plans (
      id INTEGER PRIMARY KEY,
      made_at_ms INTEGER NOT NULL,
      horizon_start_ms INTEGER NOT NULL,
      horizon_end_ms INTEGER NOT NULL,
      status TEXT NOT NULL,
      cause TEXT NOT NULL,
      problem_json TEXT NOT NULL,
      plan_json TEXT NOT NULL
    ) STRICT;

    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      plan_id INTEGER,
      bank INTEGER NOT NULL,
      rig INTEGER NOT NULL,
      closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
      authority INTEGER NOT NULL,
      reason_json TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decisions_by_rig ON decisions (bank, rig, id);

    CREATE TABLE events (
      id INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      kind TEXT NOT NULL,
      bank INTEGER,
      rig INTEGER,
      text TEXT NOT NULL
    ) STRICT;

    CREATE TABLE slots (
      start_ms INTEGER PRIMARY KEY,
      end_ms INTEGER NOT NULL CHECK (end_ms > start_ms),
      gap_ms INTEGER NOT NULL,
      imported_kwh REAL,
      exported_kwh REAL,
      generated_kwh REAL,
      rigs_kwh REAL,
      import_price_per_kwh REAL,
      export_price_per_kwh REAL,
      carbon_g_per_kwh REAL,
      plan_id INTEGER,
      planned_rig_hours REAL,
      planned_import_kwh REAL
    ) STRICT;
    CREATE TABLE slot_meters (
      start_ms INTEGER NOT NULL REFERENCES slots,
      meter INTEGER NOT NULL,
      gap_ms INTEGER NOT NULL,
      forward_at_start_kwh REAL,
      reverse_at_start_kwh REAL,
      forward_at_end_kwh REAL,
      reverse_at_end_kwh REAL,
      PRIMARY KEY (start_ms, meter)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE slot_banks (
      start_ms INTEGER NOT NULL REFERENCES slots,
      bank INTEGER NOT NULL,
      relay_ms INTEGER NOT NULL,
      PRIMARY KEY (start_ms, bank)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW plans_readable AS
      SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', made_at_ms / 1000.0, 'unixepoch') AS made_at,
        strftime('%Y-%m-%dT%H:%MZ', horizon_start_ms / 1000, 'unixepoch') AS horizon_start,
        strftime('%Y-%m-%dT%H:%MZ', horizon_end_ms / 1000, 'unixepoch') AS horizon_end, status, cause
      FROM plans;
    CREATE VIEW decisions_readable AS
      SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, bank, rig,
        iif(closed, 'on', 'off') AS switched, authority, reason_json, plan_id
      FROM decisions;
    CREATE VIEW events_readable AS
      SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, kind, bank, rig, text FROM events;
    CREATE VIEW slots_readable AS
      SELECT strftime('%Y-%m-%dT%H:%MZ', start_ms / 1000, 'unixepoch') AS start, (end_ms - start_ms) / 60000.0 AS minutes,
        gap_ms / 60000.0 AS gap_minutes, imported_kwh, exported_kwh, generated_kwh, rigs_kwh,
        (SELECT sum(relay_ms) FROM slot_banks WHERE slot_banks.start_ms = slots.start_ms) / 3600000.0 AS rig_hours,
        planned_rig_hours, planned_import_kwh, import_price_per_kwh, export_price_per_kwh, carbon_g_per_kwh, plan_id
      FROM slots;
    """

  /// A name may come again once its job has ended, so a job is its name and when it was taken.
  private static let jobs = """
    CREATE TABLE jobs (
      id TEXT NOT NULL,
      added_at_ms INTEGER NOT NULL,
      state TEXT NOT NULL,
      is_settled INTEGER NOT NULL CHECK (is_settled IN (0, 1)),
      bank TEXT NOT NULL,
      rig_hours REAL NOT NULL,
      rig_hours_done REAL NOT NULL,
      maximum_rigs INTEGER NOT NULL,
      release_ms INTEGER NOT NULL,
      deadline_ms INTEGER NOT NULL,
      interruptible INTEGER NOT NULL CHECK (interruptible IN (0, 1)),
      critical INTEGER NOT NULL CHECK (critical IN (0, 1)),
      priority TEXT NOT NULL,
      started_at_ms INTEGER,
      ended_at_ms INTEGER,
      planned_cost REAL,
      planned_at_once_cost REAL,
      planned_co2_kg REAL,
      planned_at_once_co2_kg REAL,
      realised_cost REAL,
      realised_at_once_cost REAL,
      realised_co2_kg REAL,
      realised_at_once_co2_kg REAL,
      record_json TEXT NOT NULL,
      PRIMARY KEY (id, added_at_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX jobs_by_settled ON jobs (is_settled, added_at_ms);

    CREATE TABLE job_steps (
      number INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      id TEXT NOT NULL,
      added_at_ms INTEGER NOT NULL,
      from_state TEXT,
      to_state TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX job_steps_by_job ON job_steps (id, added_at_ms, number);

    CREATE VIEW jobs_readable AS
      SELECT id, state, bank, rig_hours, round(rig_hours_done, 3) AS rig_hours_done,
        strftime('%Y-%m-%dT%H:%MZ', release_ms / 1000, 'unixepoch') AS release,
        strftime('%Y-%m-%dT%H:%MZ', deadline_ms / 1000, 'unixepoch') AS deadline, priority, critical,
        strftime('%Y-%m-%dT%H:%M:%SZ', started_at_ms / 1000, 'unixepoch') AS started_at,
        strftime('%Y-%m-%dT%H:%M:%SZ', ended_at_ms / 1000, 'unixepoch') AS ended_at,
        planned_at_once_cost - planned_cost AS planned_saving,
        realised_at_once_cost - realised_cost AS realised_saving
      FROM jobs;
    CREATE VIEW job_steps_readable AS
      SELECT number, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, id, from_state, to_state, text
      FROM job_steps;
    """

  /// The log. `kind`, slot and plan repeat what `data_json` says, to find entries by. `certificate_nodes` holds the inner
  /// nodes of the tree; leaves are hashes of `data_json`. The view has GridShift's name and columns.
  private static let log = """
    CREATE TABLE certificates (
      seq INTEGER PRIMARY KEY,
      issued_at TEXT NOT NULL,
      prev_hash TEXT NOT NULL,
      payload_hash TEXT NOT NULL,
      cert_hash TEXT NOT NULL,
      data_json TEXT NOT NULL,
      kind TEXT NOT NULL,
      slot_start_ms INTEGER,
      slot_end_ms INTEGER,
      plan_id INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX certificates_by_slot ON certificates (slot_start_ms) WHERE slot_start_ms IS NOT NULL;
    CREATE UNIQUE INDEX certificates_by_plan ON certificates (plan_id) WHERE plan_id IS NOT NULL;
    CREATE TABLE certificate_nodes (
      level INTEGER NOT NULL CHECK (level > 0),
      position INTEGER NOT NULL,
      hash BLOB NOT NULL,
      PRIMARY KEY (level, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE checkpoints (
      size INTEGER PRIMARY KEY,
      note TEXT NOT NULL
    ) STRICT;
    CREATE VIEW energy_certificates AS
      SELECT seq, issued_at, prev_hash, payload_hash, cert_hash, data_json FROM certificates;

    ALTER TABLE state ADD COLUMN restored_size INTEGER;
    ALTER TABLE slots ADD COLUMN planned_cost REAL;
    ALTER TABLE slots ADD COLUMN planned_co2_kg REAL;
    """
}
