import Control
import GPIOHardware
import Ports
import SiteController
import SiteModel

/// The relays of a site, wherever they are: on pins of this computer, or on boards of its buses.
final class SiteRelays: RelayBank {
  private let pins: GPIORelayBank
  private let boards: BoardRelays

  init(_ site: Site, boards: BoardRelays) throws(GPIORelayBank.Failure) {
    self.pins = try GPIORelayBank(site.gpioPins)
    self.boards = boards
  }

  func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
    if self.pins.holds(rig) {
      try self.pins.set(rig, closed: closed)
    } else {
      try self.boards.set(rig, closed: closed)
    }
  }

  func level(of rig: RigID) -> Bool? {
    self.pins.holds(rig) ? self.pins.level(of: rig) : self.boards.level(of: rig)
  }
}
