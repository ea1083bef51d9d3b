import LinuxHost
import Quantities
import Simulation
import SiteController
import SiteModel

/// `rigshift world`: a simulated site that lives on while controllers come and go.
enum WorldCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let path = arguments["socket"] else { throw .init(message: "world needs --socket PATH") }
    let seed = UInt64(try arguments.integer("seed", in: 0...Int.max, default: 1))
    guard let date = ISO8601.date(arguments["start"] ?? "2025-06-02") else {
      throw .init(message: "--start is a date such as 2025-06-02")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    var feeds = FeedFiles()
    let world = SimulatedSite(
      site: site, weather: feeds.read(for: site).inputs.weather, start: site.zone.day(date).start, seed: seed)
    do throws(SystemError) {
      let edges = try arguments["edges"].map { path throws(SystemError) in try EdgeLog(path: path) }
      let listener = try LineListener(path: path)
      Terminal.write("listening on \(path)\n")
      while true { try serve(world, try listener.accept(timeout: .seconds(3600)), edges: edges) }
    } catch {
      Terminal.writeError("rigshift world: \(error)\n")
      return 1
    }
  }

  /// Serves one controller until it goes; then its lines are released, as a kernel would.
  private static func serve(
    _ world: SimulatedSite, _ caller: consuming LineSocket, edges: EdgeLog?
  ) throws(SystemError) {
    let server = WorldServer(
      clock: SimulatedClock(world), meters: SimulatedMeterBus(world), relays: SimulatedRelayBank(world),
      advance: {
        world.advance()
        edges?.forget()
      })
    do throws(SystemError) {
      while let line = try caller.readLine() {
        let answer = server.reply(to: line)
        try edges?.write(world.transitions, by: .command)
        try caller.write(answer)
      }
    } catch {
      // Killed in the middle of a line; its outputs fall as after any other end.
    }
    world.releaseLines()
    try edges?.write(world.transitions, by: .release)
  }
}
