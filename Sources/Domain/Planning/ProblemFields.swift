import JSONText
import Quantities

/// Reads the members of one object of the problem file, each at most once, and refuses what is left over.
struct ProblemFields {
  let path: String
  private let values: [String: JSONValue]
  private let names: [String]
  private var known: Set<String> = []

  init(_ value: JSONValue, _ path: String) throws(PlanProblemError) {
    guard let members = value.object else {
      throw PlanProblemError(path: path, problem: "is \(value.kind)", remedy: "give an object")
    }
    self.path = path
    self.names = members.map(\.name)
    self.values = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  func path(_ name: String) -> String { self.path.isEmpty ? name : "\(self.path).\(name)" }

  /// The value of `name`, nil when it is absent.
  mutating func value(_ name: String) -> JSONValue? {
    self.known.insert(name)
    return self.values[name]
  }

  mutating func required(_ name: String) throws(PlanProblemError) -> JSONValue {
    guard let value = self.value(name) else {
      throw PlanProblemError(path: self.path(name), problem: "is missing", remedy: "add it")
    }
    return value
  }

  /// Nil when absent or null.
  mutating func optional(_ name: String) -> JSONValue? {
    guard let value = self.value(name), !value.isNull else { return nil }
    return value
  }

  mutating func number(_ name: String) throws(PlanProblemError) -> Double? {
    guard let value = self.value(name) else { return nil }
    return try Self.number(value, self.path(name))
  }

  mutating func optionalNumber(_ name: String) throws(PlanProblemError) -> Double? {
    guard let value = self.optional(name) else { return nil }
    return try Self.number(value, self.path(name))
  }

  mutating func int(_ name: String) throws(PlanProblemError) -> Int? {
    guard let value = self.value(name) else { return nil }
    return try Self.int(value, self.path(name))
  }

  mutating func optionalInt(_ name: String) throws(PlanProblemError) -> Int? {
    guard let value = self.optional(name) else { return nil }
    return try Self.int(value, self.path(name))
  }

  mutating func bool(_ name: String) throws(PlanProblemError) -> Bool? {
    guard let value = self.value(name) else { return nil }
    guard let bool = value.bool else { throw Self.wrong(self.path(name), value, "true or false") }
    return bool
  }

  mutating func text(_ name: String) throws(PlanProblemError) -> String {
    let value = try self.required(name)
    guard let text = value.string else { throw Self.wrong(self.path(name), value, "a text") }
    return text
  }

  mutating func list(_ name: String) throws(PlanProblemError) -> [JSONValue]? {
    guard let value = self.value(name) else { return nil }
    guard let list = value.array else { throw Self.wrong(self.path(name), value, "a list") }
    return list
  }

  mutating func instant(_ name: String) throws(PlanProblemError) -> UTCInstant {
    try Self.instant(try self.required(name), self.path(name))
  }

  mutating func optionalInstant(_ name: String) throws(PlanProblemError) -> UTCInstant? {
    guard let value = self.optional(name) else { return nil }
    return try Self.instant(value, self.path(name))
  }

  mutating func window() throws(PlanProblemError) -> Slot {
    let start = try self.instant("start")
    let end = try self.instant("end")
    guard let window = Slot(start: start, end: end) else {
      throw PlanProblemError(
        path: self.path("end"), problem: "is not after start", remedy: "give a later time")
    }
    return window
  }

  mutating func minutes(_ name: String) throws(PlanProblemError) -> Duration? {
    guard let value = self.value(name) else { return nil }
    return try Self.minutes(value, self.path(name))
  }

  mutating func minutesList(_ name: String) throws(PlanProblemError) -> [Duration] {
    var lengths: [Duration] = []
    for (index, value) in (try self.list(name) ?? []).enumerated() {
      lengths.append(try Self.minutes(value, "\(self.path(name))[\(index)]"))
    }
    return lengths
  }

  /// Refuses members nobody asked for.
  func finish() throws(PlanProblemError) {
    for name in self.names where !self.known.contains(name) {
      throw PlanProblemError(
        path: self.path(name), problem: "is not a field of the problem file",
        remedy: "remove it or use one of \(self.known.sorted().joined(separator: ", "))")
    }
  }

  static func number(_ value: JSONValue, _ path: String) throws(PlanProblemError) -> Double {
    guard let number = value.double else { throw Self.wrong(path, value, "a number") }
    if !number.isFinite {
      throw PlanProblemError(path: path, problem: "is not a finite number", remedy: "give a plain number")
    }
    return number
  }

  private static func int(_ value: JSONValue, _ path: String) throws(PlanProblemError) -> Int {
    let number = try Self.number(value, path)
    guard let int = value.int else {
      throw PlanProblemError(
        path: path, problem: "\(number) is not a whole number", remedy: "give a whole number")
    }
    return int
  }

  /// Minutes, possibly fractional, to the nearest millisecond.
  static func minutes(_ value: JSONValue, _ path: String) throws(PlanProblemError) -> Duration {
    let minutes = try Self.number(value, path)
    if minutes < 0 {
      throw PlanProblemError(
        path: path, problem: "must not be negative", remedy: "give 0 or more (it is \(minutes))")
    }
    guard let milliseconds = Int64(exactly: (minutes * 60_000).rounded()),
      milliseconds <= ProblemSize.milliseconds
    else { throw PlanProblemError(path: path, problem: "is too long", remedy: "give a length in minutes") }
    return .milliseconds(milliseconds)
  }

  private static func instant(_ value: JSONValue, _ path: String) throws(PlanProblemError) -> UTCInstant {
    guard let text = value.string else { throw Self.wrong(path, value, "a time in quotes") }
    guard let instant = ISO8601.instant(text) else {
      throw PlanProblemError(
        path: path, problem: "\"\(text.prefix(40))\" is not a time with an offset",
        remedy: "write it like 2025-03-10T00:00:00+09:00 or 2025-03-09T15:00:00Z")
    }
    return instant
  }

  static func wrong(_ path: String, _ value: JSONValue, _ wanted: String) -> PlanProblemError {
    PlanProblemError(path: path, problem: "is \(value.kind)", remedy: "give \(wanted)")
  }
}
