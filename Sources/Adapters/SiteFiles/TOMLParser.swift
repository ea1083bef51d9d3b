import CTOML

/// Reads TOML text into a tree with the place of every key and value.
struct TOMLParser {
  struct SyntaxError: Error {
    var position: FilePosition
    var text: String
  }

  static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> TOMLNode {
    try TOMLGuard.check(bytes)
    let builder = TreeBuilder()
    bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        var visitor = TreeBuilder.visitor(for: builder)
        ctoml_visit(characters.baseAddress, characters.count, &visitor)
      }
    }
    if let failure = builder.failure { throw failure }
    guard let root = builder.root else {
      throw SyntaxError(position: FilePosition(line: 1, column: 1), text: "the parser gave no document")
    }
    return root
  }
}

/// Puts the values that the C walk reports back into a tree.
private final class TreeBuilder {
  private struct Open {
    var position: FilePosition
    var isTable: Bool
    var elements: [TOMLNode] = []
    var entries: [TOMLTable.Entry] = []
    var key: (name: String, position: FilePosition)?
  }

  private var open: [Open] = []
  private(set) var root: TOMLNode?
  private(set) var failure: TOMLParser.SyntaxError?

  /// The callbacks for a walk into `builder`, which must outlive the walk.
  static func visitor(for builder: TreeBuilder) -> ctoml_visitor {
    ctoml_visitor(
      context: Unmanaged.passUnretained(builder).toOpaque(),
      key: { TreeBuilder.of($0).key(TreeBuilder.text($2, $3), at: FilePosition($1)) },
      begin_table: { TreeBuilder.of($0).begin(isTable: true, at: FilePosition($1)) },
      begin_array: { TreeBuilder.of($0).begin(isTable: false, at: FilePosition($1)) },
      end: { TreeBuilder.of($0).end() },
      string: { TreeBuilder.of($0).add(.string(TreeBuilder.text($2, $3)), at: FilePosition($1)) },
      integer: { TreeBuilder.of($0).add(.integer($2), at: FilePosition($1)) },
      number: { TreeBuilder.of($0).add(.number($2), at: FilePosition($1)) },
      boolean: { TreeBuilder.of($0).add(.boolean($2 != 0), at: FilePosition($1)) },
      temporal: { TreeBuilder.of($0).add(.temporal, at: FilePosition($1)) },
      failed: { TreeBuilder.of($0).fail(TreeBuilder.text($2, $3), at: FilePosition($1)) })
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> TreeBuilder {
    // `visitor(for:)` is the only source of contexts and sets this one to a builder that its caller keeps alive.
    Unmanaged<TreeBuilder>.fromOpaque(context!).takeUnretainedValue()
  }

  private static func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func key(_ name: String, at position: FilePosition) {
    if !self.open.isEmpty { self.open[self.open.count - 1].key = (name, position) }
  }

  private func begin(isTable: Bool, at position: FilePosition) {
    self.open.append(Open(position: position, isTable: isTable))
  }

  private func end() {
    guard let closed = self.open.popLast() else { return }
    let entries = closed.entries.sorted { $0.keyPosition < $1.keyPosition }
    self.add(
      closed.isTable ? .table(TOMLTable(entries: entries)) : .array(closed.elements), at: closed.position)
  }

  private func add(_ value: TOMLNode.Value, at position: FilePosition) {
    let node = TOMLNode(position: position, value: value)
    guard let top = self.open.indices.last else {
      self.root = node
      return
    }
    if let key = self.open[top].key, self.open[top].isTable {
      self.open[top].entries.append(.init(key: key.name, keyPosition: key.position, node: node))
    } else {
      self.open[top].elements.append(node)
    }
  }

  private func fail(_ text: String, at position: FilePosition) {
    self.failure = TOMLParser.SyntaxError(position: position, text: text)
  }
}

extension FilePosition {
  fileprivate init(_ position: ctoml_position) {
    self.init(line: Int(max(1, position.line)), column: Int(max(1, position.column)))
  }
}
