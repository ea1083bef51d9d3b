extension JSONValue {
  /// Writes this value: on one line without blanks, or indented by two spaces per level. Doubles are written by the
  /// shortest text that reads back to the same number, integers bare, and a number that JSON cannot hold as `null`.
  public func text(pretty: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty)
    writer.write(self, level: 0)
    return writer.output
  }
}

private struct JSONWriter {
  let pretty: Bool
  var output = ""

  init(pretty: Bool) { self.pretty = pretty }

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: self.output += "null"
    case .bool(let value): self.output += value ? "true" : "false"
    case .integer(let value): self.output += value.description
    case .number(let value): self.output += value.isFinite ? value.description : "null"
    case .string(let value): self.write(value)
    case .array(let values):
      self.list("[", values, "]", level: level) { writer, value in writer.write(value, level: level + 1) }
    case .object(let members):
      self.list("{", members, "}", level: level) { writer, member in
        writer.write(member.name)
        writer.output += writer.pretty ? ": " : ":"
        writer.write(member.value, level: level + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ open: String, _ elements: [Element], _ close: String, level: Int,
    write: (inout JSONWriter, Element) -> Void
  ) {
    self.output += open
    for (index, element) in elements.enumerated() {
      if index > 0 { self.output += "," }
      self.newLine(level: level + 1)
      write(&self, element)
    }
    if !elements.isEmpty { self.newLine(level: level) }
    self.output += close
  }

  private mutating func newLine(level: Int) {
    guard self.pretty else { return }
    self.output += "\n"
    for _ in 0..<level { self.output += "  " }
  }

  private mutating func write(_ text: String) {
    self.output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": self.output += "\\\""
      case "\\": self.output += "\\\\"
      case "\n": self.output += "\\n"
      case "\r": self.output += "\\r"
      case "\t": self.output += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7f}":
        let digits = String(scalar.value, radix: 16)
        self.output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: self.output.unicodeScalars.append(scalar)
      }
    }
    self.output += "\""
  }
}
