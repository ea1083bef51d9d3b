public import Certificates
public import Cryptography

/// What a witness answers to `add-checkpoint` (C2SP tlog-witness): a pure decision. The caller makes a checkpoint that is
/// to be cosigned durable first, and only then signs and answers.
public enum Witness {
  /// The newest checkpoint of a log that this witness has cosigned.
  public struct Seen: Sendable, Hashable {
    public var note: SignedNote
    public var checkpoint: LogCheckpoint
    public init(_ note: SignedNote) throws(NoteError) {
      self.note = note
      self.checkpoint = try LogCheckpoint(body: note.body)
    }
  }

  /// An answer as HTTP knows it.
  public struct Answer: Sendable, Hashable {
    public var status: Int
    public var body: String
    public var contentType: String
    init(_ status: Int, _ body: String, _ contentType: String = "text/plain; charset=utf-8") {
      self.status = status
      self.body = body
      self.contentType = contentType
    }
  }

  public enum Decision: Sendable, Hashable {
    /// To be made durable, then cosigned.
    case cosign(Seen)
    case refuse(Answer)
    /// Both notes are signed by the log and cannot both be true: to be kept, and a person told.
    case fork(ForkEvidence, Answer)
  }

  /// Reads and judges a request. `keys` gives the keys that may sign the log of an origin, none for a log that is not
  /// witnessed here; `seen` what was cosigned of it last.
  public static func decide(
    _ text: String, keys: (String) -> [NoteKey], seen: (String) -> Seen?
  ) -> Decision {
    let request: WitnessRequest
    let offered: Seen
    do throws(NoteError) {
      request = try WitnessRequest(text)
      offered = try Seen(request.checkpoint)
    } catch {
      return .refuse(Answer(400, "\(error)\n"))
    }
    let checkpoint = offered.checkpoint
    let trusted = keys(checkpoint.origin)
    guard !trusted.isEmpty else { return .refuse(Answer(404, "unknown origin\n")) }
    guard trusted.contains(where: { offered.note.verdict($0) == .signed(time: nil) }) else {
      return .refuse(Answer(403, "not signed by a key of the log\n"))
    }
    guard request.oldSize <= checkpoint.size else {
      return .refuse(Answer(400, "the old size is larger than the checkpoint's\n"))
    }
    let last = seen(checkpoint.origin)
    let lastSize = last?.checkpoint.size ?? 0
    if let last, last.checkpoint.size == checkpoint.size, last.checkpoint.root != checkpoint.root {
      let evidence = ForkEvidence(cosigned: last.note, offered: offered.note)
      return .fork(evidence, Answer(409, "another root was cosigned for this size\n"))
    }
    guard request.oldSize == lastSize else {
      return .refuse(Answer(409, "\(lastSize)\n", "text/x.tlog.size"))
    }
    let isConsistent = MerkleProof.isConsistency(
      request.consistency, first: lastSize, second: checkpoint.size,
      firstRoot: last?.checkpoint.root ?? MerkleHash.empty, secondRoot: checkpoint.root)
    let isEmptyRight = checkpoint.size > 0 || checkpoint.root == MerkleHash.empty
    guard isConsistent, isEmptyRight else {
      return .refuse(Answer(422, "the proof does not lead from the old root to the new one\n"))
    }
    return .cosign(offered)
  }

  /// The answer once the checkpoint is durable. `name` is the witness's own, `time` in seconds since 1970.
  public static func cosignature(
    of seen: Seen, name: String, key: Ed25519PrivateKey, time: Int64
  ) -> SignedNote.Signature {
    Cosignature.make(for: seen.note, name: name, key: key, time: max(0, time))
  }
}

/// Two notes signed by one log that contradict each other: proof of a fork that anybody can verify.
public struct ForkEvidence: Sendable, Hashable {
  /// What the log had said before.
  public var cosigned: SignedNote
  /// What it says now.
  public var offered: SignedNote
  public init(cosigned: SignedNote, offered: SignedNote) {
    self.cosigned = cosigned
    self.offered = offered
  }

  /// Whether the two are what they claim: both signed by the log's key, over one size with two roots.
  public func isProof(key: NoteKey) -> Bool {
    do throws(NoteError) {
      let first = try LogCheckpoint(body: self.cosigned.body)
      let second = try LogCheckpoint(body: self.offered.body)
      return self.cosigned.verdict(key) == .signed(time: nil)
        && self.offered.verdict(key) == .signed(time: nil) && first.origin == second.origin
        && first.size == second.size && first.root != second.root
    } catch {
      return false
    }
  }
}

extension NodeID {
  /// The name under which a node cosigns the logs of others.
  public var witnessName: String { "rigshift/witness/\(self.text.prefix(16))" }

  /// The key by which a node's cosignatures are verified.
  public var witnessKey: NoteKey {
    // The name has no blanks and no plus sign.
    NoteKey(name: self.witnessName, algorithm: .cosignature, publicKey: self.publicKey)!
  }
}
