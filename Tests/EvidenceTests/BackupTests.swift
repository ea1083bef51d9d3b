import Foundation
import JSONText
import ProgramTesting
import Testing

/// A site's record on its way out and back.
struct BackupTests {
  private let folder: TemporaryFolder
  private let shared: SimulatedRecord

  init() async throws {
    self.folder = try TemporaryFolder()
    self.shared = try await SimulatedRecord.shared()
  }

  private var place: [String] { ["--site", SimulatedRecord.site] }

  private func backup(_ more: [String] = []) async throws -> (path: String, run: Program.Outcome) {
    let path = "\(self.folder.path)/backup"
    let run = try await Program.run(["backup", path, "--data", self.shared.folder.path] + self.place + more)
    return (path, run)
  }

  private func restore(_ path: String, to name: String, _ more: [String] = []) async throws -> Program.Outcome
  {
    try await Program.run(["restore", path, "--data", "\(self.folder.path)/\(name)"] + self.place + more)
  }

  @Test func `a plain backup is a database, and comes back with a log that says so`() async throws {
    let (path, run) = try await self.backup()
    #expect(run.status == .exited(0), "\(run.errorText)")
    let back = try await self.restore(path, to: "back")
    #expect(back.status == .exited(0), "\(back.errorText)")
    let verified = try await Program.run([
      "certificates", "verify", "--database", "\(self.folder.path)/back/yokohama.sqlite", "--key",
      self.shared.key,
    ])
    #expect(verified.status == .exited(0), "\(verified.text)")
    // The place is taken now.
    #expect(try await self.restore(path, to: "back").status == .exited(1))
    #expect(try await self.backup().run.status == .exited(1))
  }

  @Test func `a sealed backup opens with its passphrase alone, whole or not at all`() async throws {
    let right = try self.folder.write("correct horse battery staple\n", to: "right")
    let wrong = try self.folder.write("correct horse battery stable\n", to: "wrong")
    let (path, run) = try await self.backup(["--passphrase-file", right])
    #expect(run.status == .exited(0), "\(run.errorText)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.range(of: Data("SQLite format".utf8)) == nil)
    #expect(try await self.restore(path, to: "a").status == .exited(1))
    let refused = try await self.restore(path, to: "b", ["--passphrase-file", wrong])
    #expect(refused.status == .exited(1))
    #expect(refused.errorText.contains("passphrase"))
    for (name, change) in Self.damages {
      let damaged = "\(self.folder.path)/damaged-\(name)"
      try change(bytes).write(to: URL(fileURLWithPath: damaged))
      let run = try await self.restore(damaged, to: name, ["--passphrase-file", right])
      #expect(run.status == .exited(1), "\(name)")
      #expect(!FileManager.default.fileExists(atPath: "\(self.folder.path)/\(name)/yokohama.sqlite"))
    }
    #expect(try await self.restore(path, to: "c", ["--passphrase-file", right]).status == .exited(0))
  }

  private static let damages: [(String, @Sendable (Data) -> Data)] = [
    ("cut", { $0.dropLast(1) }), ("cut-piece", { $0.prefix(24 + 262_160) }),
    (
      "bit",
      { data in
        var data = data
        data[data.count / 2] ^= 1
        return data
      }
    ),
    (
      "swapped",
      { data in
        let piece = 262_160
        return data.prefix(24) + data[(24 + piece)..<(24 + 2 * piece)] + data[24..<(24 + piece)]
          + data.dropFirst(24 + 2 * piece)
      }
    ),
  ]

  @Test func `the key leaves only when asked for and never in the clear`() async throws {
    let run = try await Program.run(
      ["backup", "\(self.folder.path)/x", "--with-key", "--data", self.shared.folder.path] + self.place)
    #expect(run.status == .exited(1))
    #expect(run.errorText.contains("--passphrase-file"))
  }

  @Test func `a backup older than a checkpoint somebody kept is not continued`() async throws {
    let record = try self.shared.copy()
    let kept = try record.keptCheckpoint()
    try record.run(
      "DELETE FROM certificates WHERE seq > 40; DELETE FROM checkpoints WHERE size > 40; PRAGMA wal_checkpoint(TRUNCATE)"
    )
    let refused = try await self.restore(record.path, to: "old", ["--checkpoint", kept])
    #expect(refused.status == .exited(1))
    #expect(refused.errorText.contains("fork"), "\(refused.errorText)")
  }
}
