import Control
import Devices
import LinuxHost
import ModbusHardware
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization

/// The buses of a site, each on its own thread: its meters and relay boards for the control loop.
final class SiteBuses: Sendable {
  /// How long the boards have to carry out the last commands at the end.
  private static let patience: Int64 = 3000

  private let site: Site
  private let table: MeterTable
  private let relays: BoardRelays
  private let bells: [Semaphore]
  private let log: Log
  private let clock: SystemClock

  init(_ site: Site, log: Log) {
    self.site = site
    self.table = MeterTable(meters: site.meters.count)
    let bells = site.buses.map { _ in Semaphore() }
    self.bells = bells
    self.relays = BoardRelays(site: site) { bells[$0].signal() }
    self.log = log
    self.clock = SystemClock(trustsBatteryClock: site.control.trustsBatteryClock)
  }

  /// Why the site cannot run on its hardware; nil when it can.
  static func obstacle(_ site: Site) -> String? {
    if let meter = site.meters.first(where: { $0.wiring == nil }) {
      return "the meter \"\(meter.name)\" has no bus, unit and template; add them to [[meters]], "
        + "or run the site with --simulated"
    }
    for line in site.banks.flatMap(\.relayLines) where site.boardChannel(of: line) == nil {
      return "the relay line \"\(line)\" is on no relay board; name a channel of one of [[relay_boards]], "
        + "such as \"relays-1\", or run the site with --simulated"
    }
    return nil
  }

  /// Starts the buses' threads and returns what the control loop works with.
  func hardware() -> ControlService.Hardware {
    for (index, bus) in self.site.buses.enumerated() {
      let bell = self.bells[index]
      startThread(name: "bus-\(bus.name)") { [self] in
        let worker = BusWorker(
          index, of: self.site, bus: ModbusLine(bus), table: self.table, relays: self.relays,
          now: { self.clock.now().moment.monotonic }, notify: { self.write($0, bus: bus.name) })
        while true {
          let pause = worker.step()
          if pause > 0 { bell.wait(milliseconds: pause) }
        }
      }
    }
    return ControlService.Hardware(clock: self.clock, meters: self.table, relays: self.relays)
  }

  /// Waits until the boards have carried out the last commands, at most `patience`.
  func finish() {
    let pause = Semaphore()
    let end = self.clock.now().moment.monotonic.advanced(byMilliseconds: Self.patience)
    while !self.relays.isSettled, self.clock.now().moment.monotonic < end { pause.wait(milliseconds: 20) }
    if !self.relays.isSettled {
      self.log(.error, "relays not left in their policy", ["why": "a relay board did not answer"])
    }
  }

  private func write(_ notice: BusWorker.Notice, bus: String) {
    switch notice {
    case .answers(let device): self.log(.notice, "device answers", ["device": device, "bus": bus])
    case .silent(let device, let fault):
      self.log(.warning, "device does not answer", ["device": device, "bus": bus, "why": fault.text])
    case .refused(let device, let refusal):
      self.log(
        .error, "not the device of the site file", ["device": device, "bus": bus, "why": refusal.text])
    case .undecodable(let device, let quantity):
      self.log(
        .warning, "device shows what is no number",
        ["device": device, "bus": bus, "quantity": quantity.rawValue])
    }
  }
}
