/// Why a text is not acceptable JSON, and where. Lines and columns count from 1; a column is one Unicode scalar.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case tooLarge(maximumBytes: Int)
    case tooDeep(maximum: Int)
    case unexpectedEnd
    /// Something else than what the grammar allows; the text says what would have been right.
    case expected(String)
    case duplicateName(String)
    /// NaN, an infinity, or a number beyond the range of `Double`.
    case notFinite
    /// A control character, an unknown escape, half a surrogate pair or bytes that are not UTF-8.
    case badString
    case trailingText
  }

  public let reason: Reason
  public let line: Int
  public let column: Int

  public var description: String { "line \(self.line), column \(self.column): \(self.message)" }

  /// What is wrong, without the place.
  public var message: String {
    switch self.reason {
    case .tooLarge(let maximum): "larger than the \(maximum) bytes allowed"
    case .tooDeep(let maximum): "nested deeper than \(maximum) levels"
    case .unexpectedEnd: "the text ends too early"
    case .expected(let what): "expected \(what)"
    case .duplicateName(let name): "\"\(name)\" appears twice in one object"
    case .notFinite: "not a finite number"
    case .badString: "a text holds a control character, an unknown escape or bytes that are not UTF-8"
    case .trailingText: "something follows the end of the value"
    }
  }
}

/// What a reader accepts at most. Every reader of text from outside states its own size.
public struct JSONLimits: Sendable, Hashable {
  public var maximumBytes: Int
  /// Levels of arrays and objects. Bounds the parser's recursion.
  public var maximumDepth: Int
  /// Reads `NaN`, `Infinity` and `-Infinity` as numbers, for readers that want to refuse them by their own path.
  public var allowsNonFinite: Bool
  /// Reads whole numbers beyond `Int64` digit by digit, for text that must be written again as it was; otherwise they
  /// are rounded to a `Double`.
  public var keepsBigIntegers: Bool

  public init(
    maximumBytes: Int = 4 << 20, maximumDepth: Int = 64, allowsNonFinite: Bool = false,
    keepsBigIntegers: Bool = false
  ) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = min(maximumDepth, 64)
    self.allowsNonFinite = allowsNonFinite
    self.keepsBigIntegers = keepsBigIntegers
  }
}
