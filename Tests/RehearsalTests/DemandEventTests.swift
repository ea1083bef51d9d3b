import HiGHSSolver
import Quantities
import Rehearsal
import Simulation
import SiteModel
import Testing

/// Events that ask for less import, on a site that has no room to spare.
struct `Demand-response events` {
  private static let midnight = UTCInstant(seconds: 1_748_822_400)

  private static func event(_ hour: Double, _ length: Double, cap: Double) -> DemandEvent {
    DemandEvent(
      name: "at \(hour)",
      window: Slot(
        start: midnight + .seconds(Int(hour * 3600)), length: .seconds(Int(length * 3600))),
      importCap: Kilowatts(cap))
  }

  @Test(arguments: [UInt64(1), 2])
  func `are kept by plan and guard, whatever else goes wrong`(seed: UInt64) {
    var settings = Rehearsal.Settings.day(seed: seed, faults: .seeded(.many))
    settings.site.demandEvents = [
      Self.event(2, 1.5, cap: 14), Self.event(9.25, 0.4, cap: 10), Self.event(18, 3, cap: 16),
    ]
    let rehearsal = Rehearsal(settings, solver: HiGHSSolver())
    rehearsal.run()
    #expect(rehearsal.violations.kept == [])
  }
}
