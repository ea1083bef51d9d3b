public import JSONText

/// What of the record's decisions and events somebody wants to see.
public struct HistoryFilter: Sendable, Hashable {
  /// As `16:30`, which is the last time that the clock showed it, or a local or full date and time; nil for as far as the
  /// answer reaches.
  public let since: String?
  /// A text that must stand in the line; upper and lower case are one.
  public let text: String?

  public init(since: String?, text: String?) {
    self.since = since.flatMap { $0.isEmpty ? nil : $0 }
    self.text = text.flatMap { $0.isEmpty ? nil : $0 }
  }

  var isEmpty: Bool { self.since == nil && self.text == nil }

  /// For a link that asks the same.
  var query: String {
    [("since", self.since), ("text", self.text)].compactMap { name, value in
      value.map { "\(name)=\(PercentCoding.encoded($0))" }
    }.joined(separator: "&")
  }

  /// The rows that hold the text, of objects in which every member counts.
  public func lines(of rows: [JSONValue]) -> [JSONValue] {
    guard let text = self.text?.lowercased() else { return rows }
    return rows.filter { row in
      (row.object ?? []).contains { ($0.value.string ?? "").lowercased().contains(text) }
    }
  }
}

/// Decisions as comma-separated values (RFC 4180).
enum DecisionList {
  static func csv(_ decisions: [JSONValue]) -> String {
    let names = ["at", "rig", "on", "authority", "reason", "plan"]
    let rows = decisions.map { row in names.map { Self.field(row[$0] ?? nil) }.joined(separator: ",") }
    return ([names.joined(separator: ",")] + rows).joined(separator: "\r\n") + "\r\n"
  }

  private static func field(_ value: JSONValue) -> String {
    guard let text = value.string else { return value.isNull ? "" : value.text() }
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
