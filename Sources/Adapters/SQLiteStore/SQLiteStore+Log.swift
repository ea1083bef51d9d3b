import Certificates
import Cryptography

// The log's part of a commit.
extension SQLiteStore {
  /// Adds to the log inside the open transaction. Entries that do not follow on the last one there are refused, so that
  /// nothing a caller does can fork the chain.
  func write(_ log: LogAppend) throws(SQLiteConnection.Failure) {
    let last = try self.statements.lastCertificate.first([]) { ($0.integer(0) ?? 0, $0.text(1) ?? "") }
    var previous = (sequence: last?.0 ?? 0, hash: last?.1 ?? CertificateChain.firstPrevious)
    for entry in log.entries {
      let certificate = entry.certificate
      guard certificate.sequence == previous.sequence + 1, certificate.previousHash == previous.hash else {
        throw .inconsistent(
          "certificate \(certificate.sequence) does not follow on number \(previous.sequence)")
      }
      try self.statements.insertCertificate.run(LogRows.values(entry))
      previous = (certificate.sequence, certificate.certificateHash)
    }
    guard log.head.size == previous.sequence else {
      throw .inconsistent(
        "a checkpoint over \(log.head.size) certificates, of which there are \(previous.sequence)")
    }
    for node in log.nodes {
      try self.statements.insertNode.run([
        .integer(node.place.level), .integer(node.place.index), .blob(node.hash.bytes),
      ])
    }
    try self.statements.insertCheckpoint.run([.integer(log.head.size), .text(log.checkpoint.text)])
  }
}
