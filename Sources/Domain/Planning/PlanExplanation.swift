public import Quantities

/// Why a plan runs what it runs in one slot.
public struct SlotExplanation: Sendable, Hashable {
  public var slot: Slot
  /// Expected cost of one more kWh of load with all counts as planned: the dual of the power balance.
  public var marginalPrice: EnergyPrice
  /// In the problem's order.
  public var banks: [BankExplanation]
}

/// Why a bank runs as many rigs as it does in one slot.
public struct BankExplanation: Sendable, Hashable {
  /// Another count, for the shortest stretch from this slot on that dwell times allow.
  public struct Alternative: Sendable, Hashable {
    public var stretch: Slot
    /// What the plan would cost more; negative where only the solver's gap keeps it from being better.
    public var cost: Money
  }

  public var running: Double
  /// One rig more, nil where a limit forbids it.
  public var more: Alternative?
  /// `price` where one rig more is possible, otherwise the limit.
  public var holdsMore: PlanReason
  /// One rig fewer, nil where a limit forbids it.
  public var fewer: Alternative?
  public var holdsFewer: PlanReason
}

/// Explains plans of whole rigs by trying one rig more and one fewer in every slot.
public struct PlanExplanation {
  private let grid: ProblemGrid
  private let counts: [[Int]]
  private let jobRigs: [[Double]]
  private let limits: CountLimits
  private let pricing: LoadPricing

  /// `problem` must have passed its check and `plan` the audit for it.
  public static func explain(_ plan: Plan, for problem: PlanProblem) -> [SlotExplanation] {
    let explanation = PlanExplanation(plan, ProblemGrid(problem))
    return plan.slots.indices.map { slot in
      SlotExplanation(
        slot: plan.slots[slot].slot, marginalPrice: EnergyPrice(explanation.marginalPrice(slot)),
        banks: problem.banks.indices.map { explanation.explain(bank: $0, slot) })
    }
  }

  private init(_ plan: Plan, _ grid: ProblemGrid) {
    self.grid = grid
    self.counts = grid.banks.indices.map { bank in plan.slots.map { $0.counts[bank] } }
    self.jobRigs = grid.banks.indices.map { bank in
      grid.hours.indices.map { slot in
        zip(grid.jobs, plan.jobs).reduce(0) { sum, job in
          let hours = job.1.rigHoursBySlot[slot]
          guard job.0.bank == bank, hours > 0 else { return sum }
          return sum + (job.0.interruptible ? hours / grid.hours[slot] : Double(job.0.rigs))
        }
      }
    }
    self.limits = CountLimits(grid, windows: grid.windows)
    self.pricing = LoadPricing(grid, floors: grid.banks.map { _ in grid.hours.map { _ in 0 } })
  }

  private func load(_ slot: Int) -> Double {
    self.grid.banks.indices.reduce(0) { $0 + self.grid.banks[$1].draw[slot] * Double(self.counts[$1][slot]) }
  }

  /// The slope of the expected cost just above the planned load.
  private func marginalPrice(_ slot: Int) -> Double {
    let load = self.load(slot)
    let step = 1e-3
    return
      (Dispatch.expectedCost(rigLoad: load + step, slot: slot, in: self.grid)
      - Dispatch.expectedCost(rigLoad: load, slot: slot, in: self.grid)) / step
  }

  private func explain(bank: Int, _ slot: Int) -> BankExplanation {
    let more = self.limit(bank, slot, 1)
    let fewer = self.limit(bank, slot, -1)
    let oneMore = more == nil ? self.alternative(bank, slot, 1) : nil
    let oneFewer = fewer == nil ? self.alternative(bank, slot, -1) : nil
    return BankExplanation(
      running: Double(self.counts[bank][slot]), more: oneMore,
      holdsMore: more ?? (oneMore == nil ? self.dwell(bank, slot, 1) : .price), fewer: oneFewer,
      holdsFewer: fewer ?? (oneFewer == nil ? self.dwell(bank, slot, -1) : .price))
  }

  /// The shortest stretch from a slot on over which a bank may run one rig more or fewer.
  private func alternative(_ bank: Int, _ first: Int, _ change: Int) -> BankExplanation.Alternative? {
    var counts = self.counts
    var cost = -self.limits.startCost(counts)
    for last in first..<self.grid.slotCount {
      if self.limit(bank, last, change) != nil { return nil }
      cost += self.pricing.cost(
        of: change, bank: bank, self.pricing.state(of: last, self.counts), self.counts)
      counts[bank][last] += change
      guard self.limits.allows(counts[bank], bank: bank) else { continue }
      let missed = self.limits.windows.indices.contains { window in
        self.limits.missed(window, rigHours: self.limits.rigHours(counts, in: self.limits.windows[window]))
          > 1e-6
      }
      if missed { return nil }
      let window = self.grid.problem.window(first...last)
      return BankExplanation.Alternative(stretch: window, cost: Money(cost + self.limits.startCost(counts)))
    }
    return nil
  }

  /// The limit of one slot, if any, that forbids one rig more or fewer there.
  private func limit(_ bank: Int, _ slot: Int, _ change: Int) -> PlanReason? {
    let count = self.counts[bank][slot] + change
    let limits = self.grid.banks[bank]
    if count < 0 || count > limits.rigs { return .bankSize }
    if count < limits.minimumRunning { return .minimumRunning }
    if Double(count) < self.jobRigs[bank][slot] - 1e-6 { return .job }
    if change > 0, limits.rigs - count < limits.heldOff[slot] { return .minimumOff }
    if change < 0, count < limits.heldOn[slot] { return .minimumOn }
    let load = self.load(slot) + Double(change) * limits.draw[slot]
    let range = self.grid.rigLoadRange(slot)
    if change > 0, load > range.upper + 1e-9 {
      return self.grid.ceiling[slot].isFinite ? .carbonCeiling : .importCap
    }
    if change < 0, load < range.lower - 1e-9 { return .exportCap }
    for window in self.limits.windowsOfSlot[slot] {
      let rigHours = self.limits.rigHours(self.counts, in: self.limits.windows[window])
      let shifted = rigHours + Double(change) * self.grid.hours[slot]
      if self.limits.missed(window, rigHours: shifted) > self.limits.missed(window, rigHours: rigHours) + 1e-9
      {
        return change > 0 ? .maximumRigHours : .minimumRigHours
      }
    }
    return nil
  }

  /// Why no stretch from a slot on allows the change: the switching itself, or a limit met on the way.
  private func dwell(_ bank: Int, _ first: Int, _ change: Int) -> PlanReason {
    let rise = self.limits.rise(self.counts[bank], bank: bank, first)
    if let ramp = self.grid.banks[bank].ramp, abs(rise + change) > ramp { return .ramp }
    if change > 0, rise >= 0, self.startsAreUsedUp(bank, first) { return .startLimit }
    var counts = self.counts[bank]
    for last in first..<self.grid.slotCount {
      if let limit = self.limit(bank, last, change) { return limit }
      counts[last] += change
      // Dwell is kept from here on, so rig-hours stood in the way.
      if self.limits.allows(counts, bank: bank) { return change > 0 ? .maximumRigHours : .minimumRigHours }
    }
    return change > 0 ? .minimumOff : .minimumOn
  }

  private func startsAreUsedUp(_ bank: Int, _ slot: Int) -> Bool {
    self.limits.startLimits.contains { limit in
      guard limit.bank == bank, limit.slots.contains(slot) else { return false }
      let starts = limit.slots.reduce(0) { $0 + max(0, self.limits.rise(self.counts[bank], bank: bank, $1)) }
      return starts >= limit.maximum
    }
  }
}
