public import Certificates
import Control
import JSONText
import Jobs
import Ports
import Quantities

/// Records on their way to the store: what failed to be written is kept and offered again, unchanged and first.
///
/// The log's entries get their numbers and hashes here, where batches get theirs, at the moment a batch is made
/// (`docs/decisions/0050`): only one batch is on its way at a time and it never changes, so no failure can fork the chain.
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
  /// How many of them the log has been told of.
  private var confessed = 0
  /// What the log will say of everything queued.
  private var drafts: [EntryDraft] = []
  /// The log with what is in flight, and without it.
  private var writer: LogWriter
  private var kept: LogWriter
  /// Counts what was queued; `durableMark` says up to which count all of it is kept.
  public private(set) var queuedMark = 0
  public private(set) var durableMark = 0
  private var inFlightMark = 0

  /// `writer` stands at the end of the log that the store holds.
  init(lastSequence: Int64, writer: LogWriter) {
    self.lastSequence = lastSequence
    self.writer = writer
    self.kept = writer
  }

  /// The end of the log that the store is known to hold; nil without entries.
  public var logHead: LogHead? { self.kept.head }

  public var isEmpty: Bool { self.inFlight == nil && self.queued.isEmpty }

  /// `drafts` are what the log will say of `batch`, and `checkpoint` is the state after everything in it.
  mutating func append(_ batch: RecordBatch, drafts: [EntryDraft], checkpoint: EngineCheckpoint) {
    self.queuedMark += 1
    let count =
      self.queued.plans.count + self.queued.decisions.count + self.queued.events.count
      + self.queued.jobSteps.count
    if count < Self.mostQueuedRecords {
      self.queued.plans += batch.plans
      self.queued.decisions += batch.decisions
      self.queued.events += batch.events
      self.queued.jobSteps += batch.jobSteps
      self.drafts += drafts
    } else {
      self.drafts += drafts.filter { $0.kind == .interval }
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
    self.confess()
    self.queued.log = self.writer.seal(self.drafts)
    self.drafts.removeAll(keepingCapacity: true)
    self.inFlight = self.queued
    self.inFlightMark = self.queuedMark
    self.queued = RecordBatch()
    return self.inFlight
  }

  /// The batch handed out last is durable.
  mutating func committed() {
    self.inFlight = nil
    self.durableMark = self.inFlightMark
    self.kept = self.writer
  }

  /// The batch handed out last will never be kept: the log goes on from where it was.
  mutating func refused() {
    self.inFlight = nil
    self.writer = self.kept
  }

  /// Evidence that was lost is itself evidence.
  private mutating func confess() {
    guard self.lost > self.confessed, let instant = self.drafts.last?.issuedAt else { return }
    self.drafts.append(
      EntryDraft(
        kind: .event, issuedAt: instant,
        body: [
          .init("event", "evidenceLost"), .init("records", .integer(Int64(self.lost - self.confessed))),
          .init("text", "the store could not be written for so long that records were given up"),
        ]))
    self.confessed = self.lost
  }
}
