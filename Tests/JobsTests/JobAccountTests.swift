import Jobs
import Quantities
import Testing

/// A half-hour of a site whose rigs draw 2 kW each.
private func slot(
  _ index: Int, price: Double, carbon: Double = 100, rigs: Double = 2, used: Double = 0, exported: Double = 0,
  curtailed: Double = 0, exportPrice: Double = 0, cap: Double? = nil
) -> JobSlot {
  JobSlot(
    slot: halfHours(index + 1)[index], rigEnergy: KilowattHours(rigs),
    imported: KilowattHours(max(0, rigs - used)), exported: KilowattHours(exported),
    curtailed: KilowattHours(curtailed), usedOnSite: KilowattHours(used), importPrice: EnergyPrice(price),
    exportPrice: EnergyPrice(exportPrice), carbon: CarbonIntensity(carbon),
    importCap: cap.map { Kilowatts($0) }, isCurtailable: true)
}

private let draw = Kilowatts(2)

private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

struct `A job's account` {
  @Test func `sets what it cost beside running at once, slot by slot`() {
    var comparison = JobComparison()
    // One rig-hour: 2 kWh at 30 at once, at 10 as run.
    comparison.add(slot(0, price: 30, rigs: 0), rigHours: 0, draw: draw, atOnce: 2, hours: 0.5, of: 1)
    comparison.add(slot(1, price: 10), rigHours: 1, draw: draw, atOnce: 2, hours: 0.5, of: 1)
    #expect(isNear(comparison.run.cost.value, 20))
    #expect(isNear(comparison.atOnce.cost.value, 60))
    #expect(isNear(comparison.savedCost.value, 40))
    #expect(isNear(comparison.run.co2.value, 0.2))
    #expect(isNear(comparison.atOnce.rigHours, 1))
  }

  @Test func `saves nothing for a job that ran at once`() {
    var comparison = JobComparison()
    comparison.add(
      slot(0, price: 30, used: 0.7, exported: 0), rigHours: 1, draw: draw, atOnce: 2, hours: 0.5, of: 1)
    #expect(isNear(comparison.savedCost.value, 0))
    #expect(isNear(comparison.savedCO2.value, 0))
  }

  @Test func `gives the baseline the surplus of its slots before it lets it import`() {
    var comparison = JobComparison()
    // 1.5 kWh were exported at 5 while the job waited; at once it would have used them and bought 0.5 at 30.
    comparison.add(
      slot(0, price: 30, rigs: 0, exported: 1.5, exportPrice: 5), rigHours: 0, draw: draw, atOnce: 2,
      hours: 0.5, of: 1)
    #expect(isNear(comparison.atOnce.cost.value, 1.5 * 5 + 0.5 * 30))
    #expect(isNear(comparison.atOnce.co2.value, 0.05))
  }

  @Test func `gives it what spilled for nothing`() {
    var comparison = JobComparison()
    comparison.add(
      slot(0, price: 30, rigs: 0, curtailed: 2, exportPrice: 5), rigHours: 0, draw: draw, atOnce: 2,
      hours: 0.5, of: 1)
    #expect(isNear(comparison.atOnce.cost.value, 0))
  }

  @Test func `keeps the baseline behind the import cap`() {
    var comparison = JobComparison()
    // 3 kW of cap and 1 kW already imported leave 1 kWh in the half-hour: half a rig-hour.
    comparison.add(
      slot(0, price: 30, rigs: 0.5, cap: 3), rigHours: 0, draw: draw, atOnce: 2, hours: 0.5, of: 1)
    #expect(isNear(comparison.atOnce.rigHours, 0.5))
    comparison.add(
      slot(1, price: 20, rigs: 0, cap: 3), rigHours: 0, draw: draw, atOnce: 2, hours: 0.5, of: 1)
    #expect(isNear(comparison.atOnce.rigHours, 1))
    #expect(isNear(comparison.atOnce.cost.value, 30 + 20))
  }

  @Test func `shares renewable energy by energy`() {
    var comparison = JobComparison()
    // Half of the rigs' 4 kWh was renewable, so half of the job's 2 kWh.
    comparison.add(
      slot(0, price: 30, rigs: 4, used: 2), rigHours: 1, draw: draw, atOnce: 2, hours: 0, of: 1)
    #expect(isNear(comparison.run.cost.value, 30))
  }
}

struct `The account of a job in the book` {
  private static func settled(metered: Bool) -> JobRecord? {
    var book = JobBook(taking: [.sample(rigHours: 1)])
    book.follow([("j", [0, 1])])
    book.run(from: 0, to: 1, rigs: 2)
    for index in 0..<2 {
      let slot =
        metered || index == 1 ? slot(index, price: index == 0 ? 30 : 10, rigs: index == 0 ? 0 : 2) : nil
      book.settle(halfHours(2)[index], metered: slot, draws: [draw], banks: ["a"])
    }
    return book["j"]
  }

  @Test func `is closed when its slots are settled, once`() throws {
    let record = try #require(Self.settled(metered: true))
    #expect(record.isSettled)
    let saved = try #require(record.saved)
    #expect(isNear(saved.savedCost.value, 40))
    var book = JobBook([record])
    #expect(book.isIdle)
    book.settle(halfHours(3)[2], metered: slot(2, price: 99), draws: [draw], banks: ["a"])
    #expect(book["j"]?.saved == record.saved)
  }

  @Test func `names no saving where a meter failed`() throws {
    let record = try #require(Self.settled(metered: false))
    #expect(record.state == .done)
    #expect(record.saved == nil)
  }

  @Test func `keeps the first plan's figures`() {
    var book = JobBook(taking: [.sample(rigHours: 1)])
    var first = JobComparison()
    first.add(slot(0, price: 30), rigHours: 1, draw: draw, atOnce: 2, hours: 0.5, of: 1)
    for comparison in [nil, first, JobComparison()] {
      let allotment = JobPlan.Allotment(job: "j", rigHours: [1], comparison: comparison)
      book.follow(JobPlan(slots: halfHours(1), allotments: [allotment]), at: midnight)
    }
    #expect(book["j"]?.planned == first)
  }
}
