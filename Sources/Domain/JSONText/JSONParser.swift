extension JSONValue {
  /// Reads one JSON value and nothing else: strict RFC 8259, names unique within an object, valid UTF-8.
  public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue
  {
    var parser = JSONParser(bytes: bytes, limits: limits)
    return try parser.document()
  }
}

/// A recursive-descent reader over bytes.
struct JSONParser {
  private let bytes: [UInt8]
  private let limits: JSONLimits
  private var index = 0
  private var depth = 0

  init(bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if self.bytes.count > self.limits.maximumBytes {
      throw self.error(.tooLarge(maximumBytes: self.limits.maximumBytes))
    }
    let value = try self.value()
    self.skipBlanks()
    if self.index < self.bytes.count { throw self.error(.trailingText) }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    self.skipBlanks()
    guard let byte = self.peek else { throw self.error(.unexpectedEnd) }
    switch byte {
    case UInt8(ascii: "{"): return try self.object()
    case UInt8(ascii: "["): return try self.array()
    case UInt8(ascii: "\""): return .string(try self.string())
    case UInt8(ascii: "t"):
      try self.word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try self.word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try self.word("null")
      return .null
    case UInt8(ascii: "N"): return try self.nonFinite("NaN", .nan)
    case UInt8(ascii: "I"): return try self.nonFinite("Infinity", .infinity)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try self.number()
    default: throw self.error(.expected("a value"))
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try self.descend()
    var members: [JSONValue.Member] = []
    var names: Set<ExactName> = []
    self.skipBlanks()
    if self.take(UInt8(ascii: "}")) {
      self.depth -= 1
      return .object([])
    }
    while true {
      self.skipBlanks()
      guard self.peek != nil else { throw self.error(.unexpectedEnd) }
      guard self.peek == UInt8(ascii: "\"") else { throw self.error(.expected("a name in quotes")) }
      let start = self.index
      let name = try self.string()
      if !names.insert(ExactName(name)).inserted { throw self.error(.duplicateName(name), at: start) }
      self.skipBlanks()
      guard self.take(UInt8(ascii: ":")) else { throw self.unexpected("':'") }
      members.append(JSONValue.Member(name, try self.value()))
      self.skipBlanks()
      if self.take(UInt8(ascii: ",")) { continue }
      guard self.take(UInt8(ascii: "}")) else { throw self.unexpected("',' or '}'") }
      self.depth -= 1
      return .object(members)
    }
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try self.descend()
    var values: [JSONValue] = []
    self.skipBlanks()
    if self.take(UInt8(ascii: "]")) {
      self.depth -= 1
      return .array([])
    }
    while true {
      values.append(try self.value())
      self.skipBlanks()
      if self.take(UInt8(ascii: ",")) { continue }
      guard self.take(UInt8(ascii: "]")) else { throw self.unexpected("',' or ']'") }
      self.depth -= 1
      return .array(values)
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = self.index
    _ = self.take(UInt8(ascii: "-"))
    if self.peek == UInt8(ascii: "I") { return try self.nonFinite("Infinity", -.infinity) }
    if self.take(UInt8(ascii: "0")) {
      if self.isDigit { throw self.error(.expected("a number without leading zeros"), at: start) }
    } else {
      try self.digits()
    }
    var isIntegral = true
    if self.take(UInt8(ascii: ".")) {
      isIntegral = false
      try self.digits()
    }
    if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
      isIntegral = false
      if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
      try self.digits()
    }
    let text = String(decoding: self.bytes[start..<self.index], as: UTF8.self)
    if isIntegral, text != "-0", let integer = Int64(text) { return .integer(integer) }
    if isIntegral, text != "-0", self.limits.keepsBigIntegers { return .bigInteger(text) }
    guard let number = Double(text), number.isFinite || self.limits.allowsNonFinite else {
      throw self.error(.notFinite, at: start)
    }
    return .number(number)
  }

  private mutating func nonFinite(_ text: StaticString, _ value: Double) throws(JSONError) -> JSONValue {
    let start = self.index
    try self.word(text)
    if !self.limits.allowsNonFinite { throw self.error(.notFinite, at: start) }
    return .number(value)
  }

  private mutating func digits() throws(JSONError) {
    guard self.isDigit else { throw self.unexpected("a digit") }
    while self.isDigit { self.index += 1 }
  }

  private mutating func word(_ text: StaticString) throws(JSONError) {
    let start = self.index
    for byte in text.description.utf8 where !self.take(byte) {
      throw self.error(.expected("a value"), at: start)
    }
  }

  // MARK: Bytes

  private var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

  private var isDigit: Bool {
    self.index < self.bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.bytes[self.index])
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard self.peek == byte else { return false }
    self.index += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = self.peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      self.index += 1
    }
  }

  private mutating func descend() throws(JSONError) {
    if self.depth == self.limits.maximumDepth {
      throw self.error(.tooDeep(maximum: self.limits.maximumDepth))
    }
    self.depth += 1
    self.index += 1
  }

  private func unexpected(_ expected: String) -> JSONError {
    self.error(self.peek == nil ? .unexpectedEnd : .expected(expected))
  }

  private func error(_ reason: JSONError.Reason, at index: Int? = nil) -> JSONError {
    let end = min(index ?? self.index, self.bytes.count)
    var line = 1
    var column = 1
    for byte in self.bytes[..<end] {
      if byte == 0x0a {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    return JSONError(reason: reason, line: line, column: column)
  }
}

/// A name by its bytes. `String` takes texts for equal that Unicode calls equivalent; JSON does not.
private struct ExactName: Hashable {
  private let bytes: [UInt8]

  init(_ name: String) { self.bytes = Array(name.utf8) }
}

// MARK: Strings

extension JSONParser {
  private mutating func string() throws(JSONError) -> String {
    let start = self.index
    self.index += 1
    var content: [UInt8] = []
    while true {
      guard let byte = self.peek else { throw self.error(.unexpectedEnd) }
      self.index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw self.error(.badString, at: start)
        }
        return text
      case UInt8(ascii: "\\"): try self.escape(into: &content)
      case 0..<0x20: throw self.error(.badString, at: self.index - 1)
      default: content.append(byte)
      }
    }
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
    guard let byte = self.peek else { throw self.error(.unexpectedEnd) }
    self.index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      let start = self.index - 2
      var code = try self.hexadecimal()
      if (0xd800..<0xdc00).contains(code), self.take(UInt8(ascii: "\\")), self.take(UInt8(ascii: "u")) {
        let low = try self.hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw self.error(.badString, at: start) }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw self.error(.badString, at: start) }
      content.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw self.error(.badString, at: self.index - 2)
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = self.peek else { throw self.error(.unexpectedEnd) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw self.error(.badString) }
      code = code << 4 | UInt32(digit)
      self.index += 1
    }
    return code
  }
}
