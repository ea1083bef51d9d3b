/// One element of an XML document: its name without prefix, its own text, and the elements in it.
struct XMLElement {
  let name: String
  /// Where it begins, from 1.
  let line: Int
  /// Without the blanks around it.
  var text = ""
  var children: [XMLElement] = []

  init(name: String, line: Int) {
    self.name = name
    self.line = line
  }

  /// The first element in it called `name`.
  subscript(name: String) -> XMLElement? { self.children.first { $0.name == name } }

  /// The elements in it called `name`, in their order.
  func all(_ name: String) -> [XMLElement] { self.children.filter { $0.name == name } }
}
