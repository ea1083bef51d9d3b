import HiGHSSolver
import Rehearsal
import Simulation
import Testing

/// The real controller with a bug planted between it and its site: whoever checks must see it.
struct `A planted bug` {
  /// What must happen to the site for the bug to show.
  private static func faults(for bug: PlantedBug) -> FaultPlan {
    switch bug {
    case .deafGuard, .ignoresDwell, .oneRigTooMany, .ignoresStagger, .inflatesEnergy: .seeded(.none)
    case .ignoresFallback: .thrice(.busUnplugged)
    case .neverReturns: .thrice(.busTimeout)
    }
  }

  @Test(arguments: PlantedBug.allCases)
  func `is caught by the invariant it breaks`(bug: PlantedBug) {
    let rehearsal = Rehearsal(
      .day(seed: 4, faults: Self.faults(for: bug)), solver: HiGHSSolver(), planting: bug)
    rehearsal.run()
    #expect(rehearsal.violations.count(of: bug.breaks) > 0)
  }

  @Test(arguments: PlantedBug.allCases)
  func `is what was caught: without it the same day is clean`(bug: PlantedBug) {
    let rehearsal = Rehearsal(.day(seed: 4, faults: Self.faults(for: bug)), solver: HiGHSSolver())
    rehearsal.run()
    #expect(rehearsal.violations.kept == [])
  }
}
