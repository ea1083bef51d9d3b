import Control
import GPIOHardware
import LinuxHost
import Quantities
import SiteController
import SiteModel
import Synchronization

/// `rigshift relays`: the process that owns the output lines, and what it would own.
enum RelaysCommand {
  /// The loop's pace: twenty times in the shortest dead-man time.
  private static let pace: Int32 = 50

  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    let path = arguments["site"] ?? defaultSitePath
    switch arguments.words.first {
    case "hold" where arguments.words.count == 1: break
    case "list" where arguments.words.count == 1: return Self.list(path)
    case _: throw .init(message: "write `rigshift relays hold` or `rigshift relays list`")
    }
    guard let site = loadSite(path) else { return 1 }
    if site.simulation.replacesHardware { return await Self.rest() }
    if let obstacle = RealHardware.obstacle(toRelaysOf: site) {
      Terminal.writeError("\(path): \(obstacle)\n")
      return 1
    }
    let paths = SitePaths(site: site, data: arguments["data"])
    let signals = serviceSignals()
    let isStopping = Flag()
    let loop = Task { for await signal in signals where signal == .stop { isStopping.raise() } }
    defer { loop.cancel() }
    return await withCheckedContinuation { continuation in
      startThread(name: "relays") {
        continuation.resume(returning: Self.hold(site, paths, until: isStopping))
      }
    }
  }

  /// On a simulated site there is nothing to hold; the service rests until the site file names hardware.
  private static func rest() async -> Int32 {
    let signals = serviceSignals()
    ServiceManager.ready("the site is simulated, there is nothing to hold")
    Log()(.notice, "the site is simulated, there is nothing to hold")
    let pulse = Task { for await _ in everySecond() { ServiceManager.alive() } }
    for await signal in signals where signal == .stop { break }
    pulse.cancel()
    return 0
  }

  private final class Flag: Sendable {
    private let isUp = Atomic(false)
    func raise() { self.isUp.store(true, ordering: .releasing) }
    var isRaised: Bool { self.isUp.load(ordering: .acquiring) }
  }

  /// Holds the lines until told to stop; then every line is opened, as nobody holds it any longer.
  private static func hold(_ site: Site, _ paths: SitePaths, until isStopping: Flag) -> Int32 {
    let log = Log()
    let clock = SystemClock()
    var now: MonotonicInstant { clock.now().moment.monotonic }
    do {
      try createFolder(paths.folder)
      let buses = SiteBuses(site, holdsMeters: false, holdsRelays: true, log: log)
      let relays = try SiteRelays(site, boards: buses.relays)
      let stop = try site.emergencyStop.map { ($0, try GPIOInput($0.pin)) }
      buses.start()
      let outputs = RelayOutputs(site: site, relays: relays, startedAt: now)
      let desk = HolderDesk(outputs: outputs, digest: RelayTable(site).digest)
      var server = try LineServer(path: paths.relays)
      ServiceManager.ready("holding \(site.rigCount) relays")
      log(
        .notice, "holding relays", ["site": site.name, "relays": "\(site.rigCount)", "socket": paths.relays])
      var wasReleased = false
      var lastAlive: Int64 = 0
      while !isStopping.isRaised {
        switch server.next(within: Self.pace) {
        case .newCaller?: desk.newCaller()
        case .line(let line)?: server.answer(desk.reply(to: line, at: now))
        case nil: break
        }
        if let (stop, input) = stop {
          let before = desk.isStopped
          desk.noteEmergencyStop(stop.isPressed(isHigh: input.isHigh), at: now)
          if desk.isStopped == true, before != true { log(.error, "emergency stop pressed, relays open") }
          if desk.isStopped == false, before == true { log(.notice, "emergency stop let go") }
        }
        desk.tick(at: now)
        let second = now.milliseconds / 1000
        if second != lastAlive {
          ServiceManager.alive()
          lastAlive = second
        }
        if outputs.isReleased != wasReleased {
          wasReleased = outputs.isReleased
          log(
            wasReleased ? .warning : .notice,
            wasReleased ? "controller silent, relays go to their policy" : "controller answers")
        }
      }
      ServiceManager.stopping()
      outputs.openAll(at: now)
      buses.finish()
      log(.notice, "stopped, relays open")
      return 0
    } catch {
      log(.error, "cannot hold the relays", ["why": "\(error)"])
      return 1
    }
  }

  private static func list(_ path: String) -> Int32 {
    guard let site = loadSite(path) else { return 1 }
    var status: Int32 = 0
    for (bank, rigs) in site.banks.enumerated() {
      for (rig, line) in rigs.relayLines.enumerated() {
        let name = site.name(of: RigID(bank: bank, rig: rig))
        guard let place = site.boardChannel(of: line) else {
          print("\(name.padded(to: 14)) \(line.padded(to: 14)) on no relay board")
          status = 1
          continue
        }
        let board = site.relayBoards[place.board]
        let where_: String =
          switch board.attachment {
          case .bus(let wiring):
            "unit \(wiring.unit) on \(site.buses[wiring.bus].name), coil \(place.channel + 1)"
          case .pins(let pins): Self.text(pins[place.channel])
          }
        print("\(name.padded(to: 14)) \(line.padded(to: 14)) \(board.title): \(where_)")
      }
    }
    let chips = GPIOChip.all()
    print(chips.isEmpty ? "\nno GPIO chip on this computer" : "\nGPIO chips of this computer")
    for chip in chips { print("  \(chip.path)  \(chip.label), \(chip.lineCount) lines") }
    return status
  }

  private static func text(_ pin: GPIOPin) -> String {
    let level = pin.isActiveLow ? "active low" : "active high"
    switch pin.place {
    case .offset(let chip, let line): return "\(pin.title), line \(line) of \(chip), \(level)"
    case .named(let name): return "\(pin.title), line \"\(name)\", \(level)"
    }
  }
}
