import Certificates
import Cryptography
import Foundation
import JSONText
import ProgramTesting
import Quantities
import Testing

/// Each way to falsify a log by somebody who can write to its database, and what `certificates verify` says of it.
struct TamperingTests {
  /// A number in the middle of the log that is alone in its transaction, so that signatures point at it exactly.
  private static func victim(_ record: TamperedRecord, kind: String = "interval") throws -> Int64 {
    try record.number(
      """
      SELECT seq FROM certificates JOIN checkpoints ON size = seq WHERE kind = '\(kind)'
        AND (SELECT max(size) FROM checkpoints WHERE size < seq) = seq - 1
        AND seq > (SELECT max(seq) / 2 FROM certificates) AND data_json NOT LIKE '%unmetered%' LIMIT 1
      """)
  }

  @Test func `an untouched log is valid, and continues a checkpoint kept elsewhere`() async throws {
    let shared = try await SimulatedRecord.shared()
    let record = try shared.copy()
    #expect(try await record.verdict(key: shared.key).isValid)
    #expect(try await record.verdict(key: shared.key, checkpoint: try record.keptCheckpoint()).isValid)
  }

  /// One statement of SQL, with `S` for the number of the victim: the fault, and the number by which it is found.
  static let edits: [(sql: String, fault: String, offset: Int)] = [
    (
      "UPDATE certificates SET data_json = replace(data_json, 'kwh\":', 'kwh\":1') WHERE seq = S", "payload",
      0
    ),
    (
      "UPDATE certificates SET payload_hash = replace(payload_hash, substr(payload_hash, 1, 1), 'x') WHERE seq = S",
      "payload", 0
    ),
    ("UPDATE certificates SET cert_hash = prev_hash WHERE seq = S", "hash", 0),
    (
      "UPDATE certificates SET prev_hash = (SELECT prev_hash FROM certificates WHERE seq = S - 1) WHERE seq = S",
      "link", 0
    ),
    ("UPDATE certificates SET prev_hash = upper(prev_hash) WHERE seq = S", "link", 0),
    ("DELETE FROM certificates WHERE seq = S", "missing", 0),
    ("DELETE FROM certificates WHERE seq BETWEEN S AND S + 10", "missing", 0),
    (
      "DELETE FROM certificates WHERE seq = S; UPDATE certificates SET seq = -seq WHERE seq > S; UPDATE certificates SET seq = -seq - 1 WHERE seq < 0",
      "hash", 0
    ),
    ("UPDATE certificates SET issued_at = '2025-01-01T00:00:00Z' WHERE seq = S", "backdated", 0),
    ("DELETE FROM certificates WHERE seq > S", "shorter-than-checkpoint", 1),
    ("DELETE FROM certificates WHERE seq = 1", "missing", 1_000_000),
    (
      "UPDATE checkpoints SET note = replace(note, 'rigshift/', 'rigshaft/') WHERE size = S", "bad-signature",
      0
    ),
    ("DELETE FROM checkpoints WHERE size >= S", "unsigned", 0),
  ]

  @Test(arguments: edits.indices)
  func `an edit is found at its number`(index: Int) async throws {
    let shared = try await SimulatedRecord.shared()
    let record = try shared.copy()
    let edit = Self.edits[index]
    let victim = try Self.victim(record)
    try record.run(edit.sql.replacingS(by: victim))
    let verdict = try await record.verdict(key: shared.key)
    #expect(verdict.fault == edit.fault, "\(edit.sql)")
    #expect(verdict.sequence == (edit.offset == 1_000_000 ? 1 : Int(victim) + edit.offset), "\(edit.sql)")
  }

  @Test func `a tail cut off with its checkpoints is found by a checkpoint kept elsewhere`() async throws {
    let shared = try await SimulatedRecord.shared()
    let record = try shared.copy()
    let kept = try record.keptCheckpoint()
    let victim = try Self.victim(record)
    try record.run(
      "DELETE FROM certificates WHERE seq > \(victim); DELETE FROM checkpoints WHERE size > \(victim)")
    let verdict = try await record.verdict(key: shared.key, checkpoint: kept)
    #expect(verdict.fault == "shorter-than-checkpoint")
    #expect(verdict.sequence == Int(victim) + 1)
    // Nothing inside the database can tell.
    #expect(try await record.verdict(key: shared.key).isValid)
  }

  @Test func `a chain made anew without the key is found at the first entry that changed`() async throws {
    let shared = try await SimulatedRecord.shared()
    for forger in [nil, Ed25519PrivateKey.generate()] {
      let record = try shared.copy()
      let victim = try Self.victim(record)
      try record.rebuild(from: victim, signing: forger) { number, value in
        number == victim ? value.replacing("rigs_kwh", by: 1.0) : value
      }
      let verdict = try await record.verdict(key: shared.key)
      #expect(verdict.fault == (forger == nil ? "not-as-signed" : "bad-signature"))
      #expect(verdict.sequence == Int(victim))
    }
  }

  @Test func `an entry dated back with its whole chain is found`() async throws {
    let shared = try await SimulatedRecord.shared()
    let record = try shared.copy()
    let victim = try Self.victim(record)
    try record.rebuild(from: victim) { number, value in
      number == victim ? value.replacing("issued_at", by: "2025-05-01T00:00:00Z") : value
    }
    let verdict = try await record.verdict(key: shared.key)
    #expect(verdict.fault == "backdated")
    #expect(verdict.sequence == Int(victim))
  }

  @Test func `a slot that is left out is missed, even when the holder of the key left it out`() async throws {
    let shared = try await SimulatedRecord.shared()
    // A simulated site's key follows from its seed.
    let own = try #require(Ed25519PrivateKey(seed: SHA256.hash("rigshift rehearsal 1").bytes))
    let record = try shared.copy()
    let victim = try Self.victim(record)
    let next = try record.number(
      "SELECT min(seq) FROM certificates WHERE kind = 'interval' AND seq > \(victim)")
    try record.rebuild(from: victim, signing: own) { number, value in number == victim ? Optional.none : value
    }
    let verdict = try await record.verdict(key: shared.key)
    #expect(verdict.fault == "slot-missing")
    #expect(verdict.sequence == Int(next) - 1)
  }

  @Test
  func `another key, another site's database and one signed by a stranger are told apart from this log`()
    async throws
  {
    let shared = try await SimulatedRecord.shared()
    let stranger = try await SimulatedRecord.stranger()
    for (record, key) in [(try shared.copy(), stranger.key), (try stranger.copy(), shared.key)] {
      let verdict = try await record.verdict(key: key)
      #expect(verdict.fault == "other-log")
      #expect(verdict.sequence == 1)
    }
    let record = try shared.copy()
    let forger = Ed25519PrivateKey.generate()
    let origin = try #require(NoteKey(shared.key)).name
    let key = try #require(NoteKey(name: origin, algorithm: .ed25519, publicKey: forger.publicKey))
    try record.rebuild(from: 1, signing: forger) { number, value in
      number == 1 ? value.replacing("public_key", by: .string(key.text)) : value
    }
    #expect(try await record.verdict(key: key.text).isValid)  // a whole log, and not this site's
    #expect(try await record.verdict(key: shared.key).fault == "other-log")
  }
}

extension String {
  /// `S` as a word of its own, replaced by a number.
  func replacingS(by number: Int64) -> String {
    self.split(separator: " ", omittingEmptySubsequences: false)
      .map {
        $0 == "S" || $0 == "S;" || $0 == "S)"
          ? $0.replacingOccurrences(of: "S", with: "\(number)") : String($0)
      }
      .joined(separator: " ")
  }
}
