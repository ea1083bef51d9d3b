import Control
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel

/// A site's real devices, for the controller: meters on its own threads, relays at the holder or here.
final class RealHardware: Sendable {
  /// How long the holder may take to answer a line; a tick waits for it.
  private static let patience = Duration.milliseconds(300)

  private let site: Site
  private let buses: SiteBuses
  private let holdsRelays: Bool
  private let holderPath: String
  private let log: Log

  /// `holdsRelays`: without a relay holder; the controller's end is then the relays' end.
  init(_ site: Site, holdsRelays: Bool, holderPath: String, log: Log) {
    self.site = site
    self.buses = SiteBuses(site, holdsMeters: true, holdsRelays: holdsRelays, log: log)
    self.holdsRelays = holdsRelays
    self.holderPath = holderPath
    self.log = log
  }

  /// Why the site cannot run on its hardware; nil when it can.
  static func obstacle(_ site: Site, holdsRelays: Bool) -> String? {
    if let meter = site.meters.first(where: { $0.wiring == nil }) {
      return "the meter \"\(meter.name)\" has no bus, unit and template; add them to [[meters]], "
        + "or run the site with --simulated"
    }
    if let why = Self.obstacle(toRelaysOf: site) { return why }
    guard !holdsRelays else {
      return site.emergencyStop == nil
        ? nil : "the emergency stop is watched by the relay holder; start that, and leave out --hold-relays"
    }
    for (index, bus) in site.buses.enumerated() {
      guard case .serial = bus.line, site.meters.contains(where: { $0.wiring?.bus == index }),
        site.relayBoards.contains(where: { $0.wiring?.bus == index })
      else { continue }
      return
        "the serial bus \"\(bus.name)\" has meters, which the controller reads, and relay boards, which the "
        + "relay holder switches, but one process alone can speak on it; give the boards a bus of their own, or run "
        + "with --hold-relays, where every restart of the controller opens the relays"
    }
    return nil
  }

  /// Why the relays of a site cannot be held; nil when they can.
  static func obstacle(toRelaysOf site: Site) -> String? {
    for line in site.banks.flatMap(\.relayLines) where site.boardChannel(of: line) == nil {
      return "the relay line \"\(line)\" is on no relay board; name a channel of one of [[relay_boards]], "
        + "such as \"relays-1\", or run the site with --simulated"
    }
    return nil
  }

  /// Starts the buses and returns what the control loop works with. Called on its thread.
  func start() throws -> ControlService.Hardware {
    let clock = SystemClock(trustsBatteryClock: self.site.control.trustsBatteryClock)
    self.buses.start()
    if self.holdsRelays {
      return ControlService.Hardware(
        clock: clock, meters: self.buses.meters, relays: try SiteRelays(self.site, boards: self.buses.relays))
    }
    let path = self.holderPath
    let log = self.log
    let outputs = HeldOutputs(
      site: self.site,
      connect: {
        do throws(SystemError) {
          return LineExchange(try LineSocket(connectingTo: path, timeout: Self.patience)).exchange
        } catch {
          return nil
        }
      },
      notify: { notice in
        switch notice {
        case .connected: log(.notice, "relay holder answers", ["socket": path])
        case .lost:
          log(
            .error, "relay holder does not answer",
            ["socket": path, "do": "start rigshift-relays.service, or `rigshift relays hold`"])
        case .refused(let why): log(.error, "relay holder refuses", ["why": why])
        }
      })
    return ControlService.Hardware(clock: clock, meters: self.buses.meters, outputs: .held(outputs))
  }

  /// Waits until the last commands have been carried out.
  func finish() { if self.holdsRelays { self.buses.finish() } }
}
