import Certificates
import JSONText
import LinuxHost

/// `rigshift certificates import FILE`: verifies and shows a chain of GridShift's, one row of JSON a line.
enum ChainImport {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard arguments.words.count == 2 else {
      throw .init(message: "certificates import needs a file of JSON lines")
    }
    let path = arguments.words[1]
    let asJSON = arguments.has("json")
    do {
      var lines = try TextLines(path: path)
      var previous = CertificateChain.firstPrevious
      var count: Int64 = 0
      while let line = try lines.next() {
        if line.isEmpty { continue }
        count += 1
        let value = try JSONValue.parse(line)
        guard let certificate = Certificate(row: value) else {
          tell("\(path): line \(count) is no certificate: seq, prev_hash, payload_hash, cert_hash, data_json")
          return 1
        }
        if let fault = CertificateChain.fault(in: certificate, after: previous) {
          Self.say(LogFinding(sequence: certificate.sequence, fault: fault.finding), asJSON: asJSON)
          return 1
        }
        previous = certificate.certificateHash
        if !asJSON { print(CertificateListing.line(certificate)) }
      }
      Self.say(count: count, asJSON: asJSON)
      return 0
    } catch {
      tell("\(path): \(error)")
      return 1
    }
  }

  private static func say(_ finding: LogFinding, asJSON: Bool) {
    print(
      asJSON
        ? JSONValue.object([
          .init("valid", false), .init("broken_at_seq", .integer(finding.sequence)),
          .init("message", .string(finding.sentence)),
        ]).text() : "NOT VALID: certificate \(finding.sequence): \(finding.sentence)")
  }

  private static func say(count: Int64, asJSON: Bool) {
    print(
      asJSON
        ? JSONValue.object([
          .init("valid", true), .init("total_certs", .integer(count)), .init("broken_at_seq", .null),
        ])
        .text()
        : "VALID: \(count) certificates. A chain without signatures cannot show that its end was not cut off, "
          + "nor that nobody made it anew.")
  }
}

extension CertificateChain.Fault {
  fileprivate var finding: LogFinding.Fault {
    switch self {
    case .payload: .payload
    case .hash: .hash
    case .link: .link
    }
  }
}
