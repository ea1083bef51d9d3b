import HiGHSSolver
import JSONText
import Quantities
import Rehearsal
import Simulation
import Testing

/// What a rehearsal reports.
struct `A rehearsal` {
  private static func run(seed: UInt64, _ faults: FaultPlan = .seeded(.many)) -> Rehearsal {
    let rehearsal = Rehearsal(.day(seed: seed, faults: faults), solver: HiGHSSolver())
    rehearsal.run()
    return rehearsal
  }

  @Test func `is the same again from the same seed and another from another`() {
    let first = RehearsalReport(Self.run(seed: 1), replay: "").json.text(pretty: true)
    #expect(RehearsalReport(Self.run(seed: 1), replay: "").json.text(pretty: true) == first)
    #expect(RehearsalReport(Self.run(seed: 2), replay: "").json.text(pretty: true) != first)
  }

  @Test func `adds up to what the world has seen`() throws {
    let rehearsal = Self.run(seed: 3, .seeded(.none))
    let total = try #require(RehearsalReport(rehearsal, replay: "").total)
    // The world's last half hour is not settled yet, its first seconds are a gap, and a counter has steps of 10 Wh.
    let energy = rehearsal.world.energy
    #expect(total.imported <= energy.imported + KilowattHours(0.1))
    #expect(total.imported >= energy.imported - KilowattHours(13))
    #expect(total.rigEnergy <= energy.rigs + KilowattHours(0.1))
    #expect(total.rigEnergy >= energy.rigs - KilowattHours(13))
    #expect(total.rigHours * 3 >= total.rigEnergy.value)
    #expect(total.switches > 20)
  }

  @Test func `tells of its progress from nothing to all`() {
    var shares: [Double] = []
    let rehearsal = Rehearsal(.day(seed: 1, faults: .seeded(.none)), solver: HiGHSSolver())
    rehearsal.run { shares.append($0) }
    #expect(shares.first == 0)
    #expect(shares.last == 1)
    #expect(shares.count == 25)
    #expect(shares == shares.sorted())
  }
}
