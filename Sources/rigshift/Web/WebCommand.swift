import Cryptography
import Glibc
import LinuxHost
import SiteModel
import WebInterface

/// `rigshift web`: who may switch rigs over the web interface. A running controller sees the change by itself.
enum WebCommand {
  private static let shortestPassword = 10

  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let paths = SitePaths(site: site, data: arguments["data"])
    do {
      var access = try AccessFile.read(paths.access) ?? WebAccess()
      switch (arguments.words.first, arguments.words.dropFirst().first, arguments.words.count) {
      case ("password", nil, _):
        guard let password = try Self.password(arguments) else { return 1 }
        guard let hash = PasswordHash(of: password) else {
          Terminal.writeError("rigshift: there is no memory to make the password's hash\n")
          return 1
        }
        access.password = hash
        try Self.keep(access, paths)
        Terminal.write("the password is set; whoever was signed in has to sign in again\n")
      case ("token", "add", 3):
        guard let token = access.addToken(arguments.words[2]) else {
          Terminal.writeError(
            "rigshift: '\(arguments.words[2])' is taken or no name of up to \(WebAccess.longestName) letters, "
              + "or there are too many tokens; `rigshift web token list` shows them\n")
          return 1
        }
        try Self.keep(access, paths)
        Terminal.writeError("Said once and kept nowhere:\n")
        Terminal.write(token + "\n")
      case ("token", "list", 2):
        for token in access.tokens { Terminal.write(token.name + "\n") }
      case ("token", "remove", 3):
        guard access.removeToken(arguments.words[2]) else {
          Terminal.writeError("rigshift: there is no token '\(arguments.words[2])'\n")
          return 1
        }
        try Self.keep(access, paths)
      case ("certificate", nil, _): return try Self.certificate(site, paths)
      case _:
        throw Arguments.UsageError(
          message:
            "web wants `password`, `token add NAME`, `token list`, `token remove NAME` or `certificate`")
      }
      return 0
    } catch let error as Arguments.UsageError {
      throw error
    } catch {
      Terminal.writeError("rigshift: \(error)\n")
      return 1
    }
  }

  /// What to compare with what a browser shows, the first time.
  private static func certificate(_ site: Site, _ paths: SitePaths) throws -> Int32 {
    guard let web = site.web, web.usesTLS else {
      Terminal.writeError("rigshift: [web] of this site does not use TLS\n")
      return 1
    }
    try createFolder(paths.folder)
    let (certificate, _) = try WebCertificate.load(web, paths)
    guard let facts = ServerCertificate.facts(of: certificate, now: time(nil)) else {
      Terminal.writeError("rigshift: the file of [web] holds no certificate in PEM form\n")
      return 1
    }
    Terminal.write(
      """
      SHA-256      \(facts.fingerprint)
      names        \(web.files == nil ? WebCertificate.names(of: web).joined(separator: ", ") : "as its authority signed them")
      good for     \(max(0, facts.secondsLeft) / 86_400) days

      """)
    return 0
  }

  private static func keep(_ access: WebAccess, _ paths: SitePaths) throws {
    try createFolder(paths.folder)
    try AccessFile.write(access, paths.access)
  }

  /// From a file, or from a person; nil after it has been said what is wrong with it.
  private static func password(_ arguments: Arguments) throws -> String? {
    let password: String
    if let path = arguments["password-file"] {
      let text = String(decoding: try readFile(path, limit: 4096), as: UTF8.self)
      password = String(text.prefix { $0 != "\n" && $0 != "\r\n" })
    } else {
      guard let first = Self.typed("New password: "), let second = Self.typed("Once more: ") else {
        Terminal.writeError("rigshift: no terminal to type a password at; use --password-file F\n")
        return nil
      }
      guard first == second else {
        Terminal.writeError("rigshift: the two are not the same; nothing was changed\n")
        return nil
      }
      password = first
    }
    guard password.count >= Self.shortestPassword, password.utf8.count <= 200 else {
      Terminal.writeError(
        "rigshift: a password of \(Self.shortestPassword) to 200 letters, please; it opens every relay of the site\n"
      )
      return nil
    }
    return password
  }

  /// A line typed without being shown; nil without a terminal.
  private static func typed(_ prompt: String) -> String? {
    guard isatty(0) == 1 else { return nil }
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { return nil }
    var quiet = before
    quiet.c_lflag &= ~tcflag_t(ECHO)
    Terminal.writeError(prompt)
    tcsetattr(0, TCSAFLUSH, &quiet)
    defer {
      tcsetattr(0, TCSAFLUSH, &before)
      Terminal.writeError("\n")
    }
    return readLine()
  }
}
