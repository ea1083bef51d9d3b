import HiGHSSolver
import Rehearsal
import Simulation
import Testing

/// Each fault by itself, three times in a day, where the many of a rough day could hide what one of them does.
struct `One kind of fault` {
  @Test(arguments: FaultKind.allCases)
  func `breaks no invariant`(kind: FaultKind) {
    let rehearsal = Rehearsal(.day(seed: 11, faults: .thrice(kind)), solver: HiGHSSolver())
    rehearsal.run()
    #expect(rehearsal.violations.kept == [])
  }

  @Test(arguments: [FaultKind.controllerKilled, .holderKilled, .powerCut])
  func `that ends a process lets the day's rigs run on afterwards`(kind: FaultKind) {
    let calm = Rehearsal(.day(seed: 11, faults: .seeded(.none)), solver: HiGHSSolver())
    calm.run()
    let rough = Rehearsal(.day(seed: 11, faults: .thrice(kind)), solver: HiGHSSolver())
    rough.run()
    #expect(rough.world.tally[kind].strikes == 3)
    let calmHours = RehearsalReport(calm, replay: "").total?.rigHours ?? 0
    let roughHours = RehearsalReport(rough, replay: "").total?.rigHours ?? 0
    #expect(calmHours > 50)
    #expect(roughHours > calmHours * 0.9)
    #expect(roughHours < calmHours)
  }
}
