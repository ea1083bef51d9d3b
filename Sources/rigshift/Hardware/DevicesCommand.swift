import Control
import Devices
import LinuxHost
import ModbusHardware
import Quantities
import Simulation
import SiteController
import SiteFiles
import SiteModel

/// `rigshift devices serve`: plays the devices of a site on real wires, with a simulated site behind them.
enum DevicesCommand {
  static let options: Set<String> = ["site", "seed", "faults", "meter", "tcp", "pty", "unit", "edges"]

  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard arguments.words == ["serve"] else {
      throw .init(message: "write `rigshift devices serve`; `rigshift help` shows its options")
    }
    let seed = UInt64(try arguments.integer("seed", in: 0...Int.max, default: 1))
    let faults = arguments["faults"] ?? "none"
    guard let plan = FaultIntensity(rawValue: faults) else {
      throw .init(message: "--faults must be none, some or many, not '\(faults)'")
    }
    let template = arguments["meter"]
    let example = BoardsFolder.path.map { "\($0)/examples/minimal.toml" }
    let path = arguments["site"] ?? (template == nil ? defaultSitePath : example ?? defaultSitePath)
    guard var site = loadSite(path) else { return 1 }
    if let template {
      guard try Self.wire(&site, to: template, arguments) else { return 1 }
    }
    guard !site.buses.isEmpty else {
      Terminal.writeError("\(path): it has no [[buses]] to serve; add them, or name a device with --meter\n")
      return 1
    }
    var feeds = FeedFiles()
    let clock = SystemClock()
    let world = SimulatedSite(
      site: site, weather: feeds.read(for: site).inputs.weather, start: clock.now().moment.wall, seed: seed,
      faults: .seeded(plan))
    let devices = PlayedDevices(world)
    var servers: [(bus: Int, server: ModbusServer)] = []
    do throws(ModbusServer.Failure) {
      for (index, bus) in site.buses.enumerated() {
        servers.append((index, try Self.server(index, bus, site)))
      }
    } catch {
      Terminal.writeError("rigshift: \(error)\n")
      return 1
    }
    for (index, server) in servers {
      let place = server.port.map { "port \($0)" } ?? server.serialPath ?? ""
      Terminal.write("serving \(devices.names(on: index).joined(separator: ", ")) on \(place)\n")
    }
    return Self.serve(world, devices, servers, clock: clock, edges: arguments["edges"])
  }

  /// Answers for ever; `edges` gets a line for every relay that switches.
  private static func serve(
    _ world: SimulatedSite, _ devices: PlayedDevices, _ servers: [(bus: Int, server: ModbusServer)],
    clock: SystemClock, edges: String?
  ) -> Int32 {
    do throws(SystemError) {
      let log = try edges.map { path throws(SystemError) in try EdgeLog(path: path) }
      let pacer = LivePacer(world: world, clock: clock)
      var second = world.now
      while pacer.advance() {
        if world.now != second { log?.forget() }
        second = world.now
        for (index, server) in servers { server.serve(for: 5) { devices.reply(to: $0, on: index) } }
        try log?.write(world.transitions, by: .command)
      }
    } catch {
      Terminal.writeError("rigshift: \(error)\n")
      return 1
    }
    return 0
  }

  /// Makes the grid meter of `site` a device of `template`, alone on the bus that the options name. False, with the
  /// problem printed, when there is no such template.
  private static func wire(
    _ site: inout Site, to template: String, _ arguments: Arguments
  ) throws(Arguments.UsageError) -> Bool {
    let unit = UInt8(clamping: try arguments.integer("unit", in: 1...247, default: 1))
    let line: Bus.Line
    switch (arguments["tcp"], arguments["pty"]) {
    case (let address?, nil):
      guard let address = HostPort(address) else { throw .init(message: "--tcp takes host:port") }
      line = .network(address)
    case (nil, let path?): line = .serial(path: path, SerialSettings(baud: 9600))
    case (nil, nil), (_?, _?):
      throw .init(message: "name the wire: --tcp host:port, or --pty PATH for a link to a serial line")
    }
    let known = BoardsFolder.templates("meters")
    let file = template.contains("/") ? template : "\(BoardsFolder.path ?? "boards")/meters/\(template).toml"
    guard template.contains("/") || known.contains(template) else {
      throw .init(message: "no meter '\(template)'; there are \(known.joined(separator: ", "))")
    }
    do throws(SiteFileProblems) {
      let device = try TemplateFiles.meter(path: file)
      site.buses = [Bus(name: "served", line: line)]
      site.relayBoards = []
      for index in site.meters.indices {
        site.meters[index].wiring =
          site.meters[index].subject == .grid ? MeterWiring(bus: 0, unit: unit, template: device) : nil
      }
      return true
    } catch {
      Terminal.writeError("\(error)\n")
      return false
    }
  }

  private static func server(_ index: Int, _ bus: Bus, _ site: Site) throws(ModbusServer.Failure)
    -> ModbusServer
  {
    switch bus.line {
    case .network(let address): return try ModbusServer(host: address.host, port: address.port)
    case .serial(let path, _):
      let units =
        site.meters.compactMap(\.wiring).filter { $0.bus == index }.map(\.unit)
        + site.relayBoards.compactMap(\.wiring).filter { $0.bus == index }.map(\.unit)
      return try ModbusServer(linkedAt: path, units: Set(units))
    }
  }
}
