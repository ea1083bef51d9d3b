extension JSONValue {
  /// This value in the one spelling that hashes are taken over: byte for byte what Python 3 writes with
  /// `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)`. ASCII only; names in the order of
  /// their code points; integers bare; doubles by the shortest text that reads back to them, always with a fraction or
  /// an exponent. A double that JSON cannot hold is written as `null`.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter()
    writer.write(self)
    return writer.output
  }

  /// `canonicalBytes` as text.
  public var canonicalText: String { String(decoding: self.canonicalBytes, as: UTF8.self) }
}

private struct CanonicalWriter {
  private(set) var output: [UInt8] = []
  private static let hexadecimal = Array("0123456789abcdef".utf8)

  init() { self.output.reserveCapacity(2048) }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: self.put("null")
    case .bool(let value): self.put(value ? "true" : "false")
    case .integer(let value): self.put(value.description)
    case .bigInteger(let digits): self.put(digits)
    case .number(let value): self.put(value.isFinite ? PythonFloat.text(value) : "null")
    case .string(let value): self.write(value)
    case .array(let values):
      self.put("[")
      for (index, value) in values.enumerated() {
        if index > 0 { self.put(",") }
        self.write(value)
      }
      self.put("]")
    case .object(let members):
      self.put("{")
      // Bytes of UTF-8 have the order of code points; `String` compares by another one.
      let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { self.put(",") }
        self.write(member.name)
        self.put(":")
        self.write(member.value)
      }
      self.put("}")
    }
  }

  private mutating func put(_ text: String) { self.output.append(contentsOf: text.utf8) }

  private mutating func write(_ text: String) {
    self.put("\"")
    if text.utf8.allSatisfy({ Self.isPlain($0) }) {
      self.put(text)
    } else {
      for scalar in text.unicodeScalars { self.escape(scalar) }
    }
    self.put("\"")
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": self.put("\\\"")
    case "\\": self.put("\\\\")
    case "\n": self.put("\\n")
    case "\r": self.put("\\r")
    case "\t": self.put("\\t")
    case "\u{8}": self.put("\\b")
    case "\u{c}": self.put("\\f")
    case " "..<"\u{7f}": self.output.append(UInt8(truncatingIfNeeded: scalar.value))
    case _: for unit in String(scalar).utf16 { self.escape(unit: unit) }
    }
  }

  private mutating func escape(unit: UInt16) {
    self.put("\\u")
    for shift in [12, 8, 4, 0] as [UInt16] { self.output.append(Self.hexadecimal[Int(unit >> shift & 15)]) }
  }
}
