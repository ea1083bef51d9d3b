public import Quantities

/// What was said of a job's deadline when the job was taken.
public struct JobPromise: Sendable, Hashable, Codable {
  /// True when a plan had been found that meets it.
  public var meetsDeadline: Bool
  /// When the job could end at the earliest; nil when the deadline is met, or when nobody knows.
  public var earliestEnd: UTCInstant?
  /// True where that lies beyond the horizon and was only counted on.
  public var isEstimate: Bool
  /// Other jobs that were promised their deadlines and miss them for this one.
  public var delayed: [String]

  public init(
    meetsDeadline: Bool, earliestEnd: UTCInstant? = nil, isEstimate: Bool = false, delayed: [String] = []
  ) {
    self.meetsDeadline = meetsDeadline
    self.earliestEnd = earliestEnd
    self.isEstimate = isEstimate
    self.delayed = delayed
  }
}

/// A job and everything that has become of it.
public struct JobRecord: Sendable, Hashable, Codable {
  /// Work done in one settlement slot that is not settled yet.
  public struct SlotWork: Sendable, Hashable, Codable {
    public var start: UTCInstant
    public var milliseconds: Int64
  }

  public let job: Job
  public let addedAt: UTCInstant
  public let promise: JobPromise
  public private(set) var state = JobState.queued
  /// Milliseconds of one rig that rigs have really worked on it.
  public private(set) var workedMilliseconds: Int64 = 0
  /// Its first work.
  public private(set) var startedAt: UTCInstant?
  public private(set) var lateSince: UTCInstant?
  /// When it was done or cancelled.
  public private(set) var endedAt: UTCInstant?
  /// First instant and end of its work in the plan in force; nil when that has none.
  public internal(set) var plannedSpan: Slot?
  /// By the first plan that gave it all its rig-hours; nil when there was none.
  public internal(set) var planned: JobComparison?
  /// From the meters, slot by slot as they are settled.
  public internal(set) var realised = JobComparison()
  /// False once a slot that counts was not metered: what was saved is then not known.
  public internal(set) var isMetered = true
  public internal(set) var unsettled: [SlotWork] = []

  public init(job: Job, addedAt: UTCInstant, promise: JobPromise) {
    self.job = job
    self.addedAt = addedAt
    self.promise = promise
  }

  public var rigHoursDone: Double { Double(self.workedMilliseconds) / 3_600_000 }
  public var millisecondsLeft: Int64 { max(0, self.job.workMilliseconds - self.workedMilliseconds) }
  public var rigHoursLeft: Double { Double(self.millisecondsLeft) / 3_600_000 }

  /// From when on the job might have run.
  public var availableFrom: UTCInstant { max(self.job.release, self.addedAt) }

  /// True when it was done by its deadline.
  public var wasInTime: Bool {
    self.state == .done && (self.endedAt.map { $0 <= self.job.deadline } ?? false)
  }

  /// What was really saved; nil until the job is done and settled, and where meters failed.
  public var saved: JobComparison? {
    guard self.state == .done, self.isSettled, self.isMetered else { return nil }
    return self.realised
  }

  /// True when no slot to come changes its account.
  public var isSettled: Bool {
    switch self.state {
    case .queued, .scheduled, .running, .late: false
    case .cancelled: self.unsettled.isEmpty
    case .done: self.unsettled.isEmpty && self.isBaselineWhole
    }
  }

  private var isBaselineWhole: Bool { self.realised.atOnce.rigHours >= self.job.rigHours * (1 - 1e-9) }

  /// Takes `event` and returns the step it made, nil when it made none.
  mutating func handle(_ event: JobEvent, at now: UTCInstant, text: String) -> JobTransition? {
    let before = self.state
    let after = before.after(event)
    guard after != before else { return nil }
    self.state = after
    switch after {
    case .queued, .scheduled: break
    case .running: self.startedAt = self.startedAt ?? now
    case .late: self.lateSince = now
    case .done, .cancelled:
      self.endedAt = now
      self.plannedSpan = nil
    }
    return JobTransition(
      at: now, job: self.job.id, addedAt: self.addedAt, from: before, to: after, text: text)
  }

  /// Counts work in the settlement slot that began at `slotStart`.
  mutating func work(_ milliseconds: Int64, from start: UTCInstant, slotStart: UTCInstant) {
    self.startedAt = self.startedAt ?? start
    self.workedMilliseconds += milliseconds
    if let last = self.unsettled.indices.last, self.unsettled[last].start == slotStart {
      self.unsettled[last].milliseconds += milliseconds
    } else {
      self.unsettled.append(SlotWork(start: slotStart, milliseconds: milliseconds))
    }
  }

  /// Closes the account of one settlement slot; nil for a slot nobody metered. `draw` is that of one rig.
  mutating func settle(_ slot: Slot, metered: JobSlot?, draw: Kilowatts) {
    let work = self.unsettled.filter { $0.start < slot.end }
    self.unsettled.removeAll { $0.start < slot.end }
    let worked = Double(work.reduce(0) { $0 + $1.milliseconds }) / 3_600_000
    let hours = Slot(start: max(slot.start, self.availableFrom), end: slot.end)?.hours ?? 0
    guard worked > 0 || (hours > 0 && !self.isBaselineWhole) else { return }
    guard let metered, !work.contains(where: { $0.start < slot.start }) else {
      self.isMetered = false
      return
    }
    self.realised.add(
      metered, rigHours: worked, draw: draw, atOnce: self.job.maximumRigs, hours: hours,
      of: self.job.rigHours)
  }
}
