extension JSONValue {
  /// Writes this value: on one line without blanks, or indented by two spaces per level. Doubles are written by the
  /// shortest text that reads back to the same number, integers bare, and a number that JSON cannot hold as `null`.
  public func text(pretty: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty)
    writer.write(self, level: 0)
    return String(decoding: writer.output, as: UTF8.self)
  }
}

/// Writes into bytes: a `String` checks and counts at every append, which costs several times the writing itself.
private struct JSONWriter {
  let pretty: Bool
  private(set) var output: [UInt8] = []

  init(pretty: Bool) { self.pretty = pretty }

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: self.put("null")
    case .bool(let value): self.put(value ? "true" : "false")
    case .integer(let value): self.put(value.description)
    case .bigInteger(let digits): self.put(digits)
    case .number(let value): self.put(value.isFinite ? value.description : "null")
    case .string(let value): self.write(value)
    case .array(let values):
      self.list("[", values, "]", level: level) { writer, value in writer.write(value, level: level + 1) }
    case .object(let members):
      self.list("{", members, "}", level: level) { writer, member in
        writer.write(member.name)
        writer.put(writer.pretty ? ": " : ":")
        writer.write(member.value, level: level + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ open: String, _ elements: [Element], _ close: String, level: Int,
    write: (inout JSONWriter, Element) -> Void
  ) {
    self.put(open)
    for (index, element) in elements.enumerated() {
      if index > 0 { self.put(",") }
      self.newLine(level: level + 1)
      write(&self, element)
    }
    if !elements.isEmpty { self.newLine(level: level) }
    self.put(close)
  }

  private mutating func newLine(level: Int) {
    guard self.pretty else { return }
    self.put("\n")
    for _ in 0..<level { self.put("  ") }
  }

  private mutating func put(_ text: String) { self.output.append(contentsOf: text.utf8) }

  private mutating func write(_ text: String) {
    self.put("\"")
    if text.utf8.contains(where: Self.isEscaped) {
      for byte in text.utf8 { self.escape(byte) }
    } else {
      self.put(text)
    }
    self.put("\"")
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    guard Self.isEscaped(byte) else { return self.output.append(byte) }
    switch byte {
    case UInt8(ascii: "\""): self.put("\\\"")
    case UInt8(ascii: "\\"): self.put("\\\\")
    case UInt8(ascii: "\n"): self.put("\\n")
    case UInt8(ascii: "\r"): self.put("\\r")
    case UInt8(ascii: "\t"): self.put("\\t")
    default: self.put((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
    }
  }
}
