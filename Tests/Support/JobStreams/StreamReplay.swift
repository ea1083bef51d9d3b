import JSONText
public import Planning
import Quantities

/// Streams of jobs through their lives three times: started at once, by GridFlex's rule, and by the planner. What is
/// counted is what the market really was while each job ran.
public struct StreamReplay: Sendable, Hashable {
  /// What the planner plans for.
  public enum Aim: String, Sendable, CaseIterable {
    case cost, carbon
  }

  /// GBP and kg of CO2.
  public struct Sum: Sendable, Hashable {
    public var cost = 0.0
    public var carbon = 0.0

    mutating func add(_ job: StreamJob, from start: Double, in market: JobMarket) {
      let mean = market.mean(from: start, hours: job.hours)
      self.cost += job.energy * mean.price
      self.carbon += job.energy * mean.carbon / 1000
    }
  }

  public private(set) var jobs = 0
  public private(set) var energy = 0.0
  public private(set) var atOnce = Sum()
  public private(set) var byRule = Sum()
  public private(set) var planned = Sum()
  public private(set) var ruleDeferrals = 0
  /// Jobs that miss a deadline which they would have met at once.
  public private(set) var missedByRule = 0
  public private(set) var missedByPlan = 0
  public private(set) var plans = 0
  /// Plans that were refused or not to be had.
  public private(set) var failures: [String] = []

  public static let jobsPerHour = 15
  /// Hours of arrivals that one plan takes together. Nothing couples the jobs, so this changes nothing but the time.
  private static let batchHours = 6
  /// Beyond the last arrival of a batch: the longest deferral and the longest job.
  private static let reachHours = 48
  private static let slotMinutes = 30
  /// Jobs have any power; rigs this small stand for it to a tenth of a per cent of most.
  private static let rig = Kilowatts(0.05)
  private static let start = UTCInstant(seconds: 1_741_564_800)

  /// Replays `hours` of arrivals, a multiple of six, for each of `seeds`.
  public init(seeds: [UInt64], hours: Int, aim: Aim, solver: some Solver) {
    for seed in seeds {
      var random = SplitMix64(seed: seed)
      let market = JobMarket(hours: hours + Self.batchHours + Self.reachHours, random: &random)
      for first in stride(from: 0, to: hours, by: Self.batchHours) {
        var batch: [StreamJob] = []
        for hour in first..<first + Self.batchHours {
          for _ in 0..<Self.jobsPerHour { batch.append(StreamJob(arrival: hour, random: &random)) }
        }
        self.replay(batch, market, from: first, aim: aim, solver: solver)
      }
    }
  }

  /// Saved by the rule and by the plan, as a share of what running at once costs or emits.
  public func saving(_ aim: Aim) -> (rule: Double, plan: Double) {
    switch aim {
    case .cost: (1 - self.byRule.cost / self.atOnce.cost, 1 - self.planned.cost / self.atOnce.cost)
    case .carbon: (1 - self.byRule.carbon / self.atOnce.carbon, 1 - self.planned.carbon / self.atOnce.carbon)
    }
  }

  private mutating func replay(
    _ batch: [StreamJob], _ market: JobMarket, from first: Int, aim: Aim, solver: some Solver
  ) {
    let starts = self.plan(batch, market, from: first, aim: aim, solver: solver)
    for (job, start) in zip(batch, starts) {
      let delay = job.ruleDelay(in: market)
      let deferred = Double(job.arrival + delay)
      self.jobs += 1
      self.energy += job.energy
      self.ruleDeferrals += delay > 0 ? 1 : 0
      self.atOnce.add(job, from: Double(job.arrival), in: market)
      self.byRule.add(job, from: deferred, in: market)
      self.planned.add(job, from: start, in: market)
      if job.isFeasible, !job.meetsDeadline(from: deferred) { self.missedByRule += 1 }
      if job.isFeasible, !job.meetsDeadline(from: start) { self.missedByPlan += 1 }
    }
  }

  /// When the planner starts each job, in hours since the market began. The problem goes through its file form, as
  /// `rigshift plan --problem` reads it.
  private mutating func plan(
    _ batch: [StreamJob], _ market: JobMarket, from first: Int, aim: Aim, solver: some Solver
  ) -> [Double] {
    let asArrived = batch.map { Double($0.arrival) }
    self.plans += 1
    do throws(PlanProblemError) {
      let file = Self.problem(batch, market, from: first, aim: aim).json().text()
      let problem = try PlanProblem(jsonBytes: Array(file.utf8))
      guard case .planned(let plan) = try Planner.plan(problem, solver: solver),
        plan.jobs.count == batch.count
      else {
        self.failures.append("hour \(first): no plan")
        return asArrived
      }
      return zip(batch, plan.jobs).map { job, planned in
        guard let slot = planned.rigHoursBySlot.firstIndex(where: { $0 > 0 }) else {
          self.failures.append("hour \(first): \(planned.name) never starts")
          return Double(job.arrival)
        }
        return Double(first) + plan.slots[slot].slot.start.millisecondsSince(plan.slots[0].slot.start).hours
      }
    } catch {
      self.failures.append("hour \(first): \(error)")
      return asArrived
    }
  }

  static func problem(_ batch: [StreamJob], _ market: JobMarket, from first: Int, aim: Aim) -> PlanProblem {
    let origin = Self.start + .hours(first)
    let perHour = 60 / Self.slotMinutes
    let slots = (0..<(Self.batchHours + Self.reachHours) * perHour).map { index in
      let hour = first + index / perHour
      return ProblemSlot(
        slot: Slot(start: origin + .minutes(index * Self.slotMinutes), length: .minutes(Self.slotMinutes)),
        importPrice: EnergyPrice(aim == .cost ? market.price[hour] : 0),
        carbon: CarbonIntensity(market.carbon[hour]))
    }
    let jobs = batch.enumerated().map { Self.problemJob($1, number: $0) }
    let rigs = jobs.reduce(0) { $0 + ($1.maximumRigs ?? 0) }
    return PlanProblem(
      currency: "GBP", slots: slots, banks: [ProblemBank(name: "hall", rigs: rigs, draw: Self.rig)],
      jobs: jobs,
      weights: ObjectiveWeights(carbonPrice: Money(aim == .carbon ? 1 : 0)))
  }

  private static func problemJob(_ job: StreamJob, number: Int) -> ProblemJob {
    let rigs = max(1, Int((job.energy / job.hours / Self.rig.value).rounded()))
    // The window ends with the slot in which the job would end when it is put off as long as it may be. Its own deadline
    // is its own: a slot that ends after it is too late.
    let slots = Double(60 / Self.slotMinutes)
    let last = ((Double(job.deferral) + job.hours) * slots).rounded(.up) / slots
    var end = Double(job.arrival) + last
    if let deadline = job.deadline, job.priority != .critical { end = min(end, deadline) }
    let release = Self.start + .hours(job.arrival)
    return ProblemJob(
      name: "job-\(number)", bank: "hall", rigHours: Double(rigs) * job.hours, maximumRigs: rigs,
      release: release,
      deadline: Self.start.advanced(
        byMilliseconds: Int64((max(end, Double(job.arrival) + 0.5) * 3_600_000).rounded())),
      interruptible: false, critical: job.priority == .critical)
  }
}

extension Int64 {
  /// These milliseconds in hours.
  fileprivate var hours: Double { Double(self) / 3_600_000 }
}
