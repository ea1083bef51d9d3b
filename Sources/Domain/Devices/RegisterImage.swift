/// Registers as they were read, or as a served device shows them.
public struct RegisterImage: Sendable, Hashable {
  private var words: [Key: UInt16] = [:]

  private struct Key: Hashable {
    var table: RegisterTable
    var address: Int
  }

  public init() {}

  public func word(_ address: Int, in table: RegisterTable) -> UInt16? {
    self.words[Key(table: table, address: address)]
  }

  public mutating func set(_ word: UInt16, at address: Int, in table: RegisterTable) {
    guard (0...0xFFFF).contains(address) else { return }
    self.words[Key(table: table, address: address)] = word
  }

  mutating func set(_ words: [UInt16], for request: RegisterRequest) {
    for (index, word) in words.enumerated() {
      self.set(word, at: Int(request.address) + index, in: request.table)
    }
  }

  /// The registers a request asks for; nil when one of them does not exist.
  public func words(for request: RegisterRequest) -> [UInt16]? {
    var result: [UInt16] = []
    for address in request.range {
      guard let word = self.word(address, in: request.table) else { return nil }
      result.append(word)
    }
    return result
  }

  /// Forgets everything and keeps its storage.
  mutating func clear() { self.words.removeAll(keepingCapacity: true) }
}
