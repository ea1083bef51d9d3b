import Control
import Foundation
import JSONText
import Ports
import ProgramTesting
import Quantities
import SQLiteStore
import SiteModel
import Testing

/// A simulated world in one process and the controllers that come and go in others, with everything they leave behind.
/// For one thread, the one of a `Program.session`.
final class SiteInTwoProcesses {
  /// The world begins at midnight UTC of 2 June 2025.
  static let start = UTCInstant(seconds: 1_748_822_400)

  let sitePath: String
  private let folder: TemporaryFolder
  private let world: ChildProcess

  /// `site` is a file among the fixtures; the copy at `sitePath` may be changed.
  init(site: String = "restless.toml", seed: Int = 1) throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    self.sitePath = try folder.write(
      String(contentsOfFile: PackageFiles.fixture(site), encoding: .utf8), to: "site.toml")
    self.world = try Program.start([
      "world", "--socket", "\(folder.path)/world", "--site", self.sitePath, "--seed", "\(seed)", "--edges",
      "\(folder.path)/edges",
    ])
    try self.world.waitFor("listening on")
  }

  var worldSocket: String { "\(self.folder.path)/world" }
  var dataFolder: String { "\(self.folder.path)/data" }
  var database: String { "\(self.dataFolder)/restless.sqlite" }

  func startController() throws -> ChildProcess {
    try Program.start([
      "run", "--simulated", "--site", self.sitePath, "--data", self.dataFolder, "--world", self.worldSocket,
    ])
  }

  /// Asks the running controller with `status` or `why`; returns what it says and how it ends.
  func ask(_ words: String...) throws -> (text: String, errors: String, end: ChildProcess.End) {
    try self.ask(words)
  }

  func ask(_ words: [String]) throws -> (text: String, errors: String, end: ChildProcess.End) {
    let process = try Program.start(words + ["--site", self.sitePath, "--data", self.dataFolder])
    let end = try process.waitForEnd()
    return (String(decoding: process.output, as: UTF8.self), process.errorText, end)
  }

  func status() throws -> JSONValue {
    let answer = try self.ask("status", "--json")
    #expect(answer.end == .exited(0), "\(answer.errors)")
    return try JSONValue.parse(Array(answer.text.utf8))
  }

  func endWorld() { self.world.kill() }

  /// The record, which must have no owner at the time.
  func record() throws -> SQLiteStore { try SQLiteStore(path: "\(self.dataFolder)/restless.sqlite") }

  /// Everything the hardware did so far.
  func edges() throws -> [Edge] {
    try String(contentsOfFile: "\(self.folder.path)/edges", encoding: .utf8).split(separator: "\n").map {
      try #require(Edge($0))
    }
  }

  /// One relay line that switched.
  struct Edge: Sendable, Hashable {
    var at: UTCInstant
    var rig: RigID
    var closed: Bool
    /// False when the line fell because nobody held it any more.
    var isCommanded: Bool

    init?(_ line: Substring) {
      let words = line.split(separator: " ")
      let numbers = words.prefix(4).compactMap { Int64($0) }
      guard words.count == 5, numbers.count == 4 else { return nil }
      self.at = SiteInTwoProcesses.start.advanced(byMilliseconds: numbers[0])
      self.rig = RigID(bank: Int(numbers[1]), rig: Int(numbers[2]))
      self.closed = numbers[3] == 1
      self.isCommanded = words[4] == "command"
    }
  }
}

extension SQLiteStore {
  /// Every slot of the record, oldest first.
  func allSlots() throws -> [SlotRecord] {
    var slots: [SlotRecord] = []
    var from = SiteInTwoProcesses.start - .hours(24)
    while true {
      let some = try self.slots(from: from, to: from + .hours(365 * 24))
      guard let last = some.last else { return slots }
      slots += some
      from = last.slot.end
    }
  }
}
