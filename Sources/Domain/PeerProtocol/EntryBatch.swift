public import Certificates

/// A run of a log's entries as peers hand them over: their exact bytes, and the log's own signed checkpoint over the log up
/// to the last of them, which proves them all.
public struct EntryBatch: Sendable, Hashable {
  public static let mostEntries = 4096
  /// What one exchange carries. An entry that is larger travels alone, up to `largestEntry`.
  public static let maximumBytes = 1 << 20
  public static let largestEntry = 4 << 20
  /// The largest encoding there is.
  public static let limit = Self.largestEntry + Self.maximumBytes + (64 << 10)
  private static let longestNote = 32 << 10

  /// Number of the first entry, counted from 1.
  public var first: Int64
  public var entries: [[UInt8]]
  public var note: SignedNote

  public init(first: Int64, entries: [[UInt8]], note: SignedNote) {
    self.first = first
    self.entries = entries
    self.note = note
  }

  public var encoded: [UInt8] {
    var writer = WireWriter()
    writer.byte(NetMessage.protocolVersion)
    writer.number(self.first)
    writer.number(UInt16(truncatingIfNeeded: self.entries.count))
    for entry in self.entries {
      writer.number(UInt32(clamping: entry.count))
      writer.raw(entry)
    }
    writer.raw(Array(self.note.text.utf8))
    return writer.bytes
  }

  /// Reads a batch; nothing of it is verified.
  public init(encoded: [UInt8]) throws(WireError) {
    guard encoded.count <= Self.limit else { throw WireError("more than \(Self.limit) bytes") }
    var reader = WireReader(encoded)
    let version = try reader.byte()
    guard version == NetMessage.protocolVersion else { throw WireError("version \(version) of the protocol") }
    self.first = try reader.number()
    let count = Int(try reader.number(UInt16.self))
    guard self.first > 0, (1...Self.mostEntries).contains(count) else { throw WireError("\(count) entries") }
    self.entries = []
    for _ in 0..<count {
      let length = Int(try reader.number(UInt32.self))
      guard length <= Self.largestEntry else { throw WireError("an entry of \(length) bytes") }
      self.entries.append(try reader.raw(length))
    }
    guard reader.left <= Self.longestNote else { throw WireError("a note of \(reader.left) bytes") }
    guard let text = String(validating: try reader.raw(reader.left), as: UTF8.self) else {
      throw WireError("a note that is no text")
    }
    do throws(NoteError) { self.note = try SignedNote(text) } catch { throw WireError("note: \(error)") }
  }
}
