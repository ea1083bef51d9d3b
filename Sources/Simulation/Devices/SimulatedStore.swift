import Certificates
public import Jobs
public import Ports
import Quantities

/// What goes wrong with one commit.
struct CommitFault {
  var kind: FaultKind
  /// The batch is kept although the commit fails.
  var isWritten: Bool

  /// Nil when a commit made now works.
  init?(_ faults: FaultSchedule) {
    if let episode = faults.episode(.powerCut), episode.severity < 0.5 {
      self.init(kind: .powerCut, isWritten: episode.target & 0x100 != 0)
    } else if faults.present.contains(.storeFull) {
      self.init(kind: .storeFull, isWritten: false)
    } else if faults.present.contains(.storeFailedNotWritten) {
      self.init(kind: .storeFailedNotWritten, isWritten: false)
    } else if faults.present.contains(.storeFailedWritten) {
      self.init(kind: .storeFailedWritten, isWritten: true)
    } else if faults.present.contains(.storeSlow) {
      self.init(kind: .storeSlow, isWritten: true)
    } else {
      return nil
    }
  }

  private init(kind: FaultKind, isWritten: Bool) {
    self.kind = kind
    self.isWritten = isWritten
  }
}

/// A record in memory with a real one's contract and a real one's failures. Survives the processes of the simulated
/// board; the newest records of each kind are kept for inspection.
public final class SimulatedStore: Store {
  /// Records kept of each kind: a month of quarter hours, and enough events to read a bad day by.
  public static let mostRecords = 4096

  /// How long the last commit took.
  public private(set) var lastCommitTook = Duration.zero
  public private(set) var slots: [SlotRecord] = []
  public private(set) var decisions: [DecisionRecord] = []
  public private(set) var events: [EventRecord] = []
  /// Every step of every job.
  public private(set) var jobSteps: [JobTransition] = []
  /// Batches kept since the store was made.
  public private(set) var commits = 0

  /// Sequence number of the last batch kept.
  public var lastSequence: Int64 { self.recovered.lastSequence }

  private let site: SimulatedSite
  private var newSlots: [SlotRecord] = []
  private var recovered = Recovered()

  public init(_ site: SimulatedSite) { self.site = site }

  public func commit(_ batch: RecordBatch) throws(StoreError) {
    let fault = self.site.commitFault()
    self.lastCommitTook = .milliseconds(fault?.kind == .storeSlow ? 3000 : 5)
    if let log = batch.log, batch.sequence > self.lastSequence, !self.continues(log) {
      throw .refused("the log's entries do not follow on the last ones")
    }
    if fault?.isWritten ?? true { self.keep(batch) }
    guard let fault, fault.kind != .storeSlow else { return }
    if fault.kind == .storeFull { throw .full }
    throw .failed(fault.kind.name)
  }

  public func recover() throws(StoreError) -> Recovered { self.recovered }

  /// The slot records kept since the last call, in order: what the energy invariant judges.
  public func takeNewSlots() -> [SlotRecord] {
    defer { self.newSlots.removeAll(keepingCapacity: true) }
    return self.newSlots
  }

  private func keep(_ batch: RecordBatch) {
    guard batch.sequence > self.recovered.lastSequence else { return }
    self.commits += 1
    self.recovered.lastSequence = batch.sequence
    self.recovered.checkpoint = batch.checkpoint ?? self.recovered.checkpoint
    self.recovered.lastSlot = batch.slots.last ?? self.recovered.lastSlot
    self.recovered.log = batch.log?.head ?? self.recovered.log
    self.recovered.lastPlanID = max(self.recovered.lastPlanID, batch.plans.last?.id ?? 0)
    Self.append(batch.forecasts, to: &self.recovered.forecasts)
    Self.append(batch.generation, to: &self.recovered.generation)
    for plan in batch.plans { self.noteTime(plan.madeAt) }
    for decision in batch.decisions { self.noteTime(decision.at) }
    for event in batch.events { self.noteTime(event.at) }
    for slot in batch.slots { self.noteTime(slot.slot.end) }
    for step in batch.jobSteps { self.noteTime(step.at) }
    self.jobSteps += batch.jobSteps
    for job in batch.jobs { self.put(job) }
    Self.append(batch.slots, to: &self.slots)
    Self.append(batch.slots, to: &self.newSlots)
    Self.append(batch.decisions, to: &self.decisions)
    Self.append(batch.events, to: &self.events)
  }

  private func continues(_ log: LogAppend) -> Bool {
    let head = self.recovered.log
    return log.entries.first?.certificate.sequence == (head?.size ?? 0) + 1
      && log.entries.first?.certificate.previousHash == head?.lastHash ?? CertificateChain.firstPrevious
  }

  /// All of them are handed back at recovery: a simulation takes no more jobs than a site keeps at hand.
  private func put(_ job: JobRecord) {
    let known = self.recovered.jobs.firstIndex { $0.job.id == job.job.id && $0.addedAt == job.addedAt }
    if let known { self.recovered.jobs[known] = job } else { self.recovered.jobs.append(job) }
    self.recovered.jobs.sort { ($0.addedAt, $0.job.id) < ($1.addedAt, $1.job.id) }
  }

  private func noteTime(_ instant: UTCInstant) {
    self.recovered.newestRecord = max(self.recovered.newestRecord ?? instant, instant)
  }

  /// Keeps at least the newest `mostRecords`, dropping old ones in bulk.
  private static func append<Record>(_ records: [Record], to kept: inout [Record]) {
    kept += records
    if kept.count >= 2 * Self.mostRecords { kept.removeFirst(kept.count - Self.mostRecords) }
  }
}
