import CSQLite
import Certificates
import Cryptography
import Foundation
import JSONText
import ProgramTesting
import Quantities
import Testing

/// The database of a simulated site, made once by the program itself. `EVIDENCE_DAYS` in the environment asks for more
/// days than one and a half thousand entries need: 30 is the month that a full check takes.
struct SimulatedRecord: Sendable {
  let folder: TemporaryFolder
  let database: String
  /// The log's key, as the program prints it.
  let key: String

  static let site = PackageFiles.example("yokohama.toml")
  private static let days = ProcessInfo.processInfo.environment["EVIDENCE_DAYS"] ?? "2"
  private static let made = Task { try await Self.make(seed: "1") }
  private static let other = Task { try await Self.make(seed: "2", days: "1") }

  static func shared() async throws -> SimulatedRecord { try await Self.made.value }
  /// Another site's.
  static func stranger() async throws -> SimulatedRecord { try await Self.other.value }

  private static func make(seed: String, days: String = days) async throws -> SimulatedRecord {
    let folder = try TemporaryFolder()
    let database = "\(folder.path)/yokohama.sqlite"
    let run = try await Program.run([
      "simulate", "--site", Self.site, "--days", days, "--seed", seed, "--planner", "lp", "--faults", "some",
      "--record", database, "--json",
    ])
    guard run.status == .exited(0) else { throw Failure(text: run.errorText) }
    let key = try await Program.run(["certificates", "key", "--database", database])
    return SimulatedRecord(
      folder: folder, database: database, key: key.text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  struct Failure: Error { var text: String }

  /// A copy to do something to.
  func copy() throws -> TamperedRecord {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/copy.sqlite"
    try FileManager.default.copyItem(atPath: self.database, toPath: path)
    return try TamperedRecord(folder: folder, path: path)
  }
}

/// A copy of a database in the hands of somebody who can write to it and has no key.
final class TamperedRecord {
  struct SQLFailure: Error { var text: String }

  let path: String
  private let folder: TemporaryFolder
  private let handle: OpaquePointer

  init(folder: TemporaryFolder, path: String) throws {
    self.folder = folder
    self.path = path
    var handle: OpaquePointer?
    guard sqlite3_open(path, &handle) == SQLITE_OK, let handle else { throw SQLFailure(text: path) }
    self.handle = handle
  }

  deinit { sqlite3_close_v2(self.handle) }

  func run(_ sql: String) throws {
    guard sqlite3_exec(self.handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw SQLFailure(text: String(cString: sqlite3_errmsg(self.handle)))
    }
  }

  func rows(_ sql: String) throws -> [[String]] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(self.handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw SQLFailure(text: String(cString: sqlite3_errmsg(self.handle)))
    }
    defer { sqlite3_finalize(statement) }
    var rows: [[String]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append(
        (0..<sqlite3_column_count(statement)).map { column in
          sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        })
    }
    return rows
  }

  func number(_ sql: String) throws -> Int64 {
    try #require(try self.rows(sql).first?.first.flatMap { Int64($0) }, "\(sql)")
  }

  /// Makes chain and tree anew from number `from` on, over the data as `edit` returns them; nil drops an entry and moves
  /// up what follows. Whoever can write to the database can do this. Checkpoints are left as they are, unless `signing`
  /// signs them anew.
  func rebuild(
    from: Int64, signing key: Ed25519PrivateKey? = nil, _ edit: (Int64, JSONValue) -> JSONValue?
  ) throws {
    let rows = try self.rows(
      "SELECT seq, data_json, kind, slot_start_ms, slot_end_ms, plan_id FROM certificates ORDER BY seq")
    try self.run("BEGIN; DELETE FROM certificates; DELETE FROM certificate_nodes")
    var previous = CertificateChain.firstPrevious
    var tree = TreeFrontier()
    var roots: [Int64: Digest] = [:]
    for row in rows {
      let number = Int64(row[0]) ?? 0
      var value = try JSONValue.parse(Array(row[1].utf8))
      if number >= from {
        guard let edited = edit(number, value) else { continue }
        value = edited.replacing("seq", by: .integer(tree.size + 1))
      }
      let certificate = CertificateChain.link(
        sequence: tree.size + 1, previousHash: previous, issuedAt: value["issued_at"]?.string ?? "",
        data: value.canonicalBytes)
      previous = certificate.certificateHash
      for node in tree.append(leaf: MerkleHash.leaf(certificate.data)) {
        try self.run(
          "INSERT INTO certificate_nodes VALUES (\(node.place.level), \(node.place.index), x'\(node.hash.hexadecimal)')"
        )
      }
      roots[tree.size] = tree.root
      let data = String(decoding: certificate.data, as: UTF8.self).replacingOccurrences(of: "'", with: "''")
      let extra = row[3...5].map { $0.isEmpty ? "NULL" : $0 }.joined(separator: ", ")
      try self.run(
        """
        INSERT INTO certificates VALUES (\(certificate.sequence), '\(certificate.issuedAt)', '\(certificate.previousHash)',
          '\(certificate.payloadHash)', '\(certificate.certificateHash)', '\(data)', '\(row[2])', \(extra))
        """)
    }
    if let key { try self.sign(roots, from: from, key) }
    try self.run("COMMIT")
  }

  private func sign(_ roots: [Int64: Digest], from: Int64, _ key: Ed25519PrivateKey) throws {
    for row in try self.rows("SELECT size, note FROM checkpoints WHERE size >= \(from)") {
      guard let size = Int64(row[0]), let root = roots[size] else { continue }
      let origin = try LogCheckpoint(body: try SignedNote(row[1]).body).origin
      var note = SignedNote(body: LogCheckpoint(origin: origin, size: size, root: root).body)
      note.sign(name: origin, key: key)
      try self.run("UPDATE checkpoints SET note = '\(note.text)' WHERE size = \(size)")
    }
  }

  /// What `certificates verify` says of the copy.
  func verdict(key: String, checkpoint: String? = nil) async throws -> (
    isValid: Bool, sequence: Int?, fault: String?
  ) {
    try self.run("PRAGMA wal_checkpoint(TRUNCATE)")
    let given = checkpoint.map { ["--checkpoint", $0] } ?? []
    let run = try await Program.run(
      ["certificates", "verify", "--database", self.path, "--key", key, "--json"] + given)
    let value = try JSONValue.parse(run.output)
    #expect((run.status == .exited(0)) == (value["valid"] == true))
    return (value["valid"] == true, value["first_bad_seq"]?.int, value["fault"]?.string)
  }

  /// A note of the log as it is now, in a file.
  func keptCheckpoint() throws -> String {
    try self.folder.write(
      try #require(try self.rows("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").first?.first),
      to: "kept.note")
  }
}

extension JSONValue {
  /// An object with another value for one of its members.
  func replacing(_ name: String, by value: JSONValue) -> JSONValue {
    .object((self.object ?? []).map { $0.name == name ? .init(name, value) : $0 })
  }
}
