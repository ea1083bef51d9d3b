import Foundation
import Glibc

/// A server of `Tests/Scenarios/Python` that says `listening PORT`, for as long as this lives. One thread owns it.
public final class PythonServer {
  public let port: Int
  public let process: ChildProcess

  /// - Parameter port: Nil takes any free one.
  public init(_ script: String, _ arguments: [String], port: Int? = nil) throws {
    self.process = try ChildProcess(
      Self.python,
      ["-W", "ignore", "\(PackageFiles.root)/Tests/Scenarios/Python/\(script).py"] + arguments
        + (port.map { ["\($0)"] } ?? []))
    try self.process.waitFor(" \n")
    let words = String(decoding: self.process.output, as: UTF8.self).split(separator: " ")
    self.port = words.dropFirst().first.flatMap { Int($0) } ?? 0
  }

  private static let own = "\(PackageFiles.root)/.dependencies/python"
  private static var python: String {
    access("\(PythonServer.own)/bin/python", X_OK) == 0
      ? "\(PythonServer.own)/bin/python" : "/usr/bin/python3"
  }

  /// Whether there is a mail server that nobody here wrote.
  public static let hasMailServer: Bool = {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(PythonServer.own)/lib")) ?? []
    return versions.contains { access("\(PythonServer.own)/lib/\($0)/site-packages/aiosmtpd", R_OK) == 0 }
  }()
}
