import HTTPListener
import LinuxHost
import Ports
import Quantities
import SiteFiles
import SiteModel
import Synchronization
import WebInterface

/// `rigshift setup`: in place of a controller whose site file cannot be used, a page on this host that says what is wrong
/// with it, until it is right.
enum SetupCommand {
  /// What the file refers to may be mended without a change of its own.
  private static let lookSpacing = 10

  /// 0 once the file is right, 1 when it was so from the beginning.
  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    let path = arguments["site"] ?? defaultSitePath
    let listen = arguments["listen"] ?? "127.0.0.1:8080"
    guard let address = HostPort(listen), address.isLoopback else {
      throw .init(message: "--listen wants an address of this host, such as 127.0.0.1:8080, not '\(listen)'")
    }
    guard let first = Self.problems(path) else {
      Terminal.writeError("\(path) can be used; there is nothing to set up\n")
      return 1
    }
    let log = Log()
    let board = Board(path, first)
    let listener = Self.listen(address, board, log)
    defer { listener?.stop() }
    Self.say(first, to: log)
    var changed = modificationTime(of: path)
    var second = 0
    for await _ in everySecond() {
      second += 1
      let now = modificationTime(of: path)
      guard now != changed || second % Self.lookSpacing == 0 else { continue }
      guard let problems = Self.problems(path) else { break }
      board.put(problems)
      if now != changed { Self.say(problems, to: log) }
      changed = now
    }
    log(.notice, "the site file can be used", ["path": path])
    return 0
  }

  /// Nil for a file without any.
  private static func problems(_ path: String) -> [SiteFileProblem]? {
    do throws(SiteFileProblems) {
      _ = try SiteFile.load(path: path)
      return nil
    } catch {
      return error.problems.filter { $0.severity == .error }
    }
  }

  private static func say(_ problems: [SiteFileProblem], to log: Log) {
    for problem in problems { log(.error, "\(problem)") }
  }

  /// What the listener's thread shows.
  private final class Board: Sendable {
    private let path: String
    private let current: Mutex<[SiteFileProblem]>

    init(_ path: String, _ problems: [SiteFileProblem]) {
      self.path = path
      self.current = Mutex(problems)
    }

    func put(_ problems: [SiteFileProblem]) { self.current.withLock { $0 = problems } }

    var state: SetupState {
      SetupState(
        path: self.path,
        problems: self.current.withLock { $0 }.map {
          .init(line: $0.position?.line, column: $0.position?.column, what: $0.what, remedy: $0.remedy)
        }, example: BoardsFolder.path.map { "\($0)/examples/minimal.toml" })
    }
  }

  private static func listen(_ address: HostPort, _ board: Board, _ log: Log) -> HTTPListener? {
    let interface = WebInterface(host: address.host, version: version)
    do {
      let listener = try HTTPListener(
        HTTPListener.Options(host: numericAddress(of: address.host) ?? address.host, port: address.port),
        start: { startThread(name: "web", $0) },
        handle: { incoming, reply in reply(interface.setup(incoming.request, board.state)) })
      log(.notice, "waiting for a site file", ["address": "http://\(address)"])
      return listener
    } catch {
      log(.error, "no setup page", ["why": "\(error)", "what_to_do": "mend that, or the site file"])
      return nil
    }
  }
}
