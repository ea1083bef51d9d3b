import SiteModel

/// `[web]`.
enum WebSection {
  static func read(_ table: TableReader) -> WebSettings? {
    let listen = table.address("listen", .required(example: #"listen = "127.0.0.1:8080""#))
    table.finish()
    guard let listen else { return nil }
    guard listen.isLoopback else {
      table.error(
        "'listen' is \"\(listen)\", where others on the network would be answered too", at: "listen",
        do: "listen on loopback, such as \"127.0.0.1:8080\", and reach it from elsewhere through ssh")
      return nil
    }
    return WebSettings(listen: listen)
  }
}
