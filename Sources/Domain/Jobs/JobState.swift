public import Quantities

/// Where a job is in its life.
public enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Taken, and no plan gives it rigs yet.
  case queued
  /// The plan in force gives it rigs later.
  case scheduled
  /// Rigs work on it.
  case running
  /// Its deadline has passed with work left. The work goes on, as soon as it can.
  case late
  /// All its rig-hours have been run.
  case done
  /// Taken back; what was run stays on record.
  case cancelled

  /// True for a job that nothing happens to any more.
  public var isEnd: Bool {
    switch self {
    case .queued, .scheduled, .running, .late: false
    case .done, .cancelled: true
    }
  }
}

/// What can happen to a job.
public enum JobEvent: Sendable, Hashable {
  /// The plan in force gives it rig-hours, or none.
  case planned(Bool)
  /// Rigs have worked on it; whether that was the last of it.
  case worked(isLast: Bool)
  /// No rig works on it, and none is due in this slot; whether the plan has rigs for it later.
  case rested(isPlanned: Bool)
  case deadlinePassed
  case cancelled
}

extension JobState {
  /// The state after `event`; the same where the event changes nothing.
  public func after(_ event: JobEvent) -> JobState {
    if self.isEnd { return self }
    switch event {
    case .cancelled: return .cancelled
    case .deadlinePassed: return .late
    case .worked(isLast: true): return .done
    case .worked(isLast: false): return self == .late ? .late : .running
    case .planned(let isPlanned):
      // Rigs that work on a job go on until it rests, whatever a plan says of later.
      return self == .queued || self == .scheduled ? (isPlanned ? .scheduled : .queued) : self
    case .rested(let isPlanned):
      return self == .running ? (isPlanned ? .scheduled : .queued) : self
    }
  }
}

/// One step in a job's life, for the record.
public struct JobTransition: Sendable, Hashable, Codable {
  public var at: UTCInstant
  public var job: String
  /// When the job was taken: with its name this is its identity for ever.
  public var addedAt: UTCInstant
  /// Nil for the first.
  public var from: JobState?
  public var to: JobState
  public var text: String

  public init(at: UTCInstant, job: String, addedAt: UTCInstant, from: JobState?, to: JobState, text: String) {
    self.at = at
    self.job = job
    self.addedAt = addedAt
    self.from = from
    self.to = to
    self.text = text
  }
}
