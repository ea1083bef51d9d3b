import JSONText

/// Where a value stands in a JSON document: names of members and numbers of elements with `/` between them, a `/` in
/// front or not; `~1` is a slash in a name and `~0` a tilde (RFC 6901). An empty path is the document itself.
enum JSONPath {
  static func value(_ path: String, in root: JSONValue) -> JSONValue? {
    var value = root
    let steps = path.hasPrefix("/") ? path.dropFirst() : path[...]
    guard !steps.isEmpty else { return value }
    for step in steps.split(separator: "/", omittingEmptySubsequences: false) {
      let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
      if let list = value.array {
        guard let index = DecimalText.int(ArraySlice(name.utf8)), index < list.count else { return nil }
        value = list[index]
      } else {
        guard let member = value[String(name)] else { return nil }
        value = member
      }
    }
    return value
  }
}
