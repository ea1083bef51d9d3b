import Certificates
import Cryptography
import JSONText
import Quantities

/// Questions about the log, for its owner and for readers.
enum LogQueries {
  typealias Failure = SQLiteConnection.Failure

  /// The end of the log, found by a few dozen reads; nil without entries.
  static func head(on connection: borrowing SQLiteConnection) throws(Failure) -> LogHead? {
    guard let first = try Self.certificate(1, on: connection),
      let size = try connection.integer("SELECT max(seq) FROM certificates"),
      let last = try Self.certificate(size, on: connection)
    else { return nil }
    guard let genesis = Genesis(first.data) else { throw .unreadable("the log has no readable genesis") }
    var hashes: [Digest] = []
    for place in TreeFrontier.places(size: size) { hashes.append(try Self.hash(at: place, on: connection)) }
    guard let frontier = TreeFrontier(size: size, hashes: hashes) else {
      throw .unreadable("the nodes of the log do not fit its \(size) entries")
    }
    let plans = try connection.prepare(
      "SELECT plan_id, seq FROM certificates WHERE plan_id IS NOT NULL ORDER BY plan_id DESC LIMIT ?"
    ).rows([.integer(LogHead.mostPlans)]) { row in
      LogHead.PlanPlace(planID: row.integer(0) ?? 0, sequence: row.integer(1) ?? 0)
    }
    let settled = try connection.integer(
      "SELECT slot_end_ms FROM certificates WHERE slot_start_ms IS NOT NULL ORDER BY slot_start_ms DESC LIMIT 1"
    )
    return LogHead(
      origin: genesis.origin, publicKey: genesis.key.publicKey, frontier: frontier,
      lastHash: last.certificateHash,
      // Only a clock outside the years 1900 to 2200 writes what cannot be read; the next entry then shows no step back.
      lastIssued: ISO8601.instant(last.issuedAt) ?? UTCInstant(milliseconds: .min),
      settledUntil: settled.map { UTCInstant(milliseconds: $0) }, plans: plans.reversed())
  }

  static func certificate(
    _ sequence: Int64, on connection: borrowing SQLiteConnection
  ) throws(Failure) -> Certificate? {
    try connection.prepare("SELECT \(LogRows.certificateColumns) FROM certificates WHERE seq = ?").first(
      [.integer(sequence)]) { LogRows.certificate($0) }
  }

  /// The hash of a complete subtree: a stored node, or a leaf made from its entry.
  static func hash(
    at place: TreeNode.Place, on connection: borrowing SQLiteConnection
  ) throws(Failure) -> Digest {
    if place.level == 0 {
      guard let certificate = try Self.certificate(place.index + 1, on: connection) else {
        throw .unreadable("certificate \(place.index + 1) is missing")
      }
      return MerkleHash.leaf(certificate.data)
    }
    let bytes = try connection.prepare(
      "SELECT hash FROM certificate_nodes WHERE level = ? AND position = ?"
    ).first([.integer(place.level), .integer(place.index)]) { $0.blob(0) }
    guard let bytes, let bytes, let hash = Digest(bytes: bytes) else {
      throw .unreadable("node \(place.index) of level \(place.level) of the log's tree is missing")
    }
    return hash
  }
}
