import Jobs
import Planning
import Ports
import Quantities
import SiteModel

/// What jobs cost, in one way for plans and for meters.
enum JobCosting {
  /// A settled slot and the draw of one rig of each bank in it; no slot where its energy or its price is not known.
  ///
  /// No meter sees what spilled. Where surplus can spill and next to nothing was imported, it is what `expected`, the
  /// mean renewable power of the plan in force, exceeds the metered generation by.
  static func slot(_ record: SlotRecord, site: Site, expected: Kilowatts) -> (
    slot: JobSlot?, draws: [Kilowatts]
  ) {
    let nominal = zip(site.banks, record.relayMilliseconds).reduce(0) {
      $0 + $1.0.draw.value * Double($1.1) / 3_600_000
    }
    // Where a meter shows what rigs really drew, all of them share the difference.
    let scale = record.rigs.map { nominal > 0 ? $0.value / nominal : 1 } ?? 1
    let draws = site.banks.map { $0.draw * scale }
    guard let imported = record.imported, let exported = record.exported, let price = record.importPrice
    else { return (nil, draws) }
    let rigEnergy = record.rigs ?? KilowattHours(nominal)
    let generated = record.generated ?? .zero
    let mayHaveSpilled = site.grid.curtailable && imported <= rigEnergy * Self.nextToNothing
    let curtailed = mayHaveSpilled ? max(.zero, expected * record.slot.length - generated) : .zero
    let slot = JobSlot(
      slot: record.slot, rigEnergy: rigEnergy, imported: imported,
      exported: exported, curtailed: curtailed, usedOnSite: record.usedOnSite ?? .zero,
      importPrice: EnergyPrice(price),
      exportPrice: EnergyPrice(record.exportPrice ?? 0), carbon: CarbonIntensity(record.carbon ?? 0),
      importCap: site.grid.importCap, isCurtailable: site.grid.curtailable)
    return (slot, draws)
  }

  /// Import below this share of the rigs' energy comes from rigs that start and clouds that pass.
  private static let nextToNothing = 0.02

  /// What a plan gives to jobs and, for those it gives all their work and that have none yet, what that costs. A plan
  /// that had to leave all jobs out says nothing of them, so that they may take what runs.
  static func plan(_ plan: Plan, problem: PlanProblem, records: [JobRecord]) -> JobPlan {
    guard !plan.jobs.isEmpty || records.isEmpty else { return JobPlan() }
    let slots = plan.slots.indices.map { Self.slot($0, of: plan, problem: problem) }
    let allotments = plan.jobs.map { planned in
      let record = records.first { $0.job.id == planned.name }
      return JobPlan.Allotment(
        job: planned.name, rigHours: planned.rigHoursBySlot,
        comparison: record.flatMap { Self.comparison(of: $0, planned, slots: slots, problem: problem) })
    }
    return JobPlan(slots: plan.slots.map(\.slot), allotments: allotments)
  }

  private static func comparison(
    of record: JobRecord, _ planned: PlannedJob, slots: [JobSlot], problem: PlanProblem
  ) -> JobComparison? {
    let total = planned.rigHoursBySlot.reduce(0, +)
    guard record.planned == nil, record.workedMilliseconds == 0, total >= record.job.rigHours * (1 - 1e-6),
      let bank = problem.banks.first(where: { $0.name == record.job.bank })
    else { return nil }
    var comparison = JobComparison()
    for (index, slot) in slots.enumerated() {
      let hours = Slot(start: max(slot.slot.start, record.availableFrom), end: slot.slot.end)?.hours ?? 0
      // A plan allows for rigs that start one by one; the job itself is what was asked for.
      comparison.add(
        slot, rigHours: planned.rigHoursBySlot[index] / total * record.job.rigHours,
        draw: Self.draw(of: bank, in: problem.slots[index]), atOnce: record.job.maximumRigs, hours: hours,
        of: record.job.rigHours)
    }
    return comparison
  }

  private static func draw(of bank: ProblemBank, in slot: ProblemSlot) -> Kilowatts {
    bank.draw * (1 + bank.heatCoefficient * max(0, slot.ambient.value - 25))
  }

  private static func slot(_ index: Int, of plan: Plan, problem: PlanProblem) -> JobSlot {
    let planned = plan.slots[index]
    let given = problem.slots[index]
    let length = planned.slot.length
    let rigs = zip(problem.banks, planned.running).reduce(Kilowatts.zero) {
      $0 + Self.draw(of: $1.0, in: given) * $1.1
    }
    return JobSlot(
      slot: planned.slot, rigEnergy: rigs * length, imported: planned.imported * length,
      exported: planned.exported * length, curtailed: planned.curtailed * length,
      usedOnSite: planned.absorbed * length,
      importPrice: given.importPrice, exportPrice: given.exportPrice, carbon: given.carbon,
      importCap: given.importCap, isCurtailable: problem.limits.curtailable)
  }
}
