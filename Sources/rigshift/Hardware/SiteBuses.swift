import Control
import Devices
import LinuxHost
import ModbusHardware
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization

/// The buses of a site, each on its own thread, and what hangs on them.
final class SiteBuses: Sendable {
  /// How long the boards have to carry out the last commands at the end.
  private static let patience: Int64 = 3000

  private let site: Site
  let meters: MeterTable
  let relays: BoardRelays
  private let bells: [Semaphore]
  private let log: Log
  private let clock: SystemClock

  /// `holdsMeters` and `holdsRelays`: what of the buses is this process's business.
  init(_ whole: Site, holdsMeters: Bool, holdsRelays: Bool, log: Log) {
    var site = whole
    if !holdsMeters { for index in site.meters.indices { site.meters[index].wiring = nil } }
    if !holdsRelays { site.relayBoards = [] }
    self.site = site
    self.meters = MeterTable(meters: site.meters.count)
    let bells = site.buses.map { _ in Semaphore() }
    self.bells = bells
    self.relays = BoardRelays(site: site) { bells[$0].signal() }
    self.log = log
    self.clock = SystemClock(trustsBatteryClock: site.control.trustsBatteryClock)
  }

  /// Starts the threads of the buses that have something on them.
  func start() {
    for (index, bus) in self.site.buses.enumerated() where self.isUsed(index) {
      let bell = self.bells[index]
      startThread(name: "bus-\(bus.name)") { [self] in
        let worker = BusWorker(
          index, of: self.site, bus: ModbusLine(bus), table: self.meters, relays: self.relays,
          now: { self.clock.now().moment.monotonic }, notify: { self.write($0, bus: bus.name) })
        while true {
          let pause = worker.step()
          if pause > 0 { bell.wait(milliseconds: pause) }
        }
      }
    }
  }

  private func isUsed(_ bus: Int) -> Bool {
    self.site.meters.contains { $0.wiring?.bus == bus }
      || self.site.relayBoards.contains { $0.wiring?.bus == bus }
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
