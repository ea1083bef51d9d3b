import Control
import Quantities
import SiteController
import SiteModel
import Testing

/// When the relay of a rig that was asked to stop opens: a site of one bank, its shell, and relays that only count.
struct SoftStopsTests {
  @Test func `everything that keeps the site safe opens relays at once`() {
    let bank = RigBank(
      name: "a", count: 1, draw: Kilowatts(3), relayLines: ["1"],
      softStop: SoftStop(way: .command(["/bin/true"]), drain: .seconds(30)))
    for authority in Authority.allCases {
      let waits: Set<Authority> = [.override, .plan, .trim]
      #expect((bank.drain(openedBy: authority) != nil) == waits.contains(authority), "\(authority)")
    }
    let plain = RigBank(name: "b", count: 1, draw: Kilowatts(3), relayLines: ["1"])
    #expect(Authority.allCases.allSatisfy { plain.drain(openedBy: $0) == nil })
  }
}
