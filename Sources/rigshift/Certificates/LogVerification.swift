import Certificates
import Cryptography
import JSONText
import LinuxHost
import PeerProtocol
import Ports
import Quantities
import SQLiteStore

/// `rigshift certificates verify`: everything recomputed.
enum LogVerification {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let keys = try arguments.noteKeys("key")
    let witnesses = try arguments.noteKeys("witness")
    guard let open = OpenLog(arguments) else { return 1 }
    let trust: Trust
    do { trust = try Trust(keys.first, open) } catch {
      tell("\(error)")
      return 1
    }
    return answering(open.path) { () throws(StoreError) in
      let genesis = try open.genesis()
      var anchors: [LogCheckpoint]
      do {
        anchors = try arguments.all("checkpoint").map {
          try Self.anchor($0, key: trust.key ?? genesis?.key, witnesses: witnesses)
        }
        // What was cosigned of a peer's log is what its mirror must lead to.
        if let cosigned = open.peer?.cosigned {
          let checkpoint = try LogCheckpoint(body: cosigned.body)
          if checkpoint.size <= (try open.log.size()) { anchors.append(checkpoint) }
        }
      } catch {
        tell("\(error)")
        return 1
      }
      let result = try Self.verify(open.log, trusted: trust.key, anchors: anchors)
      switch result {
      case .success(let summary): Self.say(summary, trust, anchors, asJSON: arguments.has("json"))
      case .failure(let finding): Self.say(finding, asJSON: arguments.has("json"))
      }
      if case .failure = result { return 1 }
      return 0
    }
  }

  /// The key to trust, and where it came from.
  private struct Trust {
    var key: NoteKey?
    var source: String

    init(_ given: NoteKey?, _ open: OpenLog) throws {
      if let given {
        self.key = given
        self.source = "given"
        return
      }
      if let peer = open.peer {
        self.source = "the enrolment of \(peer.name)"
        guard let origin = try open.genesis()?.origin else { return }
        self.key = NoteKey(name: origin, algorithm: .ed25519, publicKey: peer.key.publicKey)
        return
      }
      self.source = "the log itself"
      guard let path = open.keyPath, let key = try SiteKey.load(path) else { return }
      // The name is the log's; who else could have signed it is what the key says.
      guard let origin = try open.genesis()?.origin else { return }
      self.key = NoteKey(name: origin, algorithm: .ed25519, publicKey: key.publicKey)
      self.source = path
    }
  }

  /// Reads a checkpoint kept elsewhere; it must be signed by the site, and by every witness named.
  static func anchor(_ path: String, key: NoteKey?, witnesses: [NoteKey]) throws -> LogCheckpoint {
    let bytes = try readFile(path, limit: SignedNote.maximumBytes)
    do {
      let note = try SignedNote(String(decoding: bytes, as: UTF8.self))
      let checkpoint = try LogCheckpoint(body: note.body)
      guard let key else { return checkpoint }
      _ = try EvidenceVerifier.seen(note, checkpoint, key: key, witnesses: witnesses)
      return checkpoint
    } catch {
      throw SiteKeyError(description: "\(path): \(error)")
    }
  }

  /// Once through the log; when something about the signatures is wrong, again with each of them, to find the first.
  static func verify(
    _ log: SQLiteLog, trusted: NoteKey?, anchors: [LogCheckpoint]
  ) throws(StoreError) -> Result<LogVerifier.Summary?, LogFinding> {
    let result = try self.pass(log, LogVerifier(trusted: trusted, anchors: anchors))
    guard case .failure(let finding) = result, finding.isAboutSignatures else { return result }
    let closer = try self.pass(
      log, LogVerifier(trusted: trusted, anchors: anchors, checksEverySignature: true))
    if case .success = closer { return result }
    return closer
  }

  private static func pass(
    _ log: SQLiteLog, _ verifier: consuming LogVerifier
  ) throws(StoreError) -> Result<LogVerifier.Summary?, LogFinding> {
    var verifier = verifier
    var found: LogFinding?
    try log.forEach { certificate, note in
      do throws(LogFinding) { try verifier.take(certificate, note: note) } catch { found = error }
      return found == nil
    }
    if let found { return .failure(found) }
    do throws(LogFinding) {
      return .success(try verifier.finish(beyond: try? log.largestCheckpoint()))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Words

  private static func say(_ finding: LogFinding, asJSON: Bool) {
    if asJSON {
      print(
        JSONValue.object([
          .init("valid", false), .init("first_bad_seq", .integer(finding.sequence)),
          .init("fault", .string(finding.word)), .init("message", .string(finding.sentence)),
        ]).text(pretty: true))
    } else {
      print("NOT VALID: certificate \(finding.sequence): \(finding.sentence)")
    }
  }

  private static func say(
    _ summary: LogVerifier.Summary?, _ trust: Trust, _ anchors: [LogCheckpoint], asJSON: Bool
  ) {
    guard let summary else {
      print(asJSON ? JSONValue.object([.init("valid", true), .init("size", 0)]).text() : "an empty log")
      return
    }
    if asJSON {
      print(summary.json(trustedFrom: trust.source, anchors: anchors.count).text(pretty: true))
      return
    }
    print(
      "VALID: \(summary.size) certificates, \(ISO8601.string(summary.firstIssued)) to \(ISO8601.string(summary.lastIssued))"
    )
    if let settled = summary.settled {
      print(
        "Every settlement slot from \(ISO8601.string(settled.start)) to \(ISO8601.string(settled.end)) has its entry."
      )
    }
    print("Signed by \(summary.key.text)")
    if trust.key == nil {
      print(
        "This key is the log's own word. Name the key you trust with --key to learn whether it is the site's."
      )
    } else {
      print("Key from: \(trust.source)")
    }
    print(
      anchors.isEmpty
        ? "The end: compare with a checkpoint kept elsewhere (--checkpoint FILE) to see that nothing was cut off."
        : "Continues \(anchors.count) checkpoint\(anchors.count == 1 ? "" : "s") kept elsewhere.")
  }
}

extension LogFinding {
  /// A second pass that verifies every signature says more.
  fileprivate var isAboutSignatures: Bool {
    switch self.fault {
    case .notAsSigned, .badSignature, .unsigned: true
    case .payload, .hash, .link, .missing, .malformed, .renumbered, .backdated, .slotMissing, .slotDoubled,
      .otherLog,
      .shorterThanCheckpoint:
      false
    }
  }
}

extension LogVerifier.Summary {
  fileprivate func json(trustedFrom source: String, anchors: Int) -> JSONValue {
    .object([
      .init("valid", true), .init("size", .integer(self.size)), .init("root", .string(self.root.base64)),
      .init("origin", .string(self.origin)), .init("key", .string(self.key.text)),
      .init("key_from", .string(source)),
      .init("first_issued_at", .string(ISO8601.string(self.firstIssued))),
      .init("last_issued_at", .string(ISO8601.string(self.lastIssued))),
      .init("settled_from", self.settled.map { .string(ISO8601.string($0.start)) } ?? .null),
      .init("settled_to", self.settled.map { .string(ISO8601.string($0.end)) } ?? .null),
      .init("checkpoints", .integer(self.checkpoints)),
      .init("continues_checkpoints", .integer(Int64(anchors))),
      .init(
        "entries",
        .object(EntryKind.allCases.map { .init($0.rawValue, .integer(self.counts[$0] ?? 0)) })),
    ])
  }
}
