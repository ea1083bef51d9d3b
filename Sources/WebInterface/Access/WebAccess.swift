public import Cryptography
public import JSONText

/// Who may write over the web: whoever knows the password, and programs with a token. What is kept of each is its hash.
public struct WebAccess: Sendable, Hashable {
  public struct Token: Sendable, Hashable {
    /// What the record calls whoever uses it.
    public let name: String
    let hash: Digest
  }

  public static let longestName = 40
  private static let mostTokens = 12
  private static let tokenPrefix = "rst_"
  private static let tokenByteCount = 32

  public var password: PasswordHash?
  public private(set) var tokens: [Token] = []

  public init() {}

  /// Nil unless it is of the form that `json` has.
  public init?(json: JSONValue) {
    guard case .object = json, let tokens = json["tokens"]?.array, tokens.count <= Self.mostTokens else {
      return nil
    }
    if let text = json["password"]?.string {
      guard let password = PasswordHash(text: text) else { return nil }
      self.password = password
    }
    for token in tokens {
      guard let name = token["name"]?.string, Self.isName(name),
        let hash = token["sha256"]?.string.flatMap({ Digest(hexadecimal: $0) })
      else { return nil }
      self.tokens.append(Token(name: name, hash: hash))
    }
  }

  public var json: JSONValue {
    [
      "password": self.password.map { .string($0.text) } ?? nil,
      "tokens": .array(
        self.tokens.map { ["name": .string($0.name), "sha256": .string($0.hash.hexadecimal)] }),
    ]
  }

  public var hasPassword: Bool { self.password != nil }

  /// A new token for `name`, which is said once and kept nowhere; nil when the name is taken, is none, or there are too many.
  public mutating func addToken(_ name: String) -> String? {
    guard Self.isName(name), !self.tokens.contains(where: { $0.name == name }),
      self.tokens.count < Self.mostTokens
    else { return nil }
    let text = Self.tokenPrefix + Hexadecimal.text(secureRandomBytes(Self.tokenByteCount))
    self.tokens.append(Token(name: name, hash: SHA256.hash(text)))
    return text
  }

  /// False when there is none of this name.
  public mutating func removeToken(_ name: String) -> Bool {
    guard let index = self.tokens.firstIndex(where: { $0.name == name }) else { return false }
    self.tokens.remove(at: index)
    return true
  }

  /// Whose token this is. Hashes are compared, so the time it takes tells nothing about a token.
  public func caller(withToken text: String) -> Caller {
    guard text.hasPrefix(Self.tokenPrefix), text.utf8.count <= 128 else { return .stranger }
    let hash = SHA256.hash(text)
    return self.tokens.first { $0.hash == hash }.map { .program($0.name) } ?? .stranger
  }

  /// What may stand in the record: something, short, without control characters.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.count <= Self.longestName && text.utf8.count <= 4 * Self.longestName
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
  }
}
