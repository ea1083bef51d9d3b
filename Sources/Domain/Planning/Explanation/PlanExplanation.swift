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

  /// A job that would use one rig more here, had it been released.
  public struct UnreleasedJob: Sendable, Hashable {
    public var name: String
    public var release: UTCInstant
  }

  public var running: Double
  /// One rig more, nil where a limit forbids it.
  public var more: Alternative?
  /// `price` where one rig more is possible, otherwise the limit; `jobNotReleased` where it is possible and a job
  /// would be cheaper here than where it is planned.
  public var holdsMore: PlanReason
  /// Every limit of the slot that forbids one rig more.
  public var limitsOnMore: [PlanReason]
  public var unreleasedJob: UnreleasedJob?
  /// One rig fewer, nil where a limit forbids it.
  public var fewer: Alternative?
  public var holdsFewer: PlanReason
  public var limitsOnFewer: [PlanReason]
}

/// Explains plans of whole rigs by trying one rig more and one fewer in a slot.
public struct PlanExplanation {
  let grid: ProblemGrid
  let counts: [[Int]]
  /// Rig-hours of each job by slot.
  let jobHours: [[Double]]
  let limits: CountLimits
  let pricing: LoadPricing
  private let jobRigs: [[Double]]
  /// What limits on the horizon's CO2 leave, in kg; nil without such limits.
  private let carbonRoom: CarbonRoom?

  /// `problem` must have passed its check and `plan` the audit for it.
  public static func explain(_ plan: Plan, for problem: PlanProblem) -> [SlotExplanation] {
    let explanation = PlanExplanation(plan, for: problem)
    return plan.slots.indices.map { explanation.slot($0) }
  }

  /// `problem` must have passed its check and `plan` the audit for it.
  public init(_ plan: Plan, for problem: PlanProblem) {
    self.init(
      problem, running: problem.banks.indices.map { bank in plan.slots.map { $0.running[bank] } },
      jobHours: plan.jobs.map(\.rigHoursBySlot))
  }

  /// `running` by bank and slot, `jobHours` by job and slot, each as long as the problem says.
  init(_ problem: PlanProblem, running: [[Double]], jobHours: [[Double]]) {
    let grid = ProblemGrid(problem)
    self.grid = grid
    self.counts = running.map { $0.map { Int($0.rounded()) } }
    self.jobHours = jobHours
    self.jobRigs = grid.banks.indices.map { bank in
      grid.hours.indices.map { slot in
        zip(grid.jobs, jobHours).reduce(0) { sum, job in
          let hours = job.1[slot]
          guard job.0.bank == bank, hours > 0 else { return sum }
          return sum + (job.0.interruptible ? hours / grid.hours[slot] : Double(job.0.rigs))
        }
      }
    }
    self.limits = CountLimits(grid, windows: grid.windows)
    self.pricing = LoadPricing(grid, floors: grid.banks.map { _ in grid.hours.map { _ in 0 } })
    self.carbonRoom = CarbonRoom(grid, running: running)
  }

  /// Why the plan runs what it runs in the slot with this index.
  public func slot(_ index: Int) -> SlotExplanation {
    SlotExplanation(
      slot: self.grid.problem.slots[index].slot, marginalPrice: EnergyPrice(self.marginalPrice(index)),
      banks: self.grid.banks.indices.map { self.explain(bank: $0, index) })
  }

  func load(_ slot: Int) -> Double {
    self.grid.banks.indices.reduce(0) { $0 + self.grid.banks[$1].draw[slot] * Double(self.counts[$1][slot]) }
  }

  /// The slope of the expected cost just above the planned load.
  private func marginalPrice(_ slot: Int) -> Double {
    let load = self.load(slot)
    let step = 1e-3
    let slope =
      (Dispatch.expectedCost(rigLoad: load + step, slot: slot, in: self.grid)
        - Dispatch.expectedCost(rigLoad: load, slot: slot, in: self.grid)) / step
    // The difference of two costs has lost the last digits.
    return (slope * 1e6).rounded() / 1e6
  }

  private func explain(bank: Int, _ slot: Int) -> BankExplanation {
    let more = self.limits(bank, slot, 1)
    let fewer = self.limits(bank, slot, -1)
    let oneMore = more.isEmpty ? self.alternative(bank, slot, 1) : nil
    let oneFewer = fewer.isEmpty ? self.alternative(bank, slot, -1) : nil
    let job = oneMore == nil ? nil : self.unreleasedJob(bank, slot)
    let possible = job == nil ? PlanReason.price : .jobNotReleased
    return BankExplanation(
      running: Double(self.counts[bank][slot]), more: oneMore,
      holdsMore: more.first ?? (oneMore == nil ? self.dwell(bank, slot, 1) : possible), limitsOnMore: more,
      unreleasedJob: job, fewer: oneFewer,
      holdsFewer: fewer.first ?? (oneFewer == nil ? self.dwell(bank, slot, -1) : .price),
      limitsOnFewer: fewer)
  }

  /// The shortest stretch from a slot on over which a bank may run one rig more or fewer.
  private func alternative(_ bank: Int, _ first: Int, _ change: Int) -> BankExplanation.Alternative? {
    var counts = self.counts
    var cost = -self.limits.startCost(counts)
    for last in first..<self.grid.slotCount {
      if !self.limits(bank, last, change).isEmpty { return nil }
      cost += self.pricing.cost(
        of: change, bank: bank, self.pricing.state(of: last, self.counts), self.counts)
      counts[bank][last] += change
      guard self.limits.allows(counts[bank], bank: bank) else { continue }
      let missed = self.limits.windows.indices.contains { window in
        self.limits.missed(window, rigHours: self.limits.rigHours(counts, in: self.limits.windows[window]))
          > 1e-6
      }
      if missed || self.carbonLimit(bank, first...last, change) != nil { return nil }
      let window = self.grid.problem.window(first...last)
      return BankExplanation.Alternative(stretch: window, cost: Money(cost + self.limits.startCost(counts)))
    }
    return nil
  }

  /// The limits of one slot that forbid one rig more or fewer there.
  private func limits(_ bank: Int, _ slot: Int, _ change: Int) -> [PlanReason] {
    let count = self.counts[bank][slot] + change
    let limits = self.grid.banks[bank]
    if count < 0 || count > limits.rigs { return [.bankSize] }
    var found: [PlanReason] = []
    let isFixed = limits.floor[slot] == limits.ceiling[slot] && !self.grid.problem.banks[bank].fixed.isEmpty
    if isFixed { found.append(.fixed) }
    if count < limits.floor[slot], !isFixed { found.append(.minimumRunning) }
    if Double(count) < self.jobRigs[bank][slot] - 1e-6 { found.append(.job) }
    if change > 0, limits.rigs - count < limits.heldOff[slot] { found.append(.minimumOff) }
    if change < 0, count < limits.heldOn[slot] { found.append(.minimumOn) }
    let load = self.load(slot) + Double(change) * limits.draw[slot]
    let range = self.grid.rigLoadRange(slot)
    if change > 0, load > range.upper + 1e-9 {
      found.append(self.grid.ceiling[slot].isFinite ? .carbonCeiling : .importCap)
    }
    if change < 0, load < range.lower - 1e-9 { found.append(.exportCap) }
    for window in self.limits.windowsOfSlot[slot] {
      let rigHours = self.limits.rigHours(self.counts, in: self.limits.windows[window])
      let shifted = rigHours + Double(change) * self.grid.hours[slot]
      let reason = change > 0 ? PlanReason.maximumRigHours : .minimumRigHours
      if self.limits.missed(window, rigHours: shifted) > self.limits.missed(window, rigHours: rigHours)
        + 1e-9,
        !found.contains(reason)
      {
        found.append(reason)
      }
    }
    if let limit = self.carbonLimit(bank, slot...slot, change) { found.append(limit) }
    return found
  }

  private func carbonLimit(_ bank: Int, _ slots: ClosedRange<Int>, _ change: Int) -> PlanReason? {
    self.carbonRoom.flatMap { room in
      room.broken(
        byLoads: slots.map { slot in
          let load = self.load(slot)
          return (slot, load, load + Double(change) * self.grid.banks[bank].draw[slot])
        })
    }
  }

  /// Why no stretch from a slot on allows the change: the switching itself, or a limit met on the way.
  private func dwell(_ bank: Int, _ first: Int, _ change: Int) -> PlanReason {
    let rise = self.limits.rise(self.counts[bank], bank: bank, first)
    if let ramp = self.grid.banks[bank].ramp, abs(rise + change) > ramp { return .ramp }
    if change > 0, rise >= 0, self.startsAreUsedUp(bank, first) { return .startLimit }
    var counts = self.counts[bank]
    for last in first..<self.grid.slotCount {
      if let limit = self.limits(bank, last, change).first { return limit }
      counts[last] += change
      guard self.limits.allows(counts, bank: bank) else { continue }
      // Dwell is kept from here on, so carbon or rig-hours stood in the way.
      if let limit = self.carbonLimit(bank, first...last, change) { return limit }
      return change > 0 ? .maximumRigHours : .minimumRigHours
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
