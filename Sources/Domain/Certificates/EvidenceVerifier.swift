import Cryptography
public import Quantities

/// Verifies an evidence file as its lines stream by, with nothing but the keys of site and witnesses.
public struct EvidenceVerifier: ~Copyable {
  /// What a file proves.
  public struct Proof: Sendable, Hashable {
    public var genesis: Genesis
    public var run: ClosedRange<Int64>
    /// Size of the log that the checkpoint signs.
    public var size: Int64
    public var sums: IntervalSums
    public var firstIssued: UTCInstant
    public var lastIssued: UTCInstant
    /// When each witness asked for saw the log, in seconds since 1970.
    public var witnesses: [Witness]
  }

  public struct Witness: Sendable, Hashable {
    public var name: String
    public var time: Int64
  }

  private let header: EvidenceHeader
  private let checkpoint: LogCheckpoint
  private let genesis: Genesis
  private let witnesses: [Witness]
  private var sha: SHA256
  private var frontier: TreeFrontier
  private var previousHash: String?
  private var watch = EntryWatch()
  private var sums = IntervalSums()

  /// Verifies what the header alone can show. Every one of `witnesses` must have cosigned.
  public init(_ header: EvidenceHeader, key: NoteKey, witnesses: [NoteKey]) throws(EvidenceError) {
    let checkpoint: LogCheckpoint
    do throws(NoteError) { checkpoint = try LogCheckpoint(body: header.checkpoint.body) } catch {
      throw EvidenceError("the checkpoint \(error)")
    }
    let seen = try Self.seen(header.checkpoint, checkpoint, key: key, witnesses: witnesses)
    guard checkpoint.size >= header.last else {
      throw EvidenceError(
        "the checkpoint covers \(checkpoint.size) certificates and not number \(header.last)")
    }
    guard let frontier = TreeFrontier(size: header.first - 1, hashes: header.left) else {
      throw EvidenceError("the hashes on the left are not those before number \(header.first)")
    }
    guard let genesis = Genesis(header.genesis), genesis.key == key,
      MerkleProof.isInclusion(
        header.genesisProof, of: MerkleHash.leaf(header.genesis), index: 0, size: checkpoint.size,
        root: checkpoint.root)
    else { throw EvidenceError("the first entry of the log is not that of the key's site") }
    self.sha = SHA256()
    self.header = header
    self.checkpoint = checkpoint
    self.witnesses = seen
    self.frontier = frontier
    self.genesis = genesis
  }

  /// Who signed a checkpoint; throws unless the log's key and every witness did.
  public static func seen(
    _ note: SignedNote, _ checkpoint: LogCheckpoint, key: NoteKey, witnesses: [NoteKey]
  ) throws(EvidenceError) -> [Witness] {
    guard note.verdict(key) == .signed(time: nil), checkpoint.origin == key.name else {
      throw EvidenceError("the checkpoint is not signed by \(key.name) with the key given")
    }
    var seen: [Witness] = []
    for witness in witnesses {
      guard case .signed(let time) = note.verdict(witness) else {
        throw EvidenceError("the checkpoint is not cosigned by the witness \(witness.name)")
      }
      seen.append(Witness(name: witness.name, time: time ?? 0))
    }
    return seen
  }

  /// Takes the next line.
  public mutating func take(_ certificate: Certificate) throws(EvidenceError) {
    let sequence = self.frontier.size + 1
    guard certificate.sequence == sequence, sequence <= self.header.last else {
      throw EvidenceError("certificate \(sequence) is missing")
    }
    // Where the run begins inside the log, the tree vouches for its data and the chain is checked from there on.
    let previous =
      self.previousHash ?? (sequence == 1 ? CertificateChain.firstPrevious : certificate.previousHash)
    if CertificateChain.fault(in: certificate, after: previous, &self.sha) != nil {
      throw EvidenceError("certificate \(sequence): hash, data or link are not right")
    }
    if let fault = self.watch.fault(in: certificate, isInside: self.header.first > 1) {
      throw EvidenceError("certificate \(sequence): \(LogFinding(sequence: sequence, fault: fault).sentence)")
    }
    self.sums.add(certificate.data)
    self.frontier.append(leaf: MerkleHash.leaf(certificate.data, &self.sha), &self.sha)
    self.previousHash = certificate.certificateHash
  }

  /// The end of the file.
  public mutating func finish() throws(EvidenceError) -> Proof {
    guard self.frontier.size == self.header.last, let first = self.watch.firstIssued,
      let last = self.watch.lastIssued
    else { throw EvidenceError("certificate \(self.frontier.size + 1) is missing") }
    let places = EvidenceHeader.rightPlaces(last: self.header.last, size: self.checkpoint.size)
    guard places.count == self.header.right.count else {
      throw EvidenceError("the hashes on the right are not those after number \(self.header.last)")
    }
    for (place, hash) in zip(places, self.header.right) {
      self.frontier.append(TreeNode(place: place, hash: hash), &self.sha)
    }
    guard self.frontier.root == self.checkpoint.root else {
      throw EvidenceError("the certificates are not those that the site signed")
    }
    return Proof(
      genesis: self.genesis, run: self.header.first...self.header.last, size: self.checkpoint.size,
      sums: self.sums,
      firstIssued: first, lastIssued: last, witnesses: self.witnesses)
  }
}
