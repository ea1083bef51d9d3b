public import Certificates
public import Control
import Cryptography
import JSONText
import Jobs
public import Ports
public import Quantities
import SiteModel

/// Records made from a number: the same number gives the same records, and two numbers share no slot and no plan.
public enum SampleRecords {
  /// 2024-09-19T00:00:00Z.
  public static let start = UTCInstant(seconds: 1_726_704_000)

  /// A batch with some of everything, with up to `planBytes` of plan.
  public static func batch(_ number: Int64, planBytes: Int = 2000) -> RecordBatch {
    var random = SplitMix64(seed: UInt64(bitPattern: number))
    let at = Self.start.advanced(byMilliseconds: number * 1_800_000)
    var batch = RecordBatch()
    batch.sequence = number
    if random.chance(0.6) { batch.plans = [Self.plan(number, at: at, bytes: planBytes, &random)] }
    batch.decisions = (0..<random.below(4)).map { Self.decision(Int64($0), at: at, plan: number, &random) }
    batch.events = (0..<random.below(3)).map { Self.event(Int64($0), at: at, &random) }
    batch.slots = [Self.slot(at: at, &random)]
    if random.chance(0.5) { Self.addJob(number, at: at, to: &batch, &random) }
    batch.checkpoint = (0..<random.below(3000)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let hour = Self.start + .hours(Int(number))
    batch.forecasts = [
      ForecastRecord(
        madeAt: hour, power: (0...random.below(4)).map { _ in Kilowatts(random.uniform(0, 100)) })
    ]
    if random.chance(0.5) {
      batch.generation = [
        GenerationRecord(start: hour, generated: KilowattHours(random.uniform(0, 100)))
      ]
    }
    return batch
  }

  /// What a store must hand back after these batches, in this order.
  public static func recovered(after batches: [RecordBatch]) -> Recovered {
    let times = batches.flatMap { batch in
      var times = batch.plans.map(\.madeAt) + batch.decisions.map(\.at)
      times += batch.events.map(\.at) + batch.slots.map(\.slot.end)
      return times + batch.jobSteps.map(\.at)
    }
    var recovered = Recovered(
      checkpoint: batches.last { $0.checkpoint != nil }?.checkpoint, lastSlot: batches.flatMap(\.slots).last,
      lastPlanID: batches.flatMap(\.plans).map(\.id).max() ?? 0,
      lastSequence: batches.map(\.sequence).max() ?? 0,
      newestRecord: times.max(), jobs: Self.jobs(after: batches),
      log: batches.last { $0.log != nil }?.log?.head)
    recovered.forecasts = batches.flatMap(\.forecasts)
    recovered.generation = batches.flatMap(\.generation)
    return recovered
  }

  /// Every job in its last state, in the order of its name; the samples' jobs are never settled.
  private static func jobs(after batches: [RecordBatch]) -> [JobRecord] {
    let latest = Dictionary(batches.flatMap(\.jobs).map { ($0.job.id, $0) }) { _, last in last }
    return latest.values.sorted { ($0.addedAt, $0.job.id) < ($1.addedAt, $1.job.id) }
  }

  /// One of five jobs, a little further than in the batch before, and a step of it.
  private static func addJob(
    _ number: Int64, at: UTCInstant, to batch: inout RecordBatch, _ random: inout SplitMix64
  ) {
    let name = "job-\(number % 5)"
    let job = Job(
      id: name, bank: "b", rigHours: 1000, maximumRigs: 3, release: Self.start,
      deadline: Self.start + .hours(100_000), isInterruptible: number % 2 == 0, priority: .high)
    var book = JobBook()
    book.add(
      job, promise: JobPromise(meetsDeadline: number % 3 > 0), at: Self.start + .hours(Int(number % 5)))
    let slot = Slot(start: at, length: .minutes(30))
    _ = book.work(
      from: at, to: at.advanced(byMilliseconds: Int64(1 + random.below(1_000_000))), in: slot, running: [2],
      banks: ["b"])
    let changes = book.takeChanges()
    batch.jobs = changes.records
    batch.jobSteps = changes.transitions
  }

  /// The site whose log the samples are.
  public static var identity: LogIdentity {
    // Thirty-two bytes are a seed.
    LogIdentity(siteName: "Sample", key: Ed25519PrivateKey(seed: Array(0..<32))!)
  }

  /// The same batches with a log that says of each slot, plan and event what it is.
  public static func logged(_ batches: [RecordBatch]) -> [RecordBatch] {
    var writer = LogWriter(identity: Self.identity, head: nil)
    writer.begin(with: Self.genesis(writer))
    return batches.map { batch in
      var batch = batch
      batch.log = writer.seal(Self.drafts(of: batch))
      return batch
    }
  }

  private static func genesis(_ writer: LogWriter) -> EntryDraft {
    EntryDraft(
      kind: .genesis, issuedAt: Self.start,
      body: [
        .init("origin", .string(writer.origin)), .init("public_key", .string(writer.noteKey.text)),
        .init("site", "Sample"), .init("time_zone", "UTC"), .init("currency", "EUR"),
      ])
  }

  private static func drafts(of batch: RecordBatch) -> [EntryDraft] {
    let plans = batch.plans.map {
      EntryDraft(
        kind: .schedule, issuedAt: $0.madeAt, body: [.init("cause", .string($0.cause))], planID: $0.id)
    }
    let events = batch.events.map {
      EntryDraft(kind: .event, issuedAt: $0.at, body: [.init("text", .string($0.text))])
    }
    let slots = batch.slots.map { record in
      EntryDraft(
        kind: .interval, issuedAt: record.slot.end,
        body: LogWriter.members(of: record.slot) + [
          .init("import_kwh", record.imported.map { .number($0.value) } ?? .null)
        ], slot: record.slot)
    }
    return plans + events + slots
  }

  /// One reason of every kind.
  public static let reasons: [Reason] = [
    .emergencyStop, .lockedOut("fan \"2\" / ü"),
    .importOverCap(measured: Kilowatts(51.5), cap: Kilowatts(50), dose: 1.25),
    .waitingToReclose(free: Kilowatts(1), needed: Kilowatts(3.25)), .staleMeter(age: .milliseconds(12_345)),
    .staleMeter(age: nil), .untrustedClock, .storeFailed, .override(by: "Aiko"), .plan(id: 7), .noPlan,
    .surplus(Kilowatts(4)), .shortfall(Kilowatts(0.1)), .minimumOn(until: MonotonicInstant(milliseconds: 5)),
    .minimumOff(until: MonotonicInstant(milliseconds: -5)),
    .stagger(until: MonotonicInstant(milliseconds: .max)),
    .startLimit(perDay: 3),
  ]

  private static func plan(_ id: Int64, at: UTCInstant, bytes: Int, _ random: inout SplitMix64) -> PlanRecord
  {
    PlanRecord(
      id: id, madeAt: at, horizon: Slot(start: at, length: .hours(36)), status: "optimal", cause: "slot",
      problemJSON: Self.text(of: UInt8(ascii: "p"), random.below(bytes)),
      planJSON: Self.text(of: UInt8(ascii: "q"), random.below(bytes)))
  }

  private static func text(of letter: UInt8, _ count: Int) -> String {
    String(decoding: [UInt8](repeating: letter, count: count), as: UTF8.self)
  }

  private static func decision(
    _ number: Int64, at: UTCInstant, plan: Int64, _ random: inout SplitMix64
  ) -> DecisionRecord {
    let authorities = Authority.allCases
    return DecisionRecord(
      at: at.advanced(byMilliseconds: number), planID: random.chance(0.8) ? plan : nil,
      command: RelayCommand(
        rig: RigID(bank: random.below(2), rig: random.below(40)), closed: random.chance(0.5),
        authority: authorities[random.below(authorities.count)],
        reason: Self.reasons[random.below(Self.reasons.count)]))
  }

  private static func event(_ number: Int64, at: UTCInstant, _ random: inout SplitMix64) -> EventRecord {
    let kinds = EventKind.allCases
    return EventRecord(
      at: at.advanced(byMilliseconds: number), kind: kinds[random.below(kinds.count)],
      rig: random.chance(0.5) ? RigID(bank: 0, rig: random.below(40)) : nil, text: "event \(number)")
  }

  private static func slot(at: UTCInstant, _ random: inout SplitMix64) -> SlotRecord {
    var slot = SlotRecord(slot: Slot(start: at, length: .minutes(30)), banks: 2, meters: 3)
    slot.gapMilliseconds = Int64(random.below(1000))
    slot.meterGapMilliseconds = (0..<3).map { _ in Int64(random.below(1000)) }
    slot.imported = random.chance(0.9) ? KilowattHours(random.uniform(0, 25)) : nil
    slot.exported = KilowattHours(random.uniform(0, 1))
    slot.generated = KilowattHours(random.uniform(0, 50))
    slot.rigs = KilowattHours(random.uniform(0, 65))
    for meter in 0..<3 {
      slot.countersAtStart[meter] = CounterPair(forward: KilowattHours(random.uniform(0, 1e6)))
      slot.countersAtEnd[meter] = CounterPair(forward: KilowattHours(random.uniform(0, 1e6)), reverse: .zero)
    }
    slot.relayMilliseconds = [Int64(random.below(72_000_000)), 0]
    slot.importPrice = random.uniform(-5, 50)
    slot.carbon = 450
    slot.planID = random.chance(0.5) ? 7 : nil
    slot.plannedRigHours = 12.5
    slot.plannedImport = KilowattHours(3)
    return slot
  }
}
