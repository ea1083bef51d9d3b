import Foundation
import Glibc
import ProgramTesting

/// aiosmtpd, for as long as this lives. Owned by one thread.
final class MailServer {
  struct Envelope: Decodable {
    var from: String
    var to: [String]
    var encrypted: Bool
    var user: String?
  }

  var port: Int { self.server.port }
  private let folder: TemporaryFolder
  private let server: PythonServer

  /// `plain`, `starttls`, `tls` or `auth`.
  init(_ mode: String) throws {
    self.folder = try TemporaryFolder()
    self.server = try PythonServer("smtp_server", [self.folder.path, mode])
  }

  var certificate: String { "\(self.folder.path)/server.crt" }

  func mail(_ number: Int) throws -> (text: String, envelope: Envelope) {
    let path = "\(self.folder.path)/mail-\(number)"
    return (
      try String(contentsOfFile: "\(path).eml", encoding: .utf8),
      try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: URL(fileURLWithPath: "\(path).json")))
    )
  }

  /// How many mails it has taken.
  var count: Int {
    (1...).first { access("\(self.folder.path)/mail-\($0).json", R_OK) != 0 }.map { $0 - 1 } ?? 0
  }
}
