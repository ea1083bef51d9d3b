import Foundation
import Glibc
import ProgramTesting

/// Debian's mosquitto with its clients, which share no code with the site. For one thread, the one of a
/// `Program.session`.
final class MosquittoBroker {
  static let isThere = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto_sub", "/usr/bin/mosquitto_pub"].allSatisfy
  {
    isProgram($0)
  }

  let port: Int
  private let configuration: String
  /// What every client needs to be let in.
  private let access: [String]
  private var process: ChildProcess

  /// `lines` go into its configuration, `access` to its clients. Without lines anybody is let in.
  init(_ folder: TemporaryFolder, _ lines: [String] = ["allow_anonymous true"], access: [String] = []) throws
  {
    self.port = try freePort()
    self.access = access
    // As root it would give up the right to read the test's files.
    let text = ["user root", "persistence false", "listener \(self.port) 127.0.0.1"] + lines
    self.configuration = try folder.write(text.joined(separator: "\n") + "\n", to: "mosquitto.conf")
    self.process = try Self.start(self.configuration)
  }

  private static func start(_ configuration: String) throws -> ChildProcess {
    let process = try ChildProcess("/usr/sbin/mosquitto", ["-c", configuration])
    try process.waitFor(" running")
    return process
  }

  /// Ends it as a power cut would: nothing it retained is left.
  func kill() { self.process.kill() }

  func restart() throws { self.process = try Self.start(self.configuration) }

  func publish(_ topic: String, _ payload: String, retained: Bool = false) throws {
    let words = ["-p", "\(self.port)", "-q", "1", "-t", topic, "-m", payload] + (retained ? ["-r"] : [])
    let client = try ChildProcess("/usr/bin/mosquitto_pub", ["-h", "127.0.0.1"] + self.access + words)
    guard try client.waitForEnd(within: .seconds(30)) == .exited(0) else {
      throw Refused(description: client.errorText)
    }
  }

  /// Hears `retain-flag topic payload` of everything below some topics, a line each, from when it returns.
  func listener(_ topics: String...) throws -> ChildProcess {
    // A message retained for the last subscription comes when all of them are in force.
    try self.publish("test/listening", "yes", retained: true)
    let client = try ChildProcess(
      "/usr/bin/mosquitto_sub",
      ["-h", "127.0.0.1", "-p", "\(self.port)", "-F", "%r %t %p"] + self.access
        + (topics + ["test/listening"]).flatMap { ["-t", $0] })
    try client.waitFor("test/listening yes")
    return client
  }

  /// What a newcomer is given for a topic, as soon as there is something.
  func retained(_ topic: String) throws -> String {
    let client = try ChildProcess(
      "/usr/bin/mosquitto_sub",
      ["-h", "127.0.0.1", "-p", "\(self.port)", "-C", "1", "-W", "60", "-t", topic] + self.access)
    guard try client.waitForEnd(within: .seconds(90)) == .exited(0) else {
      throw Refused(description: "\(topic): \(client.errorText)")
    }
    return String(decoding: client.output, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  struct Refused: Error, CustomStringConvertible {
    let description: String
  }
}

private func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 }
