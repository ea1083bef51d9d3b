/// Reads XML as market services write it: elements, text, the five named entities and character references, in UTF-8.
///
/// There is no document type declaration in what it reads. Such a one is refused at its first character, and with it every
/// entity somebody else could define: nothing is ever fetched or expanded. Attributes are checked and left out. Depth,
/// elements and bytes are bounded, and nothing recurses.
struct XMLReader {
  private static let deepest = 32
  /// A fortnight of quarter hours, twice, takes ten thousand.
  private static let mostElements = 100_000
  private static let mostAttributes = 32
  private static let longestName = 200

  private struct Open {
    var element: XMLElement
    let fullName: ArraySlice<UInt8>
    var text: [UInt8] = []
  }

  private let bytes: [UInt8]
  private let file: String?
  private var index = 0
  private var line = 1
  private var open: [Open] = []
  private var root: XMLElement?
  private var elements = 0

  private init(_ bytes: [UInt8], file: String?) {
    self.bytes = bytes
    self.file = file
  }

  static func parse(_ bytes: [UInt8], file: String? = nil) throws(FormatError) -> XMLElement {
    guard bytes.count <= FormatLimits.feedBytes else {
      throw FormatError(
        file: file, message: "larger than the \(FormatLimits.feedBytes) bytes allowed",
        remedy: "ask the service for a shorter period")
    }
    var reader = XMLReader(bytes, file: file)
    return try reader.document()
  }

  private mutating func document() throws(FormatError) -> XMLElement {
    guard String(validating: self.bytes, as: UTF8.self) != nil else { throw self.error("not UTF-8") }
    if self.bytes.starts(with: [0xef, 0xbb, 0xbf]) { self.index = 3 }
    while self.index < self.bytes.count {
      if self.bytes[self.index] == UInt8(ascii: "<") { try self.markup() } else { try self.text() }
    }
    guard let root = self.root, self.open.isEmpty else { throw self.error("the text ends too early") }
    return root
  }

  // MARK: Markup

  private mutating func markup() throws(FormatError) {
    if self.take("<?") { return try self.instruction() }
    if self.take("<!--") {
      _ = try self.skip(past: "-->")
      return
    }
    if self.take("<![CDATA[") {
      let text = try self.skip(past: "]]>")
      guard !self.open.isEmpty else { throw self.error("text outside of all elements") }
      self.open[self.open.count - 1].text += text
      return
    }
    if self.take("<!") {
      let rest = String(decoding: self.bytes[self.index...].prefix(12), as: UTF8.self).lowercased()
      throw rest == "doctype html"
        ? FormatError(
          file: self.file, message: "a page instead of data",
          remedy: "check the address; the service may be in trouble")
        : self.error("a document type declaration, which is never read")
    }
    if self.take("</") { return try self.endTag() }
    self.index += 1
    try self.startTag()
  }

  private mutating func instruction() throws(FormatError) {
    let text = String(decoding: try self.skip(past: "?>"), as: UTF8.self).lowercased()
    guard text.hasPrefix("xml "),
      let encoding = text.split(separator: "encoding", maxSplits: 1).dropFirst().first
    else { return }
    guard encoding.contains("utf-8") || encoding.contains("us-ascii") else {
      throw self.error("an encoding other than UTF-8")
    }
  }

  private mutating func startTag() throws(FormatError) {
    let line = self.line
    let name = try self.name()
    guard self.root == nil else { throw self.error("something follows the end of the document") }
    self.elements += 1
    guard self.elements <= Self.mostElements, self.open.count < Self.deepest else {
      throw self.error("more than \(Self.mostElements) elements, or nested deeper than \(Self.deepest)")
    }
    var attributes: [ArraySlice<UInt8>] = []
    while true {
      let hasBlank = self.skipBlanks()
      if self.take(">") {
        self.begin(name, line)
        return
      }
      if self.take("/>") {
        self.begin(name, line)
        return self.end()
      }
      guard hasBlank, attributes.count < Self.mostAttributes else { throw self.error("a damaged tag") }
      let attribute = try self.name()
      guard !attributes.contains(attribute) else { throw self.error("an attribute twice in one tag") }
      attributes.append(attribute)
      self.skipBlanks()
      guard self.take("=") else { throw self.error("an attribute without a value") }
      self.skipBlanks()
      let quote = self.take("\"") ? "\"" : self.take("'") ? "'" : nil
      guard let quote else { throw self.error("an attribute's value without quotes") }
      guard !(try self.skip(past: quote)).contains(UInt8(ascii: "<")) else {
        throw self.error("an attribute's value holds a <")
      }
    }
  }

  private mutating func endTag() throws(FormatError) {
    let name = try self.name()
    self.skipBlanks()
    guard self.take(">") else { throw self.error("a damaged tag") }
    guard self.open.last?.fullName == name else { throw self.error("an end tag that fits no open element") }
    self.end()
  }

  private mutating func begin(_ name: ArraySlice<UInt8>, _ line: Int) {
    let local = name.split(separator: UInt8(ascii: ":")).last ?? name
    self.open.append(
      Open(element: XMLElement(name: String(decoding: local, as: UTF8.self), line: line), fullName: name))
  }

  private mutating func end() {
    guard var last = self.open.popLast() else { return }
    let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
    let trimmed = last.text.drop(while: isBlank)
    let end = trimmed.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? trimmed.startIndex
    last.element.text = String(decoding: trimmed[..<end], as: UTF8.self)
    if self.open.isEmpty {
      self.root = last.element
    } else {
      self.open[self.open.count - 1].element.children.append(last.element)
    }
  }

  // MARK: Text

  private mutating func text() throws(FormatError) {
    let end = self.bytes[self.index...].firstIndex(of: UInt8(ascii: "<")) ?? self.bytes.count
    guard !self.open.isEmpty else {
      guard self.bytes[self.index..<end].allSatisfy({ $0 <= 0x20 }) else {
        throw self.error("text outside of all elements")
      }
      return self.advance(to: end)
    }
    var text: [UInt8] = []
    var index = self.index
    while index < end {
      let byte = self.bytes[index]
      if byte == UInt8(ascii: "&") {
        guard let semicolon = self.bytes[index..<min(end, index + 12)].firstIndex(of: UInt8(ascii: ";")),
          let scalar = Self.scalar(self.bytes[(index + 1)..<semicolon])
        else { throw self.error("an entity that is not one of XML's own") }
        text += Array(String(scalar).utf8)
        index = semicolon + 1
        continue
      }
      guard byte >= 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d else {
        throw self.error("a control character")
      }
      text.append(byte)
      index += 1
    }
    self.open[self.open.count - 1].text += text
    self.advance(to: end)
  }

  private static func scalar(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
    let text = String(decoding: name, as: UTF8.self)
    switch text {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    case _:
      let number =
        text.hasPrefix("#x")
        ? UInt32(text.dropFirst(2), radix: 16) : text.hasPrefix("#") ? UInt32(text.dropFirst()) : nil
      guard let number, number >= 0x20 || number == 9 || number == 10 || number == 13 else { return nil }
      return Unicode.Scalar(number)
    }
  }

  // MARK: Bytes

  private mutating func name() throws(FormatError) -> ArraySlice<UInt8> {
    let name = self.bytes[self.index...].prefix {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"),
        UInt8(ascii: "."), 0x80...:
        true
      case _: false
      }
    }
    guard let first = name.first, !"0123456789-.".utf8.contains(first), name.count <= Self.longestName else {
      throw self.error(name.endIndex == self.bytes.count ? "the text ends too early" : "a damaged tag")
    }
    self.index = name.endIndex
    return name
  }

  /// Takes `text` where it stands next; it holds no line break.
  private mutating func take(_ text: String) -> Bool {
    guard self.bytes[self.index...].starts(with: text.utf8) else { return false }
    self.index += text.utf8.count
    return true
  }

  @discardableResult private mutating func skipBlanks() -> Bool {
    let end = self.bytes[self.index...].firstIndex { $0 > 0x20 } ?? self.bytes.count
    defer { self.advance(to: end) }
    return end > self.index
  }

  /// What stands before the next `mark`, which is passed.
  private mutating func skip(past mark: String) throws(FormatError) -> ArraySlice<UInt8> {
    let wanted = Array(mark.utf8)
    var end = self.index
    while end + wanted.count <= self.bytes.count {
      if self.bytes[end] == wanted[0], self.bytes[end...].starts(with: wanted) {
        let text = self.bytes[self.index..<end]
        self.advance(to: end + wanted.count)
        return text
      }
      end += 1
    }
    throw self.error("the text ends too early")
  }

  private mutating func advance(to end: Int) {
    self.line += self.bytes[self.index..<end].count { $0 == 0x0a }
    self.index = end
  }

  private func error(_ message: String) -> FormatError {
    FormatError(
      file: self.file, line: self.line, message: message,
      remedy: "ask the service again; the answer is damaged")
  }
}
