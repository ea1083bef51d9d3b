import Control
import Cryptography
import Glibc
import JSONText
import LinuxHost
import PeerProtocol
import Quantities
import Synchronization
import WebInterface

/// Who is known to the web interface of a running site: reads the file with password and tokens when it changes, and
/// remembers who is signed in.
final class AccessGate: Sendable {
  private struct State {
    var access = WebAccess()
    var changed: Int64?
    var sessions = SessionBook()
  }

  private let path: String
  private let state = Mutex(State())
  private let clock = SystemClock()
  private let log: Log

  init(path: String, log: Log) {
    self.path = path
    self.log = log
  }

  private var now: MonotonicInstant { self.clock.now().moment.monotonic }

  /// Whether there is a password; then writes are possible from browsers.
  var hasPassword: Bool { self.state.withLock { self.access(&$0).hasPassword } }

  func caller(of request: HTTPRequestReader.Request) -> Caller {
    let (token, cookie) = (Caller.token(of: request), Caller.cookie(of: request))
    guard token != nil || cookie != nil else { return .stranger }
    let now = self.now
    return self.state.withLock { state in
      let access = self.access(&state)
      // Whoever brings a token wants to be known by it, and not by a cookie that came along.
      if let token { return access.caller(withToken: token) }
      return cookie.flatMap { state.sessions.session($0, at: now) }.map(Caller.person) ?? .stranger
    }
  }

  /// What an attempt to sign in came to.
  enum Attempt {
    case signedIn(cookie: String)
    case refused(String)
  }

  /// Takes some tens of milliseconds of this thread, so it is called on one that nothing waits for.
  func signIn(_ name: String, password: String) -> Attempt {
    let (hash, wait) = self.state.withLock { (self.access(&$0).password, $0.sessions.wait(at: self.now)) }
    guard let hash else {
      return .refused("No password is set. Run `rigshift web password` on the site's computer.")
    }
    if let wait {
      return .refused(
        "Too many wrong passwords. The next may be tried in \(wait.wholeMilliseconds / 1000 + 1) s.")
    }
    let isRight = hash.matches(password)
    return self.state.withLock { state in
      guard isRight else {
        state.sessions.guessFailed(at: self.now)
        return .refused("That is not the password of the site.")
      }
      return .signedIn(cookie: state.sessions.begin(name, at: self.now))
    }
  }

  func signOut(_ cookie: String) { self.state.withLock { $0.sessions.end(cookie) } }

  /// The file's content, read again when it has changed. A file that cannot be used lets nobody in.
  private func access(_ state: inout State) -> WebAccess {
    let changed = modificationTime(of: self.path)
    guard changed != state.changed else { return state.access }
    let old = state.access.password
    state.changed = changed
    state.access = WebAccess()
    do {
      state.access = try AccessFile.read(self.path) ?? WebAccess()
    } catch {
      self.log(.error, "nobody can sign in", ["why": "\(error)"])
    }
    if state.access.password != old { state.sessions.endAll() }
    return state.access
  }
}

/// Whoever owns the folder owns the file then, so that root can write it for the service.
func replaceServiceFile(_ path: String, _ text: String) throws(SystemError) {
  try replaceFile(path, with: Array(text.utf8))
  var folder = stat()
  let name = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  if geteuid() == 0, stat(name, &folder) == 0, chown(path, folder.st_uid, folder.st_gid) != 0 {
    throw SystemError("cannot give \(path) to the owner of its folder")
  }
}

/// The file with what is kept of password and tokens.
enum AccessFile {
  struct Unreadable: Error, CustomStringConvertible { let description: String }

  /// Nil when there is none yet.
  static func read(_ path: String) throws -> WebAccess? {
    guard let text = try SecretFile.read(path) else { return nil }
    guard let json = try? JSONValue.parse(Array(text.utf8)), let access = WebAccess(json: json) else {
      throw Unreadable(
        description: "\(path) is not as `rigshift web` writes it; remove it and set the password again")
    }
    return access
  }

  static func write(_ access: WebAccess, _ path: String) throws {
    try replaceServiceFile(path, access.json.text(pretty: true) + "\n")
  }
}
