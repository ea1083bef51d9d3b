public import Cryptography

/// What a site signs about its log: how long it is and what is in it (C2SP tlog-checkpoint).
public struct LogCheckpoint: Sendable, Hashable {
  /// Names the log, for ever.
  public let origin: String
  public let size: Int64
  public let root: Digest
  /// Further lines, which a verifier passes on unread.
  public let extensions: [String]

  public init(origin: String, size: Int64, root: Digest, extensions: [String] = []) {
    self.origin = origin
    self.size = size
    self.root = root
    self.extensions = extensions
  }

  /// Reads the body of a note.
  public init(body: String) throws(NoteError) {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    guard lines.count >= 3, !lines[0].isEmpty else {
      throw NoteError("is no checkpoint: origin, size and root")
    }
    guard let size = Self.number(lines[1]) else { throw NoteError("'\(lines[1])' is no size of a log") }
    guard let root = Digest(base64: lines[2]) else { throw NoteError("'\(lines[2])' is no root hash") }
    guard !lines.dropFirst(3).contains("") else { throw NoteError("has an empty line in the checkpoint") }
    self.init(origin: lines[0], size: size, root: root, extensions: Array(lines.dropFirst(3)))
  }

  public var body: String {
    ([self.origin, "\(self.size)", self.root.base64] + self.extensions).map { $0 + "\n" }.joined()
  }

  /// A number without sign and leading zeros.
  static func number(_ text: some StringProtocol) -> Int64? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int64(text), text == "0" || !text.hasPrefix("0")
    else { return nil }
    return number
  }
}
