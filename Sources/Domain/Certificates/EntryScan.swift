/// The parts of an entry's data that a verifier of the whole log needs, found in one pass without building a value.
///
/// Strict: JSON without blanks, names plain ASCII and in strictly rising order at every level (so none appears twice),
/// bounded depth. That numbers have their shortest spelling is left to those who read them.
struct EntryScan {
  typealias Field = Range<Int>

  /// Of the text's bytes, without quotes; nil where the entry has no such member.
  private(set) var kind: Field?
  private(set) var sequence: Field?
  private(set) var issuedAt: Field?
  private(set) var slotStart: Field?
  private(set) var slotEnd: Field?
  private(set) var clockBack: Field?

  /// Deeper than any entry of ours.
  private static let maximumDepth = 16
  /// A schedule over two weeks of five-minute slots stays far below.
  static let maximumBytes = 4 << 20

  /// Nil when `bytes` are not a canonical object.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= Self.maximumBytes else { return nil }
    var cursor = Cursor(bytes: bytes)
    guard self.members(&cursor), cursor.index == bytes.count else { return nil }
  }

  /// The members of the outermost object.
  private mutating func members(_ cursor: inout Cursor) -> Bool {
    guard cursor.take(UInt8(ascii: "{")) else { return false }
    if cursor.take(UInt8(ascii: "}")) { return true }
    var previous = 0..<0
    repeat {
      guard let name = cursor.name(after: previous), cursor.take(UInt8(ascii: ":")) else { return false }
      previous = name
      let start = cursor.index
      let isText = cursor.peek == UInt8(ascii: "\"")
      guard cursor.skipValue(depth: Self.maximumDepth) else { return false }
      self.note(name, isText ? (start + 1)..<(cursor.index - 1) : start..<cursor.index, cursor)
    } while cursor.take(UInt8(ascii: ","))
    return cursor.take(UInt8(ascii: "}"))
  }

  private mutating func note(_ name: Field, _ value: Field, _ cursor: Cursor) {
    // Few names have these lengths; most members end here.
    switch name.count {
    case 3: if cursor.equals(name, "seq") { self.sequence = value }
    case 4: if cursor.equals(name, "kind") { self.kind = value }
    case 8: if cursor.equals(name, "slot_end") { self.slotEnd = value }
    case 9: if cursor.equals(name, "issued_at") { self.issuedAt = value }
    case 10: if cursor.equals(name, "slot_start") { self.slotStart = value }
    case 13: if cursor.equals(name, "clock_back_ms") { self.clockBack = value }
    case _: break
    }
  }
}

/// A place in the bytes of an entry.
private struct Cursor {
  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0

  var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard self.peek == byte else { return false }
    self.index += 1
    return true
  }

  func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      range.indices.allSatisfy { self.bytes[$0] == text[$0 - range.lowerBound] }
    }
  }

  /// A name that comes after `previous` (empty for none): its bytes without quotes.
  mutating func name(after previous: Range<Int>) -> Range<Int>? {
    guard self.take(UInt8(ascii: "\"")) else { return nil }
    let start = self.index
    while let byte = self.peek, byte != UInt8(ascii: "\"") {
      guard (0x20..<0x7f).contains(byte), byte != UInt8(ascii: "\\") else { return nil }
      self.index += 1
    }
    let name = start..<self.index
    guard self.take(UInt8(ascii: "\"")) else { return nil }
    return previous.isEmpty || self.precedes(previous, name) ? name : nil
  }

  private func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    for offset in 0..<min(a.count, b.count) {
      let (x, y) = (self.bytes[a.lowerBound + offset], self.bytes[b.lowerBound + offset])
      if x != y { return x < y }
    }
    return a.count < b.count
  }

  mutating func skipValue(depth: Int) -> Bool {
    guard let byte = self.peek else { return false }
    switch byte {
    case UInt8(ascii: "\""): return self.skipText()
    case UInt8(ascii: "{"): return depth > 0 && self.skipObject(depth: depth - 1)
    case UInt8(ascii: "["): return depth > 0 && self.skipList(depth: depth - 1)
    case UInt8(ascii: "t"): return self.skipWord("true")
    case UInt8(ascii: "f"): return self.skipWord("false")
    case UInt8(ascii: "n"): return self.skipWord("null")
    case _: return self.skipNumber()
    }
  }

  private mutating func skipText() -> Bool {
    self.index += 1
    while self.index < self.bytes.count {
      let byte = self.bytes[self.index]
      self.index += 1
      if byte == UInt8(ascii: "\"") { return true }
      guard (0x20..<0x7f).contains(byte) else { return false }
      if byte == UInt8(ascii: "\\") {
        guard self.skipEscape() else { return false }
      }
    }
    return false
  }

  private mutating func skipEscape() -> Bool {
    guard let byte = self.peek else { return false }
    self.index += 1
    switch byte {
    case UInt8(ascii: "u"):
      for _ in 0..<4 {
        guard let digit = self.peek, Self.isHexadecimal(digit) else { return false }
        self.index += 1
      }
      return true
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return true
    case _: return false
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  private mutating func skipObject(depth: Int) -> Bool {
    self.index += 1
    if self.take(UInt8(ascii: "}")) { return true }
    var previous = 0..<0
    repeat {
      guard let name = self.name(after: previous), self.take(UInt8(ascii: ":")), self.skipValue(depth: depth)
      else {
        return false
      }
      previous = name
    } while self.take(UInt8(ascii: ","))
    return self.take(UInt8(ascii: "}"))
  }

  private mutating func skipList(depth: Int) -> Bool {
    self.index += 1
    if self.take(UInt8(ascii: "]")) { return true }
    repeat {
      guard self.skipValue(depth: depth) else { return false }
    } while self.take(UInt8(ascii: ","))
    return self.take(UInt8(ascii: "]"))
  }

  private mutating func skipWord(_ word: StaticString) -> Bool {
    guard self.index + word.utf8CodeUnitCount <= self.bytes.count,
      self.equals(self.index..<(self.index + word.utf8CodeUnitCount), word)
    else { return false }
    self.index += word.utf8CodeUnitCount
    return true
  }

  private mutating func skipNumber() -> Bool {
    _ = self.take(UInt8(ascii: "-"))
    if !self.take(UInt8(ascii: "0")) {
      guard self.skipDigits() else { return false }
    }
    if self.take(UInt8(ascii: ".")) {
      guard self.skipDigits() else { return false }
    }
    guard self.take(UInt8(ascii: "e")) else { return true }
    if !self.take(UInt8(ascii: "-")) { _ = self.take(UInt8(ascii: "+")) }
    return self.skipDigits()
  }

  private mutating func skipDigits() -> Bool {
    let start = self.index
    while let byte = self.peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.index += 1 }
    return self.index > start
  }
}
