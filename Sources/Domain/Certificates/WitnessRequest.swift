public import Cryptography

/// What a log asks of a witness: to cosign a checkpoint, with the proof that it continues the one the witness saw last
/// (C2SP tlog-witness, `add-checkpoint`).
public struct WitnessRequest: Sendable, Hashable {
  static let maximumHashes = 63

  /// Size of the log as the witness knows it.
  public var oldSize: Int64
  public var consistency: [Digest]
  public var checkpoint: SignedNote

  public init(oldSize: Int64, consistency: [Digest], checkpoint: SignedNote) {
    self.oldSize = oldSize
    self.consistency = consistency
    self.checkpoint = checkpoint
  }

  /// Reads a request; nothing of it is verified.
  public init(_ text: String) throws(NoteError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix("old "),
      let size = LogCheckpoint.number(first.dropFirst(4))
    else {
      throw NoteError("does not begin with the old size")
    }
    guard let blank = lines.firstIndex(of: "") else { throw NoteError("has no checkpoint") }
    guard blank - 1 <= Self.maximumHashes else {
      throw NoteError("has more than \(Self.maximumHashes) hashes")
    }
    self.oldSize = size
    self.consistency = []
    for line in lines[1..<blank] {
      guard let hash = Digest(base64: line) else { throw NoteError("'\(line)' is no hash") }
      self.consistency.append(hash)
    }
    self.checkpoint = try SignedNote(lines[(blank + 1)...].joined(separator: "\n"))
  }

  public var text: String {
    "old \(self.oldSize)\n" + self.consistency.map { $0.base64 + "\n" }.joined() + "\n" + self.checkpoint.text
  }
}
