import Foundation
import HTTPClient
import LinuxHost
import ProgramTesting

/// The servers of `Python/server.py`, for as long as this lives.
final class LocalServer: @unchecked Sendable {
  // Safe to share: nothing changes after the start.
  struct Facts: Decodable {
    var ports: [String: Int]
    var pins: [String: String]
  }

  let facts: Facts
  private let folder: TemporaryFolder
  private let process: ChildProcess

  init() throws {
    self.folder = try TemporaryFolder()
    self.process = try ChildProcess(
      "/usr/bin/env",
      ["python3", "\(PackageFiles.root)/Tests/HTTPClientTests/Python/server.py", self.folder.path])
    try self.process.waitFor("\n")
    self.facts = try JSONDecoder().decode(Facts.self, from: Data(self.process.output))
  }

  func url(_ server: String, _ path: String) -> String {
    "\(server == "plain" ? "http" : "https")://127.0.0.1:\(self.facts.ports[server] ?? 0)\(path)"
  }

  func pin(_ name: String) -> String { self.facts.pins[name] ?? "" }

  func client(showing name: String? = nil) throws -> HTTPClient {
    let identity = try name.map {
      HTTPClient.Identity(
        certificatePEM: try String(contentsOfFile: "\(self.folder.path)/\($0).crt", encoding: .utf8),
        keyPEM: try String(contentsOfFile: "\(self.folder.path)/\($0).key", encoding: .utf8))
    }
    return HTTPClient(identity: identity) { body in startThread(name: "http", body) }
  }
}
