import Control
import HTTPListener
import JSONText
import LinuxHost
import Quantities
import SiteController
import SiteModel
import Synchronization
import WebInterface

/// The web interface of a running site, wired to the network. It answers from the snapshot of the last second, so that no
/// number of callers can delay the control loop.
final class WebOfSite: Sendable {
  private struct Taken {
    var status: JSONValue
    var at: MonotonicInstant
  }

  /// The latest snapshot, between the task that takes it and the listener's thread.
  private final class Board: Sendable {
    private let taken = Mutex<Taken?>(nil)
    private let clock = SystemClock()

    func put(_ status: JSONValue) {
      let now = self.clock.now().moment.monotonic
      self.taken.withLock { $0 = Taken(status: status, at: now) }
    }

    var snapshot: SiteSnapshot? {
      let now = self.clock.now().moment.monotonic
      return self.taken.withLock { $0 }.map { SiteSnapshot(status: $0.status, age: now - $0.at) }
    }
  }

  private let board: Board
  private let listener: HTTPListener

  /// Nil for a site without web interface, and where the address cannot be had: rigs run without it.
  static func start(_ site: Site, log: Log) -> WebOfSite? {
    guard let settings = site.web else { return nil }
    let board = Board()
    let interface = WebInterface(host: settings.listen.host, version: version)
    do throws(HTTPListener.StartError) {
      let listener = try HTTPListener(
        HTTPListener.Options(
          host: numericAddress(of: settings.listen.host) ?? settings.listen.host, port: settings.listen.port),
        start: { startThread(name: "web", $0) },
        handle: { incoming, reply in reply(interface.answer(incoming.request, board.snapshot)) })
      log(.notice, "answering on this host", ["address": "http://\(settings.listen)"])
      return WebOfSite(board, listener)
    } catch {
      log(
        .error, "no web interface",
        ["why": "\(error)", "what_to_do": "free the address or change [web] listen"])
      return nil
    }
  }

  private init(_ board: Board, _ listener: HTTPListener) {
    self.board = board
    self.listener = listener
  }

  /// Takes a snapshot a second until cancelled.
  func run(control: ControlService) async {
    for await _ in everySecond() {
      let status = await control.status()
      if !status.isNull { self.board.put(status) }
    }
  }

  func stop() { self.listener.stop() }
}
