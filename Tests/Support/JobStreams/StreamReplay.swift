import JSONText
public import Planning
import Quantities

/// Streams of jobs through their lives four times: started at once, by GridFlex's rule, by the planner, and at their best.
/// What is
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
  /// Each job from the best start that its plan may choose, with hindsight and to the half-hour.
  public private(set) var best = Sum()
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

  /// Whether jobs that are late from birth begin at once, as the running site has it, or anywhere within their deferral,
  /// as GridFlex's rule puts them off and as the best starts that it was recorded against do.
  private let hurriesHopeless: Bool

  /// Replays `hours` of arrivals, a multiple of six, for each of `seeds`.
  public init(
    seeds: [UInt64], hours: Int, aim: Aim, hurriesHopeless: Bool = false, solver: some Solver
  ) {
    self.hurriesHopeless = hurriesHopeless
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

  /// Saved by the rule, by the plan and by the best starts, as a share of what running at once costs or emits.
  public func saving(_ aim: Aim) -> (rule: Double, plan: Double, best: Double) {
    switch aim {
    case .cost:
      (
        1 - self.byRule.cost / self.atOnce.cost, 1 - self.planned.cost / self.atOnce.cost,
        1 - self.best.cost / self.atOnce.cost
      )
    case .carbon:
      (
        1 - self.byRule.carbon / self.atOnce.carbon, 1 - self.planned.carbon / self.atOnce.carbon,
        1 - self.best.carbon / self.atOnce.carbon
      )
    }
  }

  /// Whether a job's deadline says where it may begin.
  private func binds(_ job: StreamJob) -> Bool { job.isFeasible || self.hurriesHopeless }

  private func bestStart(of job: StreamJob, in market: JobMarket, aim: Aim) -> Double {
    let starts = stride(from: Double(job.arrival), through: Double(job.arrival + job.deferral), by: 0.5)
      .filter { !self.binds(job) || job.meetsDeadline(from: $0) }
    let costs = starts.map { start in
      let mean = market.mean(from: start, hours: job.hours)
      return aim == .cost ? mean.price : mean.carbon
    }
    return zip(starts, costs).min { $0.1 < $1.1 }?.0 ?? Double(job.arrival)
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
      self.best.add(job, from: self.bestStart(of: job, in: market, aim: aim), in: market)
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
      let file = self.problem(batch, market, from: first, aim: aim).json().text()
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

  private func problem(_ batch: [StreamJob], _ market: JobMarket, from first: Int, aim: Aim) -> PlanProblem {
    let origin = Self.start + .hours(first)
    let perHour = 60 / Self.slotMinutes
    let slots = (0..<(Self.batchHours + Self.reachHours) * perHour).map { index in
      let hour = first + index / perHour
      return ProblemSlot(
        slot: Slot(start: origin + .minutes(index * Self.slotMinutes), length: .minutes(Self.slotMinutes)),
        importPrice: EnergyPrice(aim == .cost ? market.price[hour] : 0),
        carbon: CarbonIntensity(market.carbon[hour]))
    }
    let jobs = batch.enumerated().map { self.problemJob($1, number: $0) }
    let rigs = jobs.reduce(0) { $0 + ($1.maximumRigs ?? 0) }
    return PlanProblem(
      currency: "GBP", slots: slots, banks: [ProblemBank(name: "hall", rigs: rigs, draw: Self.rig)],
      jobs: jobs,
      weights: ObjectiveWeights(carbonPrice: Money(aim == .carbon ? 1 : 0)))
  }

  private func problemJob(_ job: StreamJob, number: Int) -> ProblemJob {
    let rigs = max(1, Int((job.energy / job.hours / Self.rig.value).rounded()))
    // A block takes whole slots. The nearest number of them stands for the job's length, so that what it is compared by is
    // as often too short as too long; where it may begin follows from its true length.
    let slots = Double(60 / Self.slotMinutes)
    let length = max(1, (job.hours * slots).rounded()) / slots
    var last = Double(job.arrival + job.deferral)
    if let deadline = job.deadline, self.binds(job) {
      last = min(
        last, max(Double(job.arrival), ((deadline - job.hours) * slots + 1e-9).rounded(.down) / slots))
    }
    let end = last + length
    let release = Self.start + .hours(job.arrival)
    return ProblemJob(
      name: "job-\(number)", bank: "hall", rigHours: Double(rigs) * length, maximumRigs: rigs,
      release: release,
      deadline: Self.start.advanced(byMilliseconds: Int64((end * 3_600_000).rounded())),
      interruptible: false, critical: job.priority == .critical)
  }
}

extension Int64 {
  /// These milliseconds in hours.
  fileprivate var hours: Double { Double(self) / 3_600_000 }
}
