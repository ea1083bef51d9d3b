public import Quantities

/// What the rigs shall do over a horizon, and what follows from it. Untrusted until `PlanAudit` has passed it.
public struct Plan: Sendable, Hashable {
  /// How good the plan is: the rung of the planner's ladder it came from.
  public enum Status: String, Sendable, Hashable {
    /// Proved to cost at most the relative gap more than the best plan.
    case optimal
    /// The best found within the limits.
    case incumbent
    /// The linear program, rounded and repaired.
    case rounded
    /// Runs where energy is cheaper than its median.
    case rule
    /// As few rigs as the hard limits allow.
    case least
  }

  public var status: Status
  /// Expected cost with all weights, in site currency.
  public var objective: Double
  /// No plan costs less; minus infinity when nothing was proved.
  public var bound: Double
  /// The method that found it, such as `milp` or `curves`.
  public var method: String
  /// Filled in by a caller that owns a clock; zero otherwise.
  public var solveTime: Duration
  public var slots: [PlannedSlot]
  public var totals: PlanTotals
  public var jobs: [PlannedJob]
  public var slack: [Slack]
  public var baselines: PlanBaselines

  public init(
    status: Status, objective: Double, bound: Double, method: String, solveTime: Duration = .zero,
    slots: [PlannedSlot], totals: PlanTotals, jobs: [PlannedJob], slack: [Slack], baselines: PlanBaselines
  ) {
    self.status = status
    self.objective = objective
    self.bound = bound
    self.method = method
    self.solveTime = solveTime
    self.slots = slots
    self.totals = totals
    self.jobs = jobs
    self.slack = slack
    self.baselines = baselines
  }

  /// `|objective - bound| / max(1, |objective|)`; infinite when nothing was proved.
  public var relativeGap: Double { abs(self.objective - self.bound) / max(1, abs(self.objective)) }

  /// `|objective - bound|` in site currency, which says more than the share where the objective is near zero.
  public var absoluteGap: Double { abs(self.objective - self.bound) }

  /// The slot in force at `instant`.
  public func slot(at instant: UTCInstant) -> PlannedSlot? { self.slots.first { $0.slot.contains(instant) } }
}

/// One slot of a plan. Powers are expectations over the scenarios.
public struct PlannedSlot: Sendable, Hashable {
  public var slot: Slot
  /// Rigs running in each bank, in the problem's order. Whole unless the problem allows fractions.
  public var running: [Double]
  /// Rigs and other load.
  public var load: Kilowatts
  public var imported: Kilowatts
  public var absorbed: Kilowatts
  public var exported: Kilowatts
  public var curtailed: Kilowatts
  /// The same for each scenario, in the order of the weights.
  public var flows: [PowerFlow]

  public init(
    slot: Slot, running: [Double], load: Kilowatts, imported: Kilowatts, absorbed: Kilowatts,
    exported: Kilowatts,
    curtailed: Kilowatts, flows: [PowerFlow]
  ) {
    self.slot = slot
    self.running = running
    self.load = load
    self.imported = imported
    self.absorbed = absorbed
    self.exported = exported
    self.curtailed = curtailed
    self.flows = flows
  }

  /// Whole rigs of each bank.
  public var counts: [Int] { self.running.map { Int($0.rounded()) } }
}

/// Where the power of one slot goes in one scenario.
public struct PowerFlow: Sendable, Hashable {
  public var imported: Kilowatts
  /// Renewable power used on site.
  public var absorbed: Kilowatts
  public var exported: Kilowatts
  public var curtailed: Kilowatts

  public init(imported: Kilowatts, absorbed: Kilowatts, exported: Kilowatts, curtailed: Kilowatts) {
    self.imported = imported
    self.absorbed = absorbed
    self.exported = exported
    self.curtailed = curtailed
  }
}

/// Sums over the horizon, expectations where scenarios differ. Cost and CO2 count imports only.
public struct PlanTotals: Sendable, Hashable {
  public var rigHours = 0.0
  public var load = KilowattHours.zero
  public var imported = KilowattHours.zero
  public var absorbed = KilowattHours.zero
  public var exported = KilowattHours.zero
  public var curtailed = KilowattHours.zero
  /// Imports minus export income.
  public var energyCost = Money.zero
  public var carbonCost = Money.zero
  public var bonus = Money.zero
  public var startCost = Money.zero
  public var revenue = Money.zero
  public var co2 = KilogramsCO2.zero
  public var starts = 0.0
  public init() {}

  /// Renewable energy used on site over all energy used; 0 without load.
  public var renewableShare: Double { self.load > .zero ? self.absorbed / self.load : 0 }

  /// The expected cost that the objective counts, before any weight on its tail.
  public var expectedCost: Money {
    self.energyCost + self.carbonCost - self.bonus + self.startCost - self.revenue
  }
}

/// What a job gets.
public struct PlannedJob: Sendable, Hashable {
  public var name: String
  /// One entry per slot of the horizon.
  public var rigHoursBySlot: [Double]
  /// Rig-hours not delivered by the deadline.
  public var lateRigHours: Double

  public init(name: String, rigHoursBySlot: [Double], lateRigHours: Double) {
    self.name = name
    self.rigHoursBySlot = rigHoursBySlot
    self.lateRigHours = lateRigHours
  }
}

/// The same rig-hours under the same caps, run without a plan.
public struct PlanBaselines: Sendable, Hashable {
  /// As evenly as the caps allow.
  public var continuous: BaselineCost
  /// From the first slot on, as many rigs as fit.
  public var asap: BaselineCost
  /// The objective of GridShift's linear program, defects and all.
  public var reference: BaselineCost

  public init(continuous: BaselineCost, asap: BaselineCost, reference: BaselineCost) {
    self.continuous = continuous
    self.asap = asap
    self.reference = reference
  }
}

public struct BaselineCost: Sendable, Hashable {
  public var energyCost: Money
  public var carbonCost: Money
  public var co2: KilogramsCO2

  public init(energyCost: Money, carbonCost: Money, co2: KilogramsCO2) {
    self.energyCost = energyCost
    self.carbonCost = carbonCost
    self.co2 = co2
  }
}

/// A plan, or the reason why there is none.
public enum PlanOutcome: Sendable, Hashable {
  case planned(Plan)
  case infeasible(Infeasibility)
}
