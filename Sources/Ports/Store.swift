public import Certificates
public import Control
public import Jobs
public import Quantities
public import SiteModel

public enum StoreError: Error, Sendable, Hashable {
  /// No space left; nothing of the batch was kept.
  case full
  /// The medium refused; whether the batch was kept is unknown until it is read back.
  case failed(String)
  /// The batch breaks a rule of the record, such as a second entry for one slot; nothing of it was kept, and it would
  /// be refused again.
  case refused(String)
  /// Another process holds the database.
  case inUse
  /// The file is not a RigShift database, or a newer version's.
  case unusable(String)
}

/// The record of a site.
///
/// Contract: `commit` writes a batch whole or not at all, and returns only once it would survive a power cut. Batches
/// carry rising sequence numbers; a batch whose number is not above the last kept one is taken as already written and
/// changes nothing, so a caller that does not know whether a failed commit was kept simply commits again. A batch whose
/// log entries do not follow on the last ones kept is refused.
/// `recover` returns what the last commit left. One process owns a store; a second one is refused with `inUse`.
public protocol Store: AnyObject {
  func commit(_ batch: RecordBatch) throws(StoreError)
  func recover() throws(StoreError) -> Recovered
}

/// What is written in one transaction.
public struct RecordBatch: Sendable, Hashable {
  /// Rises by at least one from batch to batch, over restarts too.
  public var sequence: Int64 = 0
  public var plans: [PlanRecord] = []
  public var decisions: [DecisionRecord] = []
  public var events: [EventRecord] = []
  public var slots: [SlotRecord] = []
  public var forecasts: [ForecastRecord] = []
  public var generation: [GenerationRecord] = []
  /// Jobs as they are now, each at most once; replaces what was known of them.
  public var jobs: [JobRecord] = []
  public var jobSteps: [JobTransition] = []
  /// The controller's state after everything above, as the `SiteController` encodes it; replaces the one before.
  public var checkpoint: [UInt8]?
  /// What the site's log says of all this; it follows on what the log held before.
  public var log: LogAppend?
  public init() {}
  public var isEmpty: Bool {
    self.plans.isEmpty && self.decisions.isEmpty && self.events.isEmpty && self.slots.isEmpty
      && self.forecasts.isEmpty && self.generation.isEmpty && self.jobs.isEmpty && self.jobSteps.isEmpty
      && self.checkpoint == nil
  }
}

/// What a store hands back at start.
public struct Recovered: Sendable, Hashable {
  public var checkpoint: [UInt8]?
  public var lastSlot: SlotRecord?
  public var lastPlanID: Int64
  /// Sequence number of the last batch kept; 0 for a new store.
  public var lastSequence: Int64
  /// The newest wall time of any record.
  public var newestRecord: UTCInstant?
  /// As many days of forecasts and generation as the store keeps, oldest first.
  public var forecasts: [ForecastRecord] = []
  public var generation: [GenerationRecord] = []
  /// Every job that is not settled and the newest settled ones, in the order in which they were taken.
  public var jobs: [JobRecord]
  /// The end of the log; nil for one without entries.
  public var log: LogHead?
  /// Number of certificates in the backup this record was restored from; nil unless nothing was written since.
  public var restoredSize: Int64?
  public init(
    checkpoint: [UInt8]? = nil, lastSlot: SlotRecord? = nil, lastPlanID: Int64 = 0, lastSequence: Int64 = 0,
    newestRecord: UTCInstant? = nil, jobs: [JobRecord] = [], log: LogHead? = nil, restoredSize: Int64? = nil
  ) {
    self.checkpoint = checkpoint
    self.lastSlot = lastSlot
    self.lastPlanID = lastPlanID
    self.lastSequence = lastSequence
    self.newestRecord = newestRecord
    self.jobs = jobs
    self.log = log
    self.restoredSize = restoredSize
  }
}

public struct PlanRecord: Sendable, Hashable {
  public var id: Int64
  public var madeAt: UTCInstant
  public var horizon: Slot
  /// Rung of the ladder: `optimal`, `incumbent`, `rounded`, `rule` or `least`.
  public var status: String
  /// Why it was made.
  public var cause: String
  /// The problem and the plan in the formats of `docs/plan-problem.md`.
  public var problemJSON: String
  public var planJSON: String
  public init(
    id: Int64, madeAt: UTCInstant, horizon: Slot, status: String, cause: String, problemJSON: String,
    planJSON: String
  ) {
    self.id = id
    self.madeAt = madeAt
    self.horizon = horizon
    self.status = status
    self.cause = cause
    self.problemJSON = problemJSON
    self.planJSON = planJSON
  }
}

/// How the forecasts of one span of lead times compare with what was metered, over whole hours.
public struct ForecastErrorRecord: Sendable, Hashable {
  /// Hours from the forecast to the hour it was for, the last one not included.
  public var leads: Range<Int>
  /// How many hours were compared.
  public var count: Int
  /// Mean size of the error in kW.
  public var meanAbsolute: Double
  /// Mean error in kW, positive where more came than was forecast.
  public var bias: Double
  /// Mean of what came in kW.
  public var meanGenerated: Double

  public init(leads: Range<Int>, count: Int, meanAbsolute: Double, bias: Double, meanGenerated: Double) {
    self.leads = leads
    self.count = count
    self.meanAbsolute = meanAbsolute
    self.bias = bias
    self.meanGenerated = meanGenerated
  }
}

/// A forecast of the site's generation as it was made, before any correction.
public struct ForecastRecord: Sendable, Hashable {
  /// Days a store keeps, so that what it hands back at start is bounded.
  public static let daysKept = 60
  /// A full hour UTC, from which the first value counts.
  public var madeAt: UTCInstant
  /// Mean power of each hour from `madeAt` on.
  public var power: [Kilowatts]
  public init(madeAt: UTCInstant, power: [Kilowatts]) {
    self.madeAt = madeAt
    self.power = power
  }
}

/// Metered generation of one full hour UTC in which nothing held the plant back.
public struct GenerationRecord: Sendable, Hashable {
  public var start: UTCInstant
  public var generated: KilowattHours
  public init(start: UTCInstant, generated: KilowattHours) {
    self.start = start
    self.generated = generated
  }
}

public struct DecisionRecord: Sendable, Hashable {
  public var at: UTCInstant
  public var planID: Int64?
  public var command: RelayCommand
  public init(at: UTCInstant, planID: Int64?, command: RelayCommand) {
    self.at = at
    self.planID = planID
    self.command = command
  }
}

public struct EventRecord: Sendable, Hashable {
  /// A site file that took the place of another: SHA-256 of both in hexadecimal, nil for a site without a file.
  public struct SiteFileChange: Sendable, Hashable {
    public var old: String?
    public var new: String?
    public init(old: String?, new: String?) {
      self.old = old
      self.new = new
    }
  }

  public var at: UTCInstant
  public var kind: EventKind
  public var rig: RigID?
  public var text: String
  /// For the log alone; a store's events do not keep it.
  public var siteFile: SiteFileChange?
  public init(
    at: UTCInstant, kind: EventKind, rig: RigID?, text: String, siteFile: SiteFileChange? = nil
  ) {
    self.at = at
    self.kind = kind
    self.rig = rig
    self.text = text
    self.siteFile = siteFile
  }
}

/// One closed settlement slot, metered. Every slot of the site's life has exactly one; what could not be metered is a
/// stated gap.
public struct SlotRecord: Sendable, Hashable, Codable {
  public var slot: Slot
  /// Milliseconds of the slot without trustworthy metering of the grid connection; the energies leave them out.
  public var gapMilliseconds: Int64
  /// The same for each site meter, in site order.
  public var meterGapMilliseconds: [Int64]
  /// Metered energy, nil when nothing could be metered in the slot.
  public var imported: KilowattHours?
  public var exported: KilowattHours?
  public var generated: KilowattHours?
  public var rigs: KilowattHours?
  /// Raw counters of each site meter (forward, reverse) at both ends, in site order; nil where unknown.
  public var countersAtStart: [CounterPair]
  public var countersAtEnd: [CounterPair]
  /// Milliseconds of closed relay, summed over the rigs of each bank.
  public var relayMilliseconds: [Int64]
  /// Currency/kWh and g/kWh that applied; nil when unknown.
  public var importPrice: Double?
  public var exportPrice: Double?
  public var carbon: Double?
  public var planID: Int64?
  /// What the plan in force at the slot's start expected: rig-hours and import.
  public var plannedRigHours: Double?
  public var plannedImport: KilowattHours?
  /// What it expected to pay for its imports less its exports, and their CO2.
  public var plannedCost: Money?
  public var plannedCO2: KilogramsCO2?

  public init(slot: Slot, banks: Int, meters: Int) {
    self.slot = slot
    self.gapMilliseconds = 0
    self.meterGapMilliseconds = Array(repeating: 0, count: meters)
    self.countersAtStart = Array(repeating: CounterPair(), count: meters)
    self.countersAtEnd = self.countersAtStart
    self.relayMilliseconds = Array(repeating: 0, count: banks)
  }

  public var rigHours: Double { Double(self.relayMilliseconds.reduce(0, +)) / 3_600_000 }
}

public struct CounterPair: Sendable, Hashable, Codable {
  public var forward: KilowattHours?
  public var reverse: KilowattHours?
  public init(forward: KilowattHours? = nil, reverse: KilowattHours? = nil) {
    self.forward = forward
    self.reverse = reverse
  }
}
