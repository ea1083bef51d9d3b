import Control
import HomeAutomation
import Quantities
import SiteController
import SiteModel
import Testing

/// A command of home automation on its way to the controller.
struct HomeCommandTests {
  private static let now = UTCInstant(seconds: 1_748_822_400)

  private static func site(acceptsCommands: Bool) throws -> Site {
    var site = LivingSite.site()
    var mqtt = MQTTSettings(broker: try #require(HostPort("127.0.0.1:1883")), baseTopic: "rigshift/test")
    mqtt.acceptsCommands = acceptsCommands
    mqtt.commandHold = .minutes(90)
    site.mqtt = mqtt
    return site
  }

  private static func event(_ target: String, _ wish: HomeCommand.Wish, _ site: Site) throws -> ControlEvent?
  {
    let command = HomeCommand(target: target, wish: wish)
    switch try PersonsWish.home(command, site: site, now: Self.now).get() {
    case .control(let event): return event
    case .add, .cancelDemandEvent, .controls: return nil
    }
  }

  @Test func `becomes an override of the site file's length, in the name of mqtt`() throws {
    let site = try Self.site(acceptsCommands: true)
    let expires = Self.now + .minutes(90)
    #expect(
      try Self.event("rigs-2", .hold("off"), site)
        == .rigOverrideSet(
          RigOverride(rig: RigID(bank: 0, rig: 1), on: false, expires: expires, by: "mqtt")))
    #expect(
      try Self.event("rigs", .hold("3"), site)
        == .overrideSet(Override(bank: 0, running: 3, expires: expires, by: "mqtt")))
    #expect(
      try Self.event("rigs-2", .automatic, site) == .rigOverrideCleared(RigID(bank: 0, rig: 1)))
    #expect(try Self.event("rigs", .automatic, site) == .overrideCleared(bank: 0))
  }

  @Test func `is refused where the site file in force takes none, or has no such rig`() throws {
    let closed = try Self.site(acceptsCommands: false)
    #expect(throws: PersonsWish.Refusal.self) { try Self.event("rigs-2", .hold("on"), closed) }
    #expect(throws: PersonsWish.Refusal.self) { try Self.event("rigs-2", .automatic, closed) }
    let open = try Self.site(acceptsCommands: true)
    #expect(throws: PersonsWish.Refusal.self) { try Self.event("rigs-99", .hold("on"), open) }
    #expect(throws: PersonsWish.Refusal.self) { try Self.event("rigs", .hold("99"), open) }
  }
}
