import Certificates
import Cryptography
import JSONText
import PeerProtocol
import Quantities
import Testing

/// A log of a few entries, sealed as a site seals its own.
struct SampleLog {
  static let key = RecordTests.key(9)
  var data: [[UInt8]] = []
  var notes: [Int64: SignedNote] = [:]
  var nodes: [TreeNode.Place: Digest] = [:]
  var head: LogHead?

  init(_ count: Int, from first: Int = 0, mark: String = "", key: Ed25519PrivateKey = Self.key) {
    var writer = LogWriter(identity: LogIdentity(siteName: "Sample", key: key), head: nil)
    for number in 0..<count {
      let at = UTCInstant(seconds: 1_750_000_000 + Int64(number))
      let draft = EntryDraft(
        kind: .event, issuedAt: at,
        body: [.init("event", .string(number >= first ? "entry \(number)\(mark)" : "entry \(number)"))])
      guard let append = writer.seal([draft]) else { continue }
      for entry in append.entries {
        self.nodes[.init(level: 0, index: entry.certificate.sequence - 1)] = MerkleHash.leaf(
          entry.certificate.data)
        self.data.append(entry.certificate.data)
      }
      for node in append.nodes { self.nodes[node.place] = node.hash }
      self.notes[append.head.size] = append.checkpoint
      self.head = append.head
    }
  }

  var noteKey: NoteKey {
    NoteKey(name: self.head!.origin, algorithm: .ed25519, publicKey: Self.key.publicKey)!
  }

  func request(from old: Int64, to size: Int64) -> WitnessRequest {
    let proof = MerkleProof.consistency(first: min(old, size), second: size) { self.nodes[$0]! }
    return WitnessRequest(oldSize: old, consistency: proof, checkpoint: self.notes[size]!)
  }

  func batch(_ range: ClosedRange<Int64>) -> EntryBatch {
    EntryBatch(
      first: range.lowerBound, entries: range.map { self.data[Int($0) - 1] },
      note: self.notes[range.upperBound]!)
  }
}

@Suite struct WitnessTests {
  private static let log = SampleLog(8)
  private static let fork = SampleLog(8, from: 3, mark: "!")

  private static func decide(_ text: String, seen size: Int64?) -> Witness.Decision {
    Witness.decide(
      text, keys: { $0 == Self.log.head!.origin ? [Self.log.noteKey] : [] },
      seen: { _ in size.map { try! Witness.Seen(Self.log.notes[$0]!) } })  // sealed above: a checkpoint
  }

  private static func status(_ decision: Witness.Decision) -> Int {
    switch decision {
    case .cosign: 200
    case .refuse(let answer), .fork(_, let answer): answer.status
    }
  }

  @Test(arguments: [
    (Int64?.none, Int64(0), Int64(1)), (nil, 0, 8), (1, 1, 1), (1, 1, 2), (3, 3, 8), (8, 8, 8),
  ])
  func `cosigns what continues the log`(_ seen: Int64?, _ old: Int64, _ size: Int64) throws {
    let request = Self.log.request(from: old, to: size)
    guard case .cosign(let taken) = Self.decide(request.text, seen: seen) else {
      Issue.record("refused")
      return
    }
    let key = RecordTests.key(4)
    var note = taken.note
    note.add(Witness.cosignature(of: taken, name: "w", key: key, time: 77))
    let verifier = try #require(NoteKey(name: "w", algorithm: .cosignature, publicKey: key.publicKey))
    #expect(note.verdict(verifier) == .signed(time: 77))
  }

  @Test func `answers by the book`() {
    let good = Self.log.request(from: 3, to: 8)
    var proof = good
    proof.consistency[0] = SHA256.hash("other")
    var short = good
    short.consistency.removeLast()
    let older = Self.log.request(from: 3, to: 3)
    var above = older
    above.oldSize = 4
    let other = SampleLog(8, key: RecordTests.key(10)).request(from: 0, to: 8)
    var unsigned = good
    unsigned.checkpoint = SignedNote(
      body: good.checkpoint.body,
      signatures: [
        .init(
          name: Self.log.head!.origin, bytes: Self.log.noteKey.identifier + [UInt8](repeating: 0, count: 64))
      ])
    #expect(Self.status(Self.decide(good.text, seen: 3)) == 200)
    #expect(Self.status(Self.decide(proof.text, seen: 3)) == 422)
    #expect(Self.status(Self.decide(short.text, seen: 3)) == 422)
    #expect(Self.status(Self.decide(above.text, seen: 3)) == 400)
    #expect(Self.status(Self.decide(other.text, seen: nil)) == 404)
    #expect(Self.status(Self.decide(unsigned.text, seen: 3)) == 403)
    #expect(Self.status(Self.decide("nonsense", seen: 3)) == 400)
    guard case .refuse(let answer) = Self.decide(good.text, seen: 5) else {
      Issue.record("cosigned")
      return
    }
    #expect(answer.status == 409 && answer.body == "5\n" && answer.contentType == "text/x.tlog.size")
  }

  @Test func `two roots for one size are a fork, kept as proof`() throws {
    let request = Self.fork.request(from: 5, to: 5)
    guard case .fork(let evidence, let answer) = Self.decide(request.text, seen: 5) else {
      Issue.record("not noticed")
      return
    }
    #expect(answer.status == 409)
    #expect(evidence.isProof(key: Self.log.noteKey))
    #expect(
      !ForkEvidence(cosigned: evidence.cosigned, offered: evidence.cosigned).isProof(key: Self.log.noteKey))
    #expect(
      !ForkEvidence(cosigned: evidence.cosigned, offered: Self.log.notes[6]!).isProof(key: Self.log.noteKey))
  }

  @Test func `a rewritten history cannot be proved to continue the old one`() {
    for size in Int64(5)...8 {
      #expect(Self.status(Self.decide(Self.fork.request(from: 4, to: size).text, seen: 4)) == 422)
    }
    // What lies before the first rewritten entry is one history.
    #expect(Self.status(Self.decide(Self.fork.request(from: 3, to: 8).text, seen: 3)) == 200)
  }

  // MARK: Mirrors

  @Test func `a mirror takes what the site signed and ends where the log ends`() throws {
    var head: LogHead?
    for range in [Int64(1)...3, 4...4, 5...8] {
      let batch = try EntryBatch(encoded: Self.log.batch(range).encoded)
      let append = try LogMirror.extend(head, by: batch, publicKey: SampleLog.key.publicKey)
      #expect(append.entries.map(\.certificate.data) == batch.entries)
      head = append.head
    }
    let end = try #require(Self.log.head)
    #expect(head?.frontier == end.frontier && head?.lastHash == end.lastHash)
    #expect(head?.lastIssued == end.lastIssued && head?.origin == end.origin)
  }

  @Test func `a mirror takes nothing else`() throws {
    let key = SampleLog.key.publicKey
    let head = try LogMirror.extend(nil, by: Self.log.batch(1...4), publicKey: key).head
    func refusal(_ batch: EntryBatch, head: LogHead? = head) -> LogMirror.Refusal? {
      do throws(LogMirror.Refusal) {
        _ = try LogMirror.extend(head, by: batch, publicKey: key)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(Self.log.batch(5...8)) == nil)
    #expect(refusal(Self.log.batch(1...4)) == .notNext(5))
    #expect(refusal(Self.log.batch(6...8)) == .notNext(5))
    #expect(refusal(Self.fork.batch(5...8)) == .notAsSigned)
    var changed = Self.log.batch(5...8)
    changed.entries.swapAt(0, 1)
    #expect(refusal(changed) == .malformed(sequence: 5, "no canonical entry with kind, number and time"))
    changed = Self.log.batch(5...8)
    changed.note = Self.log.notes[7]!
    #expect(refusal(changed) == .notAsSigned)
    changed.note = SampleLog(8, key: RecordTests.key(10)).notes[8]!
    #expect(refusal(changed) == .unsigned)
  }

  // MARK: Invitations

  @Test func `an invitation is one line that survives copying, or says that it did not`() throws {
    let made = Invitation(
      inviter: NodeID(SampleLog.key.publicKey), name: "Süd", address: "süd.example:7443",
      expires: UTCInstant(seconds: 1_800_000_000), key: RecordTests.key(3))
    let read = try Invitation(made.text)
    #expect(!made.text.contains(where: \.isWhitespace) && made.text.utf8.count < Invitation.longest)
    #expect(read.inviter == made.inviter && read.name == "Süd" && read.address == made.address)
    #expect(read.expires == made.expires && read.key.seed == made.key.seed)
    for place in made.text.indices.dropFirst(15) {
      var text = made.text
      text.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
      #expect(throws: WireError.self) { try Invitation(text) }
    }
    #expect(throws: WireError.self) { try Invitation(String(made.text.dropLast(3))) }
  }

  @Test func `an enrolment is bound to its invitation, its inviter and its key`() throws {
    let (guest, once, inviter) = (
      RecordTests.key(2), RecordTests.key(3), NodeID(RecordTests.key(1).publicKey)
    )
    let made = Enrolment(
      key: guest, name: "B", address: "", invitation: once.publicKey, inviter: inviter)
    #expect(
      try Enrolment(encoded: made.encoded, invitation: once.publicKey, inviter: inviter) == made)
    #expect(throws: WireError.self) {
      try Enrolment(encoded: made.encoded, invitation: RecordTests.key(4).publicKey, inviter: inviter)
    }
    #expect(throws: WireError.self) {
      try Enrolment(encoded: made.encoded, invitation: once.publicKey, inviter: NodeID(guest.publicKey))
    }
    for index in made.encoded.indices {
      var bytes = made.encoded
      bytes[index] ^= 1
      #expect(throws: WireError.self) {
        try Enrolment(encoded: bytes, invitation: once.publicKey, inviter: inviter)
      }
    }
  }
}
