import Quantities
import SiteModel

/// Reads the keys of one table, remembers which it was asked for, and puts everything wrong into the log. A key that
/// is absent or wrong reads as nil; whether anything was wrong is the log's to say.
final class TableReader {
  enum Presence {
    case optional
    /// Must be there; `example` is a line that would do.
    case required(example: String)
  }

  /// What a person calls the table: `[grid]`, or `the file` for the outermost.
  let name: String
  let log: ProblemLog
  let position: FilePosition
  private let table: TOMLTable
  private var asked: [String] = []

  init(_ table: TOMLTable, name: String, at position: FilePosition, log: ProblemLog) {
    self.table = table
    self.name = name
    self.position = position
    self.log = log
  }

  /// Whether the key is in the file, right or wrong.
  func has(_ key: String) -> Bool { self.entry(key) != nil }

  /// Where the key's value stands; the table's own place when it has no such key.
  func position(of key: String) -> FilePosition { self.table[key]?.node.position ?? self.position }

  func error(_ what: String, at key: String, do remedy: String) {
    self.log.error(what, at: self.position(of: key), do: remedy)
  }

  func warning(_ what: String, at key: String, do remedy: String) {
    self.log.warning(what, at: self.position(of: key), do: remedy)
  }

  /// Refuses a key that has a meaning elsewhere but none here.
  func refuse(_ key: String, because reason: String, do remedy: String) {
    guard let entry = self.entry(key) else { return }
    self.log.error("'\(key)' \(reason)", at: entry.keyPosition, do: remedy)
  }

  /// Reports every key nobody asked for. The last call on a reader.
  func finish() {
    for entry in self.table.entries where !self.asked.contains(entry.key) {
      let remedy =
        Spelling.nearest(to: entry.key, among: self.asked).map { "did you mean '\($0)'?" }
        ?? "remove it; \(self.name) takes \(self.asked.joined(separator: ", "))"
      self.log.error("unknown key '\(entry.key)' in \(self.name)", at: entry.keyPosition, do: remedy)
    }
  }

  // MARK: Values

  func node(_ key: String, _ presence: Presence = .optional) -> TOMLNode? {
    if let entry = self.entry(key) { return entry.node }
    if case .required(let example) = presence {
      self.log.error("\(self.name) has no '\(key)'", at: self.position, do: "add a line such as: \(example)")
    }
    return nil
  }

  func number(_ key: String, in range: ClosedRange<Double>, _ presence: Presence = .optional) -> Double? {
    guard let node = self.node(key, presence) else { return nil }
    return self.number(node, "'\(key)'", in: range)
  }

  /// Checks a number that stands anywhere, such as in an array; `what` names it in messages.
  func number(_ node: TOMLNode, _ what: String, in range: ClosedRange<Double>) -> Double? {
    let value: Double
    switch node.value {
    case .integer(let whole): value = Double(whole)
    case .number(let number): value = number
    case .table, .array, .string, .boolean, .temporal:
      self.log.error(
        "\(what) must be a number, not \(node.kind)", at: node.position,
        do: "write the number alone; its unit is in the key's name")
      return nil
    }
    guard range.contains(value) else {
      self.log.error(
        "\(what) is \(NumberText.string(value)), which is out of range", at: node.position,
        do:
          "give a number from \(NumberText.string(range.lowerBound)) to \(NumberText.string(range.upperBound))"
      )
      return nil
    }
    return value
  }

  func wholeNumber(_ key: String, in range: ClosedRange<Int>, _ presence: Presence = .optional) -> Int? {
    guard let node = self.node(key, presence) else { return nil }
    guard case .integer(let value) = node.value else {
      self.log.error(
        "'\(key)' must be a whole number, not \(node.kind)", at: node.position,
        do: "write a number without quotes and without decimals")
      return nil
    }
    guard let number = Int(exactly: value), range.contains(number) else {
      self.log.error(
        "'\(key)' is \(value), which is out of range", at: node.position,
        do: "give a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  func flag(_ key: String) -> Bool? {
    guard let node = self.node(key) else { return nil }
    guard case .boolean(let value) = node.value else {
      self.log.error(
        "'\(key)' must be true or false, not \(node.kind)", at: node.position,
        do: "write true or false without quotes")
      return nil
    }
    return value
  }

  /// A string of 1 to 200 characters without line breaks and other control characters.
  func text(_ key: String, _ presence: Presence = .optional) -> String? {
    guard let node = self.node(key, presence) else { return nil }
    return self.text(node, "'\(key)'")
  }

  func text(_ node: TOMLNode, _ what: String) -> String? {
    guard case .string(let text) = node.value else {
      self.log.error(
        "\(what) must be a string, not \(node.kind)", at: node.position, do: "put it in double quotes")
      return nil
    }
    guard !text.isEmpty, text.count <= 200,
      text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
    else {
      self.log.error(
        "\(what) must have 1 to 200 characters and no control characters", at: node.position,
        do: "write a plain text")
      return nil
    }
    return text
  }

  /// A string that names something in messages, logs and commands: letters, digits, `-`, `_` and `.`, 1 to 40 long.
  func identifier(_ key: String, _ presence: Presence) -> String? {
    guard let text = self.text(key, presence) else { return nil }
    let allowed = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.".unicodeScalars.contains($0)
    }
    guard allowed, text.count <= 40 else {
      self.error(
        "'\(key)' is \"\(text)\", which is not a short plain name", at: key,
        do: "use up to 40 letters, digits, '-', '_' and '.', such as \"roof-east\"")
      return nil
    }
    return text
  }

  /// One of a few words.
  func choice<Word: CaseIterable & RawRepresentable<String>>(
    _ key: String, of type: Word.Type, _ presence: Presence = .optional
  ) -> Word? {
    guard let text = self.text(key, presence) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let remedy =
      Spelling.nearest(to: text, among: words).map { "did you mean \"\($0)\"?" }
      ?? "write one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    self.error("'\(key)' is \"\(text)\", which is not known", at: key, do: remedy)
    return nil
  }

  func duration(_ key: String, in range: ClosedRange<Duration>, _ presence: Presence = .optional) -> Duration?
  {
    guard let node = self.node(key, presence) else { return nil }
    guard case .string(let text) = node.value, let duration = DurationText.duration(text) else {
      self.log.error(
        "'\(key)' is not a length of time with its unit", at: node.position,
        do: "write it in quotes with d, h, min, s or ms, such as \"90 s\" or \"1 h 30 min\"")
      return nil
    }
    guard range.contains(duration) else {
      self.log.error(
        "'\(key)' is \"\(text)\", which is out of range", at: node.position,
        do: "give a length from \"\(DurationText.string(range.lowerBound))\" to "
          + "\"\(DurationText.string(range.upperBound))\"")
      return nil
    }
    return duration
  }

  func timeOfDay(_ key: String, _ presence: Presence) -> TimeOfDay? {
    guard let node = self.node(key, presence) else { return nil }
    guard case .string(let text) = node.value, let time = Self.timeOfDay(text) else {
      self.log.error(
        "'\(key)' is not a time of day", at: node.position,
        do: "write hours and minutes in quotes, such as \"07:00\"")
      return nil
    }
    return time
  }

  private static func timeOfDay(_ text: String) -> TimeOfDay? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)),
      let minute = Int(text.suffix(2)), bytes.allSatisfy({ (48...58).contains($0) }), hour <= 24, minute < 60
    else { return nil }
    return TimeOfDay(minutes: hour * 60 + minute)
  }

  func array(_ key: String, _ presence: Presence = .optional) -> [TOMLNode]? {
    guard let node = self.node(key, presence) else { return nil }
    guard case .array(let elements) = node.value else {
      self.log.error(
        "'\(key)' must be an array, not \(node.kind)", at: node.position,
        do: "put the values in square brackets")
      return nil
    }
    return elements
  }

  // MARK: Tables inside

  /// The table under `key`; an empty one in its place when it is absent, so that its required keys are reported.
  func table(_ key: String) -> TableReader {
    let name = self.name(of: key)
    guard let node = self.node(key) else { return self.empty(name) }
    guard case .table(let table) = node.value else {
      let remedy = "write it once, as \(name) with single brackets"
      self.log.error("'\(key)' must be a table, not \(node.kind)", at: node.position, do: remedy)
      return self.empty(name, log: ProblemLog(file: self.log.file))
    }
    return TableReader(table, name: name, at: node.position, log: self.log)
  }

  /// The tables of the array of tables under `key`: none when it is absent, nil when it is something else.
  func tables(_ key: String) -> [TableReader]? {
    let name = "[\(self.name(of: key))]"
    guard let node = self.node(key) else { return [] }
    guard case .array(let elements) = node.value else {
      self.log.error(
        "'\(key)' must be a list of tables, not \(node.kind)", at: node.position, do: "write it as \(name)")
      return nil
    }
    return elements.enumerated().compactMap { self.table($1, "\(name) number \($0 + 1)") }
  }

  /// A table that stands anywhere, such as in an array.
  func table(_ node: TOMLNode, _ name: String) -> TableReader? {
    guard case .table(let table) = node.value else {
      self.log.error(
        "\(name) must be a table, not \(node.kind)", at: node.position,
        do: "write it with its keys and values")
      return nil
    }
    return TableReader(table, name: name, at: node.position, log: self.log)
  }

  private func empty(_ name: String, log: ProblemLog? = nil) -> TableReader {
    TableReader(TOMLTable(entries: []), name: name, at: self.position, log: log ?? self.log)
  }

  private func name(of key: String) -> String {
    guard self.name.hasPrefix("[") else { return "[\(key)]" }
    // One of several tables has its number behind the brackets.
    return self.name.hasSuffix("]") ? "\(self.name.dropLast()).\(key)]" : "'\(key)' of \(self.name)"
  }

  private func entry(_ key: String) -> TOMLTable.Entry? {
    if !self.asked.contains(key) { self.asked.append(key) }
    return self.table[key]
  }
}
