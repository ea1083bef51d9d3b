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

  init(lastSequence: Int64) { self.lastSequence = lastSequence }

  public var isEmpty: Bool { self.inFlight == nil && self.queued.isEmpty }

  /// `checkpoint` is the state after everything in `batch`.
  mutating func append(_ batch: RecordBatch, checkpoint: EngineCheckpoint) {
    let count = self.queued.plans.count + self.queued.decisions.count + self.queued.events.count
    if count < Self.mostQueuedRecords {
      self.queued.plans += batch.plans
      self.queued.decisions += batch.decisions
      self.queued.events += batch.events
    } else {
      self.lost += batch.plans.count + batch.decisions.count + batch.events.count
    }
    self.queued.slots += batch.slots  // one a slot: bounded by time itself
    self.checkpoint = checkpoint
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
    self.queued = RecordBatch()
    return self.inFlight
  }

  /// The batch handed out last is durable.
  mutating func committed() { self.inFlight = nil }
}
