import Quantities

/// A problem in which banks of equal rigs are one bank: fewer counts to decide, and for a single bank the fastest method.
///
/// Rigs that nothing tells apart can be planned together. Afterwards the rigs that switch are those that have been on or
/// off the longest, whatever bank they belong to, so each bank keeps every dwell time that the whole keeps.
struct MergedBanks {
  let problem: PlanProblem
  private let original: PlanProblem
  /// The original banks of each merged one.
  private let groups: [[Int]]

  /// Nil when no two banks can be merged.
  init?(_ problem: PlanProblem) {
    // Limits of a bank of its own, and flows that the solver chooses, do not survive the merging.
    guard problem.banks.count > 1, problem.limits.maximumRigChangePerSlot == nil,
      problem.limits.averageCarbonCap == nil, problem.limits.importCarbonCeiling == nil
    else { return nil }
    var groups: [[Int]] = []
    for (index, bank) in problem.banks.enumerated() {
      let isApart =
        bank.minimumRunning > 0 || !bank.fixed.isEmpty || problem.jobs.contains { $0.bank == bank.name }
        || problem.startLimits.contains { $0.bank == bank.name }
      let match = isApart ? nil : groups.firstIndex { Self.areEqual(problem.banks[$0[0]], bank, problem) }
      if let match { groups[match].append(index) } else { groups.append([index]) }
    }
    guard groups.count < problem.banks.count else { return nil }
    var merged = problem
    merged.banks = groups.map { group in
      var bank = problem.banks[group[0]]
      for other in group.dropFirst() {
        bank.rigs += problem.banks[other].rigs
        bank.runningFor += problem.banks[other].runningFor
        bank.stoppedFor += problem.banks[other].stoppedFor
      }
      return bank
    }
    self.problem = merged
    self.original = problem
    self.groups = groups
  }

  private static func areEqual(_ first: ProblemBank, _ second: ProblemBank, _ problem: PlanProblem) -> Bool {
    let isFree =
      first.minimumRunning == 0 && first.fixed.isEmpty && !problem.jobs.contains { $0.bank == first.name }
      && !problem.startLimits.contains { $0.bank == first.name }
    return isFree && first.draw == second.draw && first.heatCoefficient == second.heatCoefficient
      && first.minimumOn == second.minimumOn && first.minimumOff == second.minimumOff
      && first.startCost == second.startCost && first.revenuePerRigHour == second.revenuePerRigHour
  }

  /// The merged problem's plan as one of the original's.
  func split(_ plan: Plan) -> Plan {
    var running = self.original.banks.map { _ in [Double](repeating: 0, count: plan.slots.count) }
    for (index, group) in self.groups.enumerated() {
      let counts = plan.slots.map { $0.running[index] }
      if group.count == 1 { running[group[0]] = counts } else { self.split(counts, over: group, &running) }
    }
    var split = PlanAssembly(
      ProblemGrid(self.original), running: running, jobHours: plan.jobs.map(\.rigHoursBySlot)
    ).plan(status: plan.status, bound: plan.bound, method: plan.method)
    split.solveTime = plan.solveTime
    return split
  }

  /// Rigs of one bank that switched together.
  private struct Rigs {
    let bank: Int
    var count: Double
    /// Milliseconds for which they had been on or off before the first slot; negative for a later switch.
    let since: Int64
  }

  private func split(_ counts: [Double], over group: [Int], _ running: inout [[Double]]) {
    var on: [Rigs] = []
    var off: [Rigs] = []
    for index in group {
      let bank = self.original.banks[index]
      on += bank.runningFor.map { Rigs(bank: index, count: 1, since: $0.wholeMilliseconds) }
      off += bank.stoppedFor.map { Rigs(bank: index, count: 1, since: $0.wholeMilliseconds) }
      let free = bank.rigs - bank.runningFor.count - bank.stoppedFor.count
      off.append(Rigs(bank: index, count: Double(free), since: .max))
    }
    on.sort { ($0.since, $1.bank) > ($1.since, $0.bank) }
    off.sort { ($0.since, $1.bank) > ($1.since, $0.bank) }
    for (slot, count) in counts.enumerated() {
      let change = count - on.reduce(0) { $0 + $1.count }
      if change > 0 { Self.move(change, from: &off, to: &on, slot) }
      if change < 0 { Self.move(-change, from: &on, to: &off, slot) }
      for rigs in on { running[rigs.bank][slot] += rigs.count }
    }
  }

  private static func move(_ count: Double, from: inout [Rigs], to: inout [Rigs], _ slot: Int) {
    var left = count
    while left > 1e-9, let first = from.first {
      let taken = min(left, first.count)
      left -= taken
      if taken > 0 { to.append(Rigs(bank: first.bank, count: taken, since: -1 - Int64(slot))) }
      if taken == first.count { from.removeFirst() } else { from[0].count -= taken }
    }
  }
}
