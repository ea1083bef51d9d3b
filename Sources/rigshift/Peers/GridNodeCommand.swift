import Control
import Cryptography
import HTTPClient
import LinuxHost
import HTTPListener
import PeerProtocol
import Ports
import Quantities
import SiteController

/// `rigshift grid-node`: a node of the older Grid protocol without a site.
enum GridNodeCommand {
  static let options: Set<String> = ["host", "port", "name", "id", "token", "print-ms"]

  /// The older program's short options.
  static func spelledOut(_ words: [String]) -> [String] {
    let long = ["-s": "--host", "-p": "--port", "-n": "--name", "-i": "--id", "-t": "--token"]
    return words.map { long[$0] ?? $0 }
  }

  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    let port = try arguments.integer("port", in: 1...65535, default: 8080)
    let id = try arguments.integer("id", in: 0...Int.max, default: 1)
    let pace = try arguments.integer("print-ms", in: 1...1000, default: 1000)
    let host = arguments["host"] ?? "localhost"
    guard let numeric = numericAddress(of: host) else {
      throw .init(message: "--host '\(host)' is no host that this system knows")
    }
    let signals = serviceSignals()
    let log = Log()
    let client = HTTPClient { startThread(name: "http client", $0) }
    let clock = SystemClock()
    let service = GridNodeService(
      GridNode.Settings(id: "\(id)", name: arguments["name"] ?? "node-\(id)", address: "\(host):\(port)"),
      seed: Self.seed(), token: arguments["token"], client: client,
      clock: {
        let moment = clock.now().moment
        return (moment.monotonic, moment.wall)
      }, log: { log(.warning, $0) })
    let listener: HTTPListener
    do throws(HTTPListener.StartError) {
      listener = try HTTPListener(
        HTTPListener.Options(host: numeric, port: port), start: { startThread(name: "listener", $0) },
        handle: { incoming, reply in Task { reply(await service.answer(incoming.request)) } })
    } catch {
      log(.error, "cannot start", ["why": error.description])
      return 1
    }
    log(.notice, "started", ["address": "\(host):\(port)", "id": "\(id)"])
    let work = Task {
      await service.run(ticks: ticks(everyMilliseconds: pace)) { Terminal.write($0 + "\n") }
    }
    for await signal in signals where signal == .stop { break }
    work.cancel()
    listener.stop()
    client.stop()
    return 0
  }

  private static func seed() -> UInt64 {
    secureRandomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
