/// Addresses of services in a site file: what they may hold, and that no key is sent in the open.
enum FeedAddress {
  /// Of a service this program knows: its host, and a path if it is elsewhere. Nil for its own.
  static func known(_ table: TableReader, hasKey: Bool) -> String? {
    guard let text = table.text("url") else { return nil }
    guard !Self.host(of: text).isEmpty, !text.contains(where: { "?#@ \\".contains($0) }) else {
      table.error(
        "'url' is \"\(text)\", which is not the address of a service", at: "url",
        do: "write it like \"https://api.example.org\", without a question mark and without a name or key")
      return nil
    }
    Self.checkEncryption(text, hasKey: hasKey, table)
    return text
  }

  /// The whole address of what is asked for. `{from}` and `{to}` in it become dates, `{key}` the key.
  static func whole(_ table: TableReader, hasKey: Bool) -> String? {
    guard let text = table.text("url", .required(example: #"url = "https://api.example.org/prices""#)) else {
      return nil
    }
    guard !Self.host(of: text).isEmpty, !text.contains(where: { "#@ \\".contains($0) || !$0.isASCII }) else {
      table.error(
        "'url' is \"\(text)\", which is not an address", at: "url",
        do: "write it like \"https://api.example.org/prices?day={from}\", without a name and without blanks")
      return nil
    }
    if let name = Self.secret(in: text) {
      table.error(
        "'url' seems to hold a key in '\(name)', where messages would show it", at: "url",
        do: "put the key into a file, add key_file = \"…\" and write \(name)={key} here")
    }
    if text.contains("{key}"), !hasKey {
      table.error(
        "'url' asks for a key and there is none", at: "url",
        do: "add a line such as: key_file = \"prices.key\"")
    }
    Self.checkEncryption(text, hasKey: hasKey, table)
    return text
  }

  private static let secrets: Set = [
    "key", "apikey", "api_key", "token", "access_token", "accesstoken", "securitytoken", "password", "secret",
  ]

  /// The name in the query whose value looks like a key.
  private static func secret(in text: String) -> String? {
    guard let query = text.firstIndex(of: "?") else { return nil }
    return text[query...].dropFirst().split(separator: "&").lazy.filter { !$0.hasSuffix("={key}") }
      .map { String($0.prefix { $0 != "=" }) }.first { Self.secrets.contains($0.lowercased()) }
  }

  private static func checkEncryption(_ text: String, hasKey: Bool, _ table: TableReader) {
    guard hasKey, !text.hasPrefix("https://"), !["localhost", "127.0.0.1"].contains(Self.host(of: text))
    else {
      return
    }
    table.error(
      "the key would be sent to \"\(text)\" without encryption", at: "url",
      do: "use an address with https://")
  }

  private static func host(of text: String) -> String {
    let rest =
      text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
    return String(rest.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
  }
}
