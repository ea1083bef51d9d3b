import Jobs
import Ports

/// Records on their way to the store: what failed to be written is kept and offered again, unchanged and first.
public struct RecordQueue: Sendable {
  /// While the store is down the site is in its fallback and makes few records; this many is months of them.
  static let mostQueuedRecords = 20_000

  private var inFlight: RecordBatch?
  private var queued = RecordBatch()
  /// The state after everything queued. It becomes bytes with the batch, not with every event.
  private var checkpoint: EngineCheckpoint?
  private var lastSequence: Int64
  /// Records given up because the queue was full.
  public private(set) var lost = 0
  /// Counts what was queued; `durableMark` says up to which count all of it is kept.
  public private(set) var queuedMark = 0
  public private(set) var durableMark = 0
  private var inFlightMark = 0

  init(lastSequence: Int64) { self.lastSequence = lastSequence }

  public var isEmpty: Bool { self.inFlight == nil && self.queued.isEmpty }

  /// `checkpoint` is the state after everything in `batch`.
  mutating func append(_ batch: RecordBatch, checkpoint: EngineCheckpoint) {
    self.queuedMark += 1
    let count =
      self.queued.plans.count + self.queued.decisions.count + self.queued.events.count
      + self.queued.jobSteps.count
    if count < Self.mostQueuedRecords {
      self.queued.plans += batch.plans
      self.queued.decisions += batch.decisions
      self.queued.events += batch.events
      self.queued.jobSteps += batch.jobSteps
    } else {
      self.lost +=
        batch.plans.count + batch.decisions.count + batch.events.count + batch.jobSteps.count
    }
    for job in batch.jobs { self.put(job) }
    self.queued.slots += batch.slots  // one a slot: bounded by time itself
    self.checkpoint = checkpoint
  }

  /// A job's latest state is all that counts of it, so there are never more than the site has.
  private mutating func put(_ job: JobRecord) {
    let known = self.queued.jobs.firstIndex { $0.job.id == job.job.id && $0.addedAt == job.addedAt }
    if let known { self.queued.jobs[known] = job } else { self.queued.jobs.append(job) }
  }

  /// The batch to write next: the one whose fate is unknown, or everything queued since.
  mutating func next() -> RecordBatch? {
    if let inFlight { return inFlight }
    guard !self.queued.isEmpty else { return nil }
    self.lastSequence += 1
    self.queued.sequence = self.lastSequence
    self.queued.checkpoint = self.checkpoint?.bytes
    self.checkpoint = nil
    self.inFlight = self.queued
    self.inFlightMark = self.queuedMark
    self.queued = RecordBatch()
    return self.inFlight
  }

  /// The batch handed out last is durable.
  mutating func committed() {
    self.inFlight = nil
    self.durableMark = self.inFlightMark
  }
}
