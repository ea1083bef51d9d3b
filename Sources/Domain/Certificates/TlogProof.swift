public import Cryptography

/// A file that proves without the log that an entry is in it (C2SP tlog-proof). The entry's own bytes travel as extra
/// data, which count for nothing but their hash.
public struct TlogProof: Sendable, Hashable {
  static let header = "c2sp.org/tlog-proof@v1"

  public var extra: [UInt8]?
  /// Counts from 0; an entry's sequence number less one.
  public var index: Int64
  /// From the leaf's sibling to the root's child.
  public var hashes: [Digest]
  public var checkpoint: SignedNote

  public init(extra: [UInt8]?, index: Int64, hashes: [Digest], checkpoint: SignedNote) {
    self.extra = extra
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  /// Whether a file that begins like this is meant as such a proof.
  public static func isProof(_ text: String) -> Bool { text.hasPrefix(Self.header + "\n") }

  /// Reads a proof; nothing of it is verified.
  public init(_ text: String) throws(NoteError) {
    guard Self.isProof(text) else { throw NoteError("does not begin with \(Self.header)") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var next = 1
    if lines[next].hasPrefix("extra ") {
      guard let extra = Base64.bytes(lines[next].dropFirst(6)) else {
        throw NoteError("extra data is not Base64")
      }
      self.extra = extra
      next += 1
    }
    guard next < lines.count, lines[next].hasPrefix("index "),
      let index = LogCheckpoint.number(lines[next].dropFirst(6))
    else { throw NoteError("has no index line") }
    self.index = index
    self.hashes = []
    guard let blank = lines[(next + 1)...].firstIndex(of: "") else { throw NoteError("has no checkpoint") }
    guard blank - next <= 64 else { throw NoteError("has more hashes than any tree is deep") }
    for line in lines[(next + 1)..<blank] {
      guard let hash = Digest(base64: line) else { throw NoteError("'\(line)' is no hash") }
      self.hashes.append(hash)
    }
    self.checkpoint = try SignedNote(lines[(blank + 1)...].joined(separator: "\n"))
  }

  public var text: String {
    var lines = [Self.header]
    if let extra { lines.append("extra " + Base64.text(extra)) }
    lines.append("index \(self.index)")
    lines += self.hashes.map(\.base64)
    return lines.map { $0 + "\n" }.joined() + "\n" + self.checkpoint.text
  }
}
