import Jobs
import Planning
import Quantities
import SiteModel

/// Puts a site's open jobs into a planning problem: what is left of each, in the part of its window that the horizon
/// covers (`docs/jobs.md` has the rules).
enum SiteJobs {
  /// What may be taken back when not everything can be met.
  struct Relief: Sendable, Hashable {
    /// Jobs due after the horizon get only what they cannot make up for after it.
    var givesFarJobsTheLeast = false
    /// Jobs that rank below this may end as late as the horizon.
    var relaxesBelow: JobRank?
    /// No plan is promised more than rigs that start one by one can do.
    var isStrict = false
  }

  static func jobs(
    _ records: [JobRecord], site: Site, slots: [Slot], state: PlanningState, relief: Relief = Relief()
  ) -> [ProblemJob] {
    records.compactMap { record in
      guard let index = site.banks.firstIndex(where: { $0.name == record.job.bank }),
        state.rigs.indices.contains(index)
      else { return nil }
      let rigs = state.rigs[index].filter(\.isAvailable)
      guard !rigs.isEmpty, record.millisecondsLeft > 0 else { return nil }
      let shape = JobShape(
        record, rigs: rigs.count, running: rigs.count(where: \.isOn), stagger: site.control.stagger,
        slots: slots)
      return shape.problemJob(relief)
    }
  }
}

/// Whose deadline counts more: that of the higher priority, and among equals one that was promised.
struct JobRank: Sendable, Hashable, Comparable {
  var priority: JobPriority
  var isPromised: Bool

  static func < (a: Self, b: Self) -> Bool {
    a.priority != b.priority ? a.priority < b.priority : !a.isPromised && b.isPromised
  }
}

extension JobRecord {
  var rank: JobRank { JobRank(priority: self.job.priority, isPromised: self.promise.meetsDeadline) }
}

/// One open job against one horizon.
private struct JobShape {
  private let record: JobRecord
  private let job: Job
  private let slots: [Slot]
  private let horizonEnd: UTCInstant
  private let rigs: Int
  private let left: Double
  /// Rig-hours lost while rigs start one by one.
  private let startLoss: Double
  /// The time that takes.
  private let startTime: Duration

  /// What a start takes besides its turn: planning, the record, the tick.
  private static let startSeconds = 3.0

  init(_ record: JobRecord, rigs: Int, running: Int, stagger: Duration, slots: [Slot]) {
    self.record = record
    self.job = record.job
    self.slots = slots
    self.horizonEnd = slots.last?.end ?? record.job.deadline
    self.rigs = min(record.job.maximumRigs, rigs)
    self.left = record.rigHoursLeft
    let starts = Double(max(0, self.rigs - running))
    let seconds = stagger.hours * 3600
    self.startLoss = starts * ((starts + 1) / 2 * seconds + Self.startSeconds) / 3600
    self.startTime = .milliseconds(Int64((starts * seconds + Self.startSeconds) * 1000))
  }

  private var isFar: Bool { self.job.deadline > self.horizonEnd }
  private var hasBegun: Bool { !self.job.isInterruptible && self.record.workedMilliseconds > 0 }

  func problemJob(_ relief: SiteJobs.Relief) -> ProblemJob? {
    guard let first = self.slots.firstIndex(where: { $0.start >= self.job.release }) else { return nil }
    var made = ProblemJob(
      name: self.job.id, bank: self.job.bank, rigHours: self.left, maximumRigs: self.rigs,
      release: self.slots[first].start, interruptible: self.job.isInterruptible,
      critical: self.job.isCritical || self.hasBegun)
    if self.record.state == .late || self.end(relief) <= first {
      // Too late or too near for whole slots: as soon as it can.
      made.critical = true
      return made
    }
    if let relaxed = relief.relaxesBelow, self.record.rank < relaxed, !made.critical {
      made.rigHours = min(self.left, self.capacity(first..<self.slots.count))
      return made
    }
    if self.isFar { return self.far(made, from: first, relief) }
    let window = first..<self.end(relief)
    made.deadline = self.slots[window.upperBound - 1].end
    if self.job.isInterruptible { made.rigHours = self.work(in: window, relief) }
    return made
  }

  /// The first slot that the job may not use any more. The last rig of a block starts a little after the first, so its
  /// work ends a little after its last slot.
  private func end(_ relief: SiteJobs.Relief) -> Int {
    let ended = self.slots.count { $0.end <= self.job.deadline }
    guard !self.job.isInterruptible, self.isEndTight else { return ended }
    let safe = self.slots.count { $0.end <= self.job.deadline - self.startTime }
    let first = self.slots.firstIndex { $0.start >= self.job.release } ?? 0
    let fits = safe > first && self.capacity(first..<safe) >= self.left
    return relief.isStrict || fits ? safe : ended
  }

  /// True when a block may end so close to a slot's end that its last rig ends after it.
  private var isEndTight: Bool {
    let slot = self.slots.last?.hours ?? 0
    let length = self.left / Double(self.rigs)
    let ends = [length, length - (self.slots.first?.hours ?? 0)].map {
      $0.truncatingRemainder(dividingBy: slot)
    }
    return ends.contains { $0 < 1e-9 || slot - $0 < self.startTime.hours }
  }

  /// What is left and what starting takes, as far as the window holds it.
  private func work(in window: Range<Int>, _ relief: SiteJobs.Relief) -> Double {
    let needed = self.left + self.startLoss
    return relief.isStrict ? needed : max(self.left, min(needed, self.capacity(window)))
  }

  private func capacity(_ window: Range<Int>) -> Double {
    self.slots[window].reduce(0) { $0 + $1.hours } * Double(self.rigs)
  }

  /// Nothing is put off beyond the horizon, where no price is known, unless it does not fit before.
  private func far(_ job: ProblemJob, from first: Int, _ relief: SiteJobs.Relief) -> ProblemJob? {
    var made = job
    let within = self.capacity(first..<self.slots.count)
    let beyond = self.job.deadline.millisecondsSince(self.horizonEnd)
    if self.job.isInterruptible {
      let later = Double(beyond) / 3_600_000 * Double(self.rigs)
      made.rigHours =
        relief.givesFarJobsTheLeast ? max(0, self.left - later) : min(self.left + self.startLoss, within)
      return made.rigHours > 1e-9 ? made : nil
    }
    if made.critical { return made }
    if !relief.givesFarJobsTheLeast, within >= self.left { return made }
    // The part of the block that lies before the horizon's end when it begins as late as it may.
    let length = self.left / Double(self.rigs)
    let part = length - Double(beyond) / 3_600_000 + self.startTime.hours
    guard part > 0 else { return nil }
    made.rigHours = min(part * Double(self.rigs), within)
    return made
  }
}
