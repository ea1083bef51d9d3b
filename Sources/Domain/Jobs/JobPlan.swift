public import Quantities

/// What the plan in force gives to jobs.
public struct JobPlan: Sendable, Hashable {
  /// One job's part of the plan.
  public struct Allotment: Sendable, Hashable {
    public var job: String
    /// One entry per slot of the plan.
    public var rigHours: [Double]
    /// What the job is planned to cost; nil unless the plan gives it all its rig-hours.
    public var comparison: JobComparison?
    public init(job: String, rigHours: [Double], comparison: JobComparison? = nil) {
      self.job = job
      self.rigHours = rigHours
      self.comparison = comparison
    }
  }

  /// Contiguous, in order.
  public var slots: [Slot]
  public var allotments: [Allotment]

  public init(slots: [Slot] = [], allotments: [Allotment] = []) {
    self.slots = slots
    self.allotments = allotments
  }
}

/// Deals the rigs that run out to the jobs, within what the plan gives each in its slot.
///
/// Jobs take rigs that run; they switch none. What a job missed early in a slot, because rigs start one by one or one
/// was shed, it makes up for in the same slot on rigs that run beyond the jobs' shares. Without a plan for the instant a
/// job takes what it may have of what runs.
struct JobDealer: Sendable {
  private var plan: JobPlan?
  /// Milliseconds of one rig still due in the slot in force, by allotment.
  private var due: [Int64] = []
  private var slot: Slot?
  private var index: Int?

  var isPlanned: Bool { self.index != nil }

  mutating func follow(_ plan: JobPlan?) {
    self.plan = plan
    self.slot = nil
    self.index = nil
    self.due = []
  }

  /// Moves to the slot that contains `instant`.
  mutating func advance(to instant: UTCInstant) {
    if let slot, slot.contains(instant) { return }
    self.index = self.plan?.slots.firstIndex { $0.contains(instant) }
    self.slot = self.index.flatMap { self.plan?.slots[$0] }
    guard let index = self.index, let plan else {
      self.due = []
      return
    }
    self.due = plan.allotments.map { Int64(($0.rigHours[index] * 3_600_000).rounded(.up)) }
  }

  /// Where the plan speaks of a job; nil when it does not.
  func allotment(of id: String) -> Int? { self.plan?.allotments.firstIndex { $0.job == id } }

  func isDue(_ allotment: Int?) -> Bool {
    guard self.index != nil, let allotment else { return false }
    return self.due[allotment] > 0
  }

  /// True when the plan has rigs for it after the slot in force.
  func isPlannedLater(_ allotment: Int?, than instant: UTCInstant) -> Bool {
    guard let allotment, let plan else { return false }
    return zip(plan.slots, plan.allotments[allotment].rigHours).contains { $0.start > instant && $1 > 0 }
  }

  /// Rigs that work on a job from `instant` on when `free` are left, nil where no plan speaks of the instant.
  func rigs(for record: JobRecord, _ allotment: Int?, free: Int, at instant: UTCInstant) -> Int {
    let most = min(free, record.job.maximumRigs)
    guard let slot, self.index != nil else {
      // A block waits for a plan to begin, since nobody keeps its rigs together; once begun it goes on.
      return record.job.isInterruptible || record.workedMilliseconds > 0 ? most : 0
    }
    guard let allotment, self.due[allotment] > 0 else { return 0 }
    if record.job.isCritical || !record.job.isInterruptible || record.state == .late { return most }
    let left = max(1, slot.end.millisecondsSince(instant))
    return min(most, Int((self.due[allotment] + left - 1) / left))
  }

  /// The most a job may have in the slot, milliseconds of one rig.
  func limit(_ allotment: Int?) -> Int64 {
    guard self.index != nil, let allotment else { return .max }
    return self.due[allotment]
  }

  mutating func spend(_ milliseconds: Int64, _ allotment: Int?) {
    guard self.index != nil, let allotment else { return }
    self.due[allotment] -= milliseconds
  }
}
