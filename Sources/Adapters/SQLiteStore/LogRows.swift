import Certificates
import Quantities

/// Entries of the log as rows and back. Columns are in the order of `RecordSchema`.
enum LogRows {
  static let certificateColumns = "seq, issued_at, prev_hash, payload_hash, cert_hash, data_json"

  static func values(_ entry: LogEntry) -> [SQLValue] {
    let certificate = entry.certificate
    return [
      .integer(certificate.sequence), .text(certificate.issuedAt), .text(certificate.previousHash),
      .text(certificate.payloadHash), .text(certificate.certificateHash),
      .text(String(decoding: certificate.data, as: UTF8.self)), .text(entry.kind.rawValue),
      .integer(entry.slot?.start.milliseconds), .integer(entry.slot?.end.milliseconds),
      .integer(entry.planID),
    ]
  }

  /// Reads `certificateColumns`. What is missing or of another type is empty, which no verifier takes for right.
  static func certificate(_ row: SQLRow) -> Certificate {
    Certificate(
      sequence: row.integer(0) ?? 0, issuedAt: row.text(1) ?? "", previousHash: row.text(2) ?? "",
      payloadHash: row.text(3) ?? "", certificateHash: row.text(4) ?? "", data: row.utf8(5) ?? [])
  }
}
