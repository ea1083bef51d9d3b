/// Writes the canonical encoding: big-endian numbers of a fixed width, texts and bytes with their length before them.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { self.bytes.append(value) }
  mutating func number<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.bigEndian) { self.bytes.append(contentsOf: $0) }
  }
  mutating func raw(_ bytes: [UInt8]) { self.bytes += bytes }
  /// At most 255 bytes.
  mutating func short(_ text: String) {
    let utf8 = Array(text.utf8.prefix(255))
    self.byte(UInt8(utf8.count))
    self.raw(utf8)
  }
}

/// Why bytes from the wire are not what they should be.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
  public init(saying description: String) { self.description = description }
}

/// Reads what `WireWriter` writes, and nothing else. Never traps, whatever the bytes are.
struct WireReader {
  private let bytes: [UInt8]
  private(set) var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var left: Int { self.bytes.count - self.index }

  mutating func byte() throws(WireError) -> UInt8 {
    guard self.left > 0 else { throw WireError("ends in the middle") }
    defer { self.index += 1 }
    return self.bytes[self.index]
  }

  mutating func number<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(WireError) -> Value {
    let count = Value.bitWidth / 8
    guard self.left >= count else { throw WireError("ends in the middle") }
    var value: UInt64 = 0
    for byte in self.bytes[self.index..<(self.index + count)] { value = value << 8 | UInt64(byte) }
    self.index += count
    return Value(truncatingIfNeeded: value)
  }

  mutating func raw(_ count: Int) throws(WireError) -> [UInt8] {
    guard count >= 0, self.left >= count else { throw WireError("ends in the middle") }
    defer { self.index += count }
    return Array(self.bytes[self.index..<(self.index + count)])
  }

  mutating func node() throws(WireError) -> NodeID {
    // Thirty-two bytes are a node.
    guard let node = NodeID(bytes: try self.raw(NodeID.byteCount)) else { throw WireError("no key") }
    return node
  }

  /// Well-formed UTF-8 of at most `limit` bytes, without control characters.
  mutating func short(limit: Int) throws(WireError) -> String {
    let count = Int(try self.byte())
    guard count <= limit else { throw WireError("a text of \(count) bytes; at most \(limit)") }
    guard let text = String(validating: try self.raw(count), as: UTF8.self),
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
    else { throw WireError("a text that is none") }
    return text
  }

  /// The bytes read since `start`.
  func slice(from start: Int) -> [UInt8] { Array(self.bytes[start..<self.index]) }

  func finish() throws(WireError) {
    guard self.left == 0 else { throw WireError("\(self.left) bytes too many") }
  }
}
