public import Certificates
import Cryptography
public import PeerProtocol
public import Ports
import Quantities

/// What a site remembers of its peers, in a database beside its record: a peer's traffic never waits for the record, nor
/// the record for it. Several processes may have it open.
public final class SQLitePeerStore: PeerStore {
  private static let applicationID: Int64 = 0x5269_6750
  private static let version: Int64 = 1
  /// Old checkpoints with cosignatures that are kept.
  private static let cosignedKept = 1000
  private static let forksKept = 100

  private static let schema = """
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS peers (
      node TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, address TEXT NOT NULL, enrolled_at_ms INTEGER NOT NULL,
      expires_ms INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS invitations (
      key TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL, enrolled_until_ms INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS net_records (node TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS witnessed (origin TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS cosigned (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS forks (
      id INTEGER PRIMARY KEY, node TEXT NOT NULL, found_at_ms INTEGER NOT NULL, cosigned TEXT NOT NULL,
      offered TEXT NOT NULL, is_proof INTEGER NOT NULL, UNIQUE (cosigned, offered)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS life (only INTEGER PRIMARY KEY CHECK (only = 1), incarnation INTEGER NOT NULL) STRICT;
    INSERT OR IGNORE INTO life VALUES (1, 0);
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    COMMIT;
    """

  private let connection: SQLiteConnection

  public init(path: String) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      let connection = try SQLiteConnection(path: path, vfs: nil)
      let application = try connection.integer("PRAGMA application_id") ?? 0
      let version = try connection.integer("PRAGMA user_version") ?? 0
      guard application == 0 || application == Self.applicationID else {
        throw .foreign("it belongs to another program")
      }
      guard version <= Self.version else {
        throw .foreign("it has version \(version) and this program knows up to \(Self.version)")
      }
      try connection.execute("PRAGMA journal_mode = WAL")
      try connection.execute("PRAGMA synchronous = FULL")
      if version < Self.version { try connection.execute(Self.schema) }
      self.connection = connection
    } catch {
      throw StoreError(opening: path, error)
    }
  }

  private func write(_ sql: String, _ values: [SQLValue]) throws(StoreError) {
    do throws(SQLiteConnection.Failure) { try self.connection.prepare(sql).run(values) } catch {
      throw StoreError(committing: error)
    }
  }

  private func read<Value>(
    _ sql: String, _ values: [SQLValue] = [], _ row: (SQLRow) -> Value?
  ) throws(StoreError) -> [Value] {
    do throws(SQLiteConnection.Failure) {
      return try self.connection.prepare(sql).rows(values) { row($0) }.compactMap { $0 }
    } catch {
      throw StoreError(reading: error)
    }
  }

  // MARK: Enrolment

  public func peers() throws(StoreError) -> [EnrolledPeer] {
    try self.read("SELECT node, name, address, enrolled_at_ms, expires_ms FROM peers ORDER BY name") { row in
      guard let node = Self.node(row.text(0)), let name = row.text(1) else { return nil }
      return EnrolledPeer(
        node: node, name: name, address: row.text(2) ?? "",
        enrolledAt: UTCInstant(milliseconds: row.integer(3) ?? 0),
        expires: row.integer(4).map { UTCInstant(milliseconds: $0) })
    }
  }

  private static func node(_ text: String?) -> NodeID? {
    text.flatMap { Hexadecimal.bytes($0) }.flatMap { NodeID(bytes: $0) }
  }

  private static let putPeer = """
    INSERT INTO peers VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (node) DO UPDATE SET name = ?2, address = ?3,
      enrolled_at_ms = ?4, expires_ms = ?5
    """

  private static func values(_ peer: EnrolledPeer) -> [SQLValue] {
    [
      .text(peer.node.text), .text(peer.name), .text(peer.address), .integer(peer.enrolledAt.milliseconds),
      .integer(peer.expires?.milliseconds),
    ]
  }

  public func put(_ peer: EnrolledPeer) throws(StoreError) {
    try self.write(Self.putPeer, Self.values(peer))
  }

  public func enrol(_ peer: EnrolledPeer, by invitation: NodeID) throws(StoreError) -> Bool {
    do throws(SQLiteConnection.Failure) {
      try self.connection.execute("BEGIN IMMEDIATE")
      let open = try self.connection.prepare("SELECT 1 FROM invitations WHERE key = ?").first(
        [.text(invitation.text)]) { $0.integer(0) }
      if open != nil {
        try self.connection.prepare("DELETE FROM invitations WHERE key = ?").run([.text(invitation.text)])
        try self.connection.prepare(Self.putPeer).run(Self.values(peer))
      }
      try self.connection.execute("COMMIT")
      return open != nil
    } catch {
      if self.connection.isInTransaction {
        do throws(SQLiteConnection.Failure) { try self.connection.execute("ROLLBACK") } catch {
          throw StoreError(committing: error)
        }
      }
      throw StoreError(committing: error)
    }
  }

  public func remove(_ node: NodeID) throws(StoreError) {
    try self.write("DELETE FROM peers WHERE node = ?", [.text(node.text)])
  }

  public func invitations() throws(StoreError) -> [OpenInvitation] {
    try self.read("SELECT key, expires_ms, enrolled_until_ms FROM invitations ORDER BY key") { row in
      guard let key = Self.node(row.text(0)) else { return nil }
      return OpenInvitation(
        key: key, expires: UTCInstant(milliseconds: row.integer(1) ?? 0),
        enrolledUntil: row.integer(2).map { UTCInstant(milliseconds: $0) })
    }
  }

  public func add(_ invitation: OpenInvitation) throws(StoreError) {
    try self.write(
      "INSERT INTO invitations VALUES (?, ?, ?)",
      [
        .text(invitation.key.text), .integer(invitation.expires.milliseconds),
        .integer(invitation.enrolledUntil?.milliseconds),
      ])
  }

  // MARK: Net output

  public func nextIncarnation() throws(StoreError) -> UInt64 {
    try self.write("UPDATE life SET incarnation = incarnation + 1", [])
    return try self.read("SELECT incarnation FROM life") { $0.integer(0) }.first
      .flatMap { UInt64(exactly: $0) } ?? 1
  }

  public func keep(_ records: [NetRecord]) throws(StoreError) {
    do throws(SQLiteConnection.Failure) {
      try self.connection.execute("BEGIN IMMEDIATE; DELETE FROM net_records")
      let insert = try self.connection.prepare("INSERT INTO net_records VALUES (?, ?)")
      for record in records { try insert.run([.text(record.node.text), .blob(record.encoded)]) }
      try self.connection.execute("COMMIT")
    } catch {
      if self.connection.isInTransaction {
        do throws(SQLiteConnection.Failure) { try self.connection.execute("ROLLBACK") } catch {
          throw StoreError(committing: error)
        }
      }
      throw StoreError(committing: error)
    }
  }

  public func records() throws(StoreError) -> [NetRecord] {
    try self.read("SELECT record FROM net_records ORDER BY node") { row in
      do throws(WireError) { return try NetRecord(encoded: row.blob(0) ?? []) } catch { return nil }
    }
  }

  // MARK: Certificates

  private static func note(_ text: String?) -> SignedNote? {
    do throws(NoteError) { return try SignedNote(text ?? "") } catch { return nil }
  }

  public func witnessed(_ origin: String) throws(StoreError) -> SignedNote? {
    try self.read("SELECT note FROM witnessed WHERE origin = ?", [.text(origin)]) { Self.note($0.text(0)) }
      .first
  }

  public func keepWitnessed(_ note: SignedNote, origin: String) throws(StoreError) {
    try self.write("INSERT OR REPLACE INTO witnessed VALUES (?, ?)", [.text(origin), .text(note.text)])
  }

  public func keepCosigned(_ note: SignedNote, size: Int64) throws(StoreError) {
    try self.write("INSERT OR REPLACE INTO cosigned VALUES (?, ?)", [.integer(size), .text(note.text)])
    try self.write(
      "DELETE FROM cosigned WHERE size NOT IN (SELECT size FROM cosigned ORDER BY size DESC LIMIT ?)",
      [.integer(Self.cosignedKept)])
  }

  public func newestCosigned() throws(StoreError) -> SignedNote? {
    try self.read("SELECT note FROM cosigned ORDER BY size DESC LIMIT 1") { Self.note($0.text(0)) }.first
  }

  public func keep(_ fork: KeptFork) throws(StoreError) {
    // The first ones say everything; what a dishonest site sends after them must not fill the medium.
    try self.write(
      """
      INSERT OR IGNORE INTO forks (node, found_at_ms, cosigned, offered, is_proof)
      SELECT ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM forks WHERE node = ?1) < \(Self.forksKept)
      """,
      [
        .text(fork.node.text), .integer(fork.foundAt.milliseconds), .text(fork.evidence.cosigned.text),
        .text(fork.evidence.offered.text), .integer(fork.isProof ? 1 : 0),
      ])
  }

  public func forks() throws(StoreError) -> [KeptFork] {
    try self.read("SELECT node, found_at_ms, cosigned, offered, is_proof FROM forks ORDER BY id") { row in
      guard let node = Self.node(row.text(0)), let cosigned = Self.note(row.text(2)),
        let offered = Self.note(row.text(3))
      else { return nil }
      return KeptFork(
        node: node, foundAt: UTCInstant(milliseconds: row.integer(1) ?? 0),
        evidence: ForkEvidence(cosigned: cosigned, offered: offered), isProof: row.integer(4) == 1)
    }
  }
}
