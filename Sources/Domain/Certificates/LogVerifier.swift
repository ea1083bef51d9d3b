public import Cryptography
public import Quantities

/// Verifies a whole log as it streams by: chain, contents, tree and signatures, in constant memory.
///
/// The newest checkpoint vouches for everything before it, so its signature alone is verified unless
/// `checksEverySignature` is set; the roots of all others are compared. Only with every signature verified does a finding
/// about what was signed name the first place.
public struct LogVerifier: ~Copyable {
  /// What the verifier was shown of the log, once all of it has passed.
  public struct Summary: Sendable, Hashable {
    public var origin: String
    /// The key the log was verified with; by the log's own word alone unless one was given.
    public var key: NoteKey
    public var size: Int64
    public var root: Digest
    public var counts: [EntryKind: Int64]
    public var firstIssued: UTCInstant
    public var lastIssued: UTCInstant
    /// The settlement slots covered, all of them.
    public var settled: Slot?
    public var checkpoints: Int64
  }

  private let trusted: NoteKey?
  /// Checkpoints from elsewhere, already verified; smallest first.
  private var anchors: ArraySlice<LogCheckpoint>
  private let checksEverySignature: Bool

  private var sha = SHA256()
  private var frontier = TreeFrontier()
  private var previousHash = CertificateChain.firstPrevious
  private var watch = EntryWatch()
  private var key: NoteKey?
  private var lastNote: (note: SignedNote, size: Int64)?
  /// Size of the last checkpoint whose root was right, and signature too where every one is verified.
  private var confirmed: Int64 = 0
  private var checkpoints: Int64 = 0

  /// `trusted` is the key expected to have signed the log, nil to take the log's own word; `anchors` are checkpoints of the
  /// log that somebody kept elsewhere, whose signatures the caller has verified.
  public init(trusted: NoteKey?, anchors: [LogCheckpoint] = [], checksEverySignature: Bool = false) {
    self.trusted = trusted
    self.anchors = anchors.sorted { $0.size < $1.size }[...]
    self.checksEverySignature = checksEverySignature
  }

  /// Takes the next certificate and the note of the checkpoint over the log up to it, if the log has one.
  public mutating func take(_ certificate: Certificate, note: String?) throws(LogFinding) {
    let sequence = self.frontier.size + 1
    guard certificate.sequence == sequence else { throw LogFinding(sequence: sequence, fault: .missing) }
    if let fault = self.chainFault(in: certificate) { throw LogFinding(sequence: sequence, fault: fault) }
    if let fault = self.watch.fault(in: certificate) { throw LogFinding(sequence: sequence, fault: fault) }
    if sequence == 1 { try self.begin(certificate) }
    self.previousHash = certificate.certificateHash
    self.frontier.append(leaf: MerkleHash.leaf(certificate.data, &self.sha), &self.sha)
    while let anchor = self.anchors.first, anchor.size <= sequence {
      self.anchors.removeFirst()
      if anchor.size == sequence, anchor.root != self.frontier.root {
        throw LogFinding(sequence: self.confirmed + 1, fault: .notAsSigned(through: sequence))
      }
    }
    if let note { try self.check(note, at: sequence) }
  }

  /// The end of the log. `beyond` is the largest checkpoint the log has over more certificates than were shown.
  public mutating func finish(beyond: Int64? = nil) throws(LogFinding) -> Summary? {
    let size = self.frontier.size
    if let longer = self.anchors.last?.size ?? beyond, longer > size {
      throw LogFinding(sequence: size + 1, fault: .shorterThanCheckpoint(size: longer))
    }
    guard let key, let first = self.watch.firstIssued, let last = self.watch.lastIssued else { return nil }
    guard let newest = self.lastNote, newest.size == size else {
      throw LogFinding(sequence: (self.lastNote?.size ?? 0) + 1, fault: .unsigned)
    }
    if newest.note.verdict(key) != .signed(time: nil) {
      throw LogFinding(sequence: self.confirmed + 1, fault: .badSignature(through: size))
    }
    return Summary(
      origin: key.name, key: key, size: size, root: self.frontier.root, counts: self.watch.counts,
      firstIssued: first, lastIssued: last,
      settled: self.watch.settledFrom.flatMap { from in
        self.watch.settledUntil.flatMap { Slot(start: from, end: $0) }
      }, checkpoints: self.checkpoints)
  }

  private mutating func chainFault(in certificate: Certificate) -> LogFinding.Fault? {
    switch CertificateChain.fault(in: certificate, after: self.previousHash, &self.sha) {
    case .payload: .payload
    case .hash: .hash
    case .link: .link
    case nil: nil
    }
  }

  /// The first entry says whose log it is.
  private mutating func begin(_ certificate: Certificate) throws(LogFinding) {
    guard let genesis = Genesis(certificate.data) else {
      throw LogFinding(sequence: 1, fault: .malformed("a genesis without origin and key"))
    }
    if let trusted, trusted != genesis.key {
      throw LogFinding(sequence: 1, fault: .otherLog(key: genesis.key.text))
    }
    self.key = genesis.key
  }

  private mutating func check(_ text: String, at size: Int64) throws(LogFinding) {
    self.checkpoints += 1
    let read: (SignedNote, LogCheckpoint)
    do throws(NoteError) {
      let note = try SignedNote(text)
      read = (note, try LogCheckpoint(body: note.body))
    } catch {
      throw LogFinding(sequence: self.confirmed + 1, fault: .badSignature(through: size))
    }
    let (note, checkpoint) = read
    if self.checksEverySignature, let key, note.verdict(key) != .signed(time: nil) {
      throw LogFinding(sequence: self.confirmed + 1, fault: .badSignature(through: size))
    }
    guard checkpoint.origin == self.key?.name, checkpoint.size == size, checkpoint.root == self.frontier.root
    else {
      throw LogFinding(sequence: self.confirmed + 1, fault: .notAsSigned(through: size))
    }
    self.lastNote = (note, size)
    // Without its signature a checkpoint confirms nothing: whoever rebuilds a log writes it anew.
    if self.checksEverySignature { self.confirmed = size }
  }
}
