public import Certificates
public import Control
public import Forecasting
public import Jobs
public import Ports
import Quantities
public import SiteModel

/// One site, decided: the controller, the settlement of energy and the books around them, as one value without clock
/// or I/O. A shell feeds it readings and performs what it returns; the same engine runs on the device and in
/// simulation.
public struct SiteEngine: Sendable {
  /// What a tick wants done, in this order: opens at once, then the records made durable, then the closes.
  public struct Outcome: Sendable {
    public var opens: [RelayCommand] = []
    public var closes: [RelayCommand] = []
    public var alarms: [Alarm] = []
    public var clearedAlarms: [(kind: Alarm.Kind, rig: RigID?)] = []
    /// Slots that closed in this tick.
    public var slots: [SlotRecord] = []
    /// Why a new plan is wanted; nil when none is.
    public var replan: String?
    /// The new plan is for work that starts at once.
    public var isUrgent = false
    public var heartbeat = false
  }

  static let newSlotCause = "new slot"
  /// How long before a slot its plan is asked for, so that the rigs do not follow the old one into it.
  private static let planLead = Duration.seconds(15)

  public private(set) var site: Site
  public private(set) var controller: Controller
  public private(set) var records: RecordQueue
  public internal(set) var jobs: JobBook
  /// When a plan was last asked for because a job should have had rigs and had none.
  var askedForWaitingJob: UTCInstant?
  public private(set) var plan: PlanInForce?
  /// Demand-response events added at run time, those that have not ended.
  public private(set) var demandEvents: [DemandEvent]
  /// Rigs of each bank that wait for a person, after the last event.
  public private(set) var lockedOutRigs: [Int]

  /// What was forecast and what came, for the next forecasts.
  public private(set) var history: ForecastHistory
  /// Where each feed stood when the last plan was asked for.
  public private(set) var feeds: [FeedState] = []

  private(set) var settlement: Settlement
  private var ledger: DayLedger
  private var lastPlanID: Int64
  private var planSlot: UTCInstant?
  private var slotPlan: SlotPlan?
  private var effects: [ControlEffect] = []
  private var batch = RecordBatch()
  /// What the log will say of `batch`, but for its events.
  private var drafts: [EntryDraft] = []
  private var limits: [MeterAccount.Limits]

  /// Starts a site with what the store still knows of it. Every output counts as just switched. `identity` signs its
  /// log; when there is one already, its key must be the one that signed it.
  public init(site: Site, recovered: Recovered, identity: LogIdentity, now: Moment) {
    let checkpoint = EngineCheckpoint(bytes: recovered.checkpoint)
    self.site = site
    self.controller = Controller(
      site: site, startedAt: now, restored: checkpoint?.controller, newestRecord: recovered.newestRecord)
    var settlement = checkpoint?.settlement ?? Settlement(site: site)
    if !settlement.fits(site) { settlement = Settlement(site: site) }
    settlement.resume()
    self.settlement = settlement
    self.ledger = checkpoint?.ledger ?? DayLedger()
    self.history = ForecastHistory(recovered)
    self.demandEvents = checkpoint?.demandEvents ?? []
    _ = self.controller.handle(.demandEvents(self.demandEvents), at: now)
    self.jobs = JobBook(recovered.jobs)
    self.jobs.keepBanks(site.banks.map(\.name), at: now.wall)
    var writer = LogWriter(identity: identity, head: recovered.log)
    writer.begin(with: GenesisStatement.draft(site: site, writer: writer, at: now.wall))
    self.records = RecordQueue(lastSequence: recovered.lastSequence, writer: writer)
    self.lastPlanID = recovered.lastPlanID
    self.lockedOutRigs = Array(repeating: 0, count: site.banks.count)
    self.limits = Self.limits(of: site)
    let text =
      switch (recovered.checkpoint, checkpoint) {
      case (nil, _): "first start of this record"
      case (_, nil): "restarted; the state kept before is unreadable, so the day's rig-hours begin at zero"
      case (_, _): "restarted; outputs count as just switched"
      }
    if let size = recovered.restoredSize {
      self.batch.events.append(
        EventRecord(
          at: now.wall, kind: .restored, rig: nil,
          text: "restored from a backup with \(size) certificates; what came after it is not in this log"))
    }
    self.batch.events.append(EventRecord(at: now.wall, kind: .started, rig: nil, text: text))
    if let old = checkpoint?.siteFile, let new = site.fileDigest, old != new {
      self.batch.events.append(
        EventRecord(
          at: now.wall, kind: .configurationChanged, rig: nil, text: "site file changed since the last run",
          siteFile: .init(old: old, new: new)))
    }
  }

  /// One second of the site's life: the readings taken since the last tick, what the host says of its clock, and how
  /// many lines of each bank were closed since the last tick.
  public mutating func tick(
    readings: [Result<MeterReading, MeterFault>], evidence: ClockEvidence, closedRelays: [Int], at now: Moment
  ) -> Outcome {
    var outcome = Outcome()
    for (meter, reading) in readings.enumerated() {
      switch reading {
      case .success(let reading): self.handle(.reading(reading), at: now, into: &outcome)
      case .failure(let fault): self.handle(.readingFailed(meter: meter, fault), at: now, into: &outcome)
      }
    }
    self.handle(.tick(evidence), at: now, into: &outcome)
    self.settle(readings, closedRelays: closedRelays, at: now, into: &outcome)
    self.requestPlanForNewSlot(at: now, into: &outcome)
    self.finish()
    return outcome
  }

  /// Anything else that happens: what became of a command, a person's will, a store that fails.
  public mutating func handle(_ event: ControlEvent, at now: Moment) -> Outcome {
    var outcome = Outcome()
    self.handle(event, at: now, into: &outcome)
    self.finish()
    return outcome
  }

  /// Puts a site file that has passed its check in force.
  public mutating func reconfigure(_ site: Site, at now: Moment, text: String) -> Outcome {
    var outcome = Outcome()
    self.interpret(self.controller.reconfigure(site: site, at: now), at: now, into: &outcome)
    let change = EventRecord.SiteFileChange(old: self.site.fileDigest, new: site.fileDigest)
    self.site = site
    if !self.settlement.fits(site) { self.settlement = Settlement(site: site) }
    self.limits = Self.limits(of: site)
    self.lockedOutRigs = Array(repeating: 0, count: site.banks.count)
    self.plan = nil
    self.jobs.follow(nil, at: now.wall)
    self.batch.events.append(
      EventRecord(at: now.wall, kind: .configurationChanged, rig: nil, text: text, siteFile: change))
    outcome.replan = "site file changed"
    self.finish()
    return outcome
  }

  /// Notes where the feeds stand; a feed that changes its rung is an event of the record.
  public mutating func noteFeeds(_ feeds: [FeedState], at now: Moment) {
    for state in feeds {
      let before = self.feeds.first { $0.feed == state.feed }
      guard (before?.rung ?? .fresh) != state.rung else { continue }
      self.batch.events.append(
        EventRecord(
          at: now.wall, kind: state.rung == .fresh ? .feedRestored : .feedFallback, rig: nil,
          text: state.sentence))
    }
    self.feeds = feeds
    self.finish()
  }

  /// Writes down something that happened around the controller, such as a feed replaced by its fallback.
  public mutating func note(_ kind: EventKind, _ text: String, at now: Moment) {
    self.batch.events.append(EventRecord(at: now.wall, kind: kind, rig: nil, text: text))
    self.finish()
  }

  // MARK: Plans

  /// What a planner must know of the site's present: who runs since when, who is locked out, what was delivered.
  public func planningState(at now: Moment) -> PlanningState {
    let status = self.controller.status()
    var rigs = self.site.banks.map { _ in [PlanningState.Rig]() }
    for rig in status.rigs where rigs.indices.contains(rig.rig.bank) {
      rigs[rig.rig.bank].append(
        PlanningState.Rig(
          isOn: rig.isClosed, elapsed: now.monotonic - rig.since,
          isAvailable: !rig.isLockedOut && !rig.isSilent && !rig.isWelded && rig.override?.on != false))
    }
    let delivered =
      self.ledger.rigHours(on: now.wall, zone: self.site.zone)
      + Double(self.settlement.openRelayMilliseconds(on: now.wall, zone: self.site.zone)) / 3_600_000
    return PlanningState(
      rigs: rigs, startsToday: status.banks.map(\.startsToday), rigHoursDelivered: delivered,
      metered: self.settlement.openGeneration(of: self.site), demandEvents: self.demandEvents,
      jobs: self.jobs.open, overrides: status.banks.compactMap(\.override))
  }

  /// Takes an audited plan. It gets the next number of the record.
  public mutating func accept(_ plan: AuditedPlan, at now: Moment) -> Outcome {
    self.lastPlanID += 1
    let directive = PlanDirective(id: self.lastPlanID, steps: plan.steps)
    let record = PlanRecord(
      id: self.lastPlanID, madeAt: now.wall, horizon: plan.horizon, status: plan.status, cause: plan.cause,
      problemJSON: plan.problemJSON, planJSON: plan.planJSON)
    self.batch.plans.append(record)
    self.drafts.append(PlanStatement.draft(record, plan: plan, site: self.site))
    if let issue = self.history.take(
      plan.generation, slots: plan.steps.map(\.slot), at: plan.horizon.start)
    {
      self.batch.forecasts.append(ForecastRecord(issue))
    }
    self.plan = PlanInForce(directive: directive, plan: plan)
    self.jobs.follow(plan.jobs, at: now.wall)
    if self.slotPlan == nil, let slot = self.settlement.slot {
      self.slotPlan = self.plan?.expectation(for: slot)
    }
    var outcome = Outcome()
    self.handle(.plan(directive), at: now, into: &outcome)
    self.finish()
    return outcome
  }

  // MARK: Demand response

  /// The most events kept at a time: several a day for months.
  static let mostDemandEvents = 500

  /// Adds an event, or replaces the one of its name. It enters the plan that this asks for.
  public mutating func add(_ event: DemandEvent, at now: Moment) -> Outcome {
    self.demandEvents.removeAll { $0.name == event.name || $0.window.end <= now.wall }
    self.demandEvents.append(event)
    if self.demandEvents.count > Self.mostDemandEvents { self.demandEvents.removeFirst() }
    let cap = event.importCap.map { ", import up to \($0.value) kW" } ?? ""
    let price = event.price.map { ", \($0.value) per kWh" } ?? ""
    let window = "\(ISO8601.string(event.window.start)) to \(ISO8601.string(event.window.end))"
    return self.noteDemand(
      .demandEventAdded, "\(event.name): \(window)\(cap)\(price)", at: now)
  }

  /// Takes an event away again; nothing happens when there is none of that name.
  public mutating func cancelDemandEvent(named name: String, at now: Moment) -> Outcome {
    guard self.demandEvents.contains(where: { $0.name == name }) else { return Outcome() }
    self.demandEvents.removeAll { $0.name == name }
    return self.noteDemand(.demandEventCancelled, name, at: now)
  }

  private mutating func noteDemand(_ kind: EventKind, _ text: String, at now: Moment) -> Outcome {
    self.batch.events.append(EventRecord(at: now.wall, kind: kind, rig: nil, text: text))
    var outcome = Outcome()
    self.handle(.demandEvents(self.demandEvents), at: now, into: &outcome)
    outcome.replan = "demand response changed"
    self.finish()
    return outcome
  }

  // MARK: Records

  /// The next batch to make durable, nil when everything is.
  public mutating func nextBatch() -> RecordBatch? { self.records.next() }

  /// The store kept the batch handed out last.
  public mutating func batchCommitted(at now: Moment) -> Outcome {
    self.records.committed()
    guard self.storeIsFailed else { return Outcome() }
    self.storeIsFailed = false
    return self.handle(.storeFailed(false), at: now)
  }

  /// The store will never keep the batch handed out last, because it breaks one of its rules: it is given up, and the
  /// record says so. A defect, not an operating error.
  public mutating func batchRefused(_ why: String, at now: Moment) {
    self.records.refused()
    self.jobs.repeatChanges()
    self.note(.refused, "a batch of records was given up: \(why)", at: now)
  }

  /// The store could not keep the batch, or nobody knows whether it did; it will be offered again.
  public mutating func batchFailed(at now: Moment) -> Outcome {
    guard !self.storeIsFailed else { return Outcome() }
    self.storeIsFailed = true
    return self.handle(.storeFailed(true), at: now)
  }

  private var storeIsFailed = false

  // MARK: Within a tick

  private mutating func handle(_ event: ControlEvent, at now: Moment, into outcome: inout Outcome) {
    if case .planWithdrawn = event { self.jobs.follow(nil, at: now.wall) }
    self.effects.removeAll(keepingCapacity: true)
    self.controller.handle(event, at: now, into: &self.effects)
    guard !self.effects.isEmpty else { return }
    self.interpret(self.effects, at: now, into: &outcome)
  }

  private mutating func interpret(_ effects: [ControlEffect], at now: Moment, into outcome: inout Outcome) {
    for effect in effects {
      switch effect {
      case .switchRelay(let command):
        if command.closed { outcome.closes.append(command) } else { outcome.opens.append(command) }
      case .heartbeat: outcome.heartbeat = true
      case .record(.decision(let command)):
        self.batch.decisions.append(
          DecisionRecord(at: now.wall, planID: self.plan?.directive.id, command: command))
      case .record(.event(let kind, let rig, let text)):
        if kind == .clockStep { self.settlement.discredit() }
        self.batch.events.append(EventRecord(at: now.wall, kind: kind, rig: rig, text: text))
      case .alarm(let alarm): outcome.alarms.append(alarm)
      case .alarmCleared(let kind, let rig): outcome.clearedAlarms.append((kind, rig))
      case .replan(let cause): outcome.replan = cause
      }
    }
  }

  private mutating func settle(
    _ readings: [Result<MeterReading, MeterFault>], closedRelays: [Int], at now: Moment,
    into outcome: inout Outcome
  ) {
    guard self.controller.trustsClock else {
      self.settlement.suspend()
      return
    }
    self.settlement.open(at: now.wall, site: self.site)
    for case .success(let reading) in readings where self.limits.indices.contains(reading.meter) {
      guard self.controller.believes(meter: reading.meter) else {
        self.settlement.distrust(meter: reading.meter)
        continue
      }
      // The reading's own age moves its stamp back from this tick's wall time.
      let age = max(0, now.monotonic.millisecondsSince(reading.takenAt))
      let sample = MeterAccount.Sample(
        wall: now.wall.advanced(byMilliseconds: -age), power: reading.power.value,
        forward: reading.forward?.value,
        reverse: reading.reverse?.value)
      if let anomaly = self.settlement.take(sample, meter: reading.meter, limits: self.limits[reading.meter])
      {
        self.note(anomaly, meter: reading.meter, at: now)
      }
    }
    self.workOnJobs(until: now.wall, closedRelays: closedRelays, into: &outcome)
    let grace = self.site.control.staleAfter.wholeMilliseconds
    var slots = self.settlement.advance(
      to: now.wall, closedRelays: closedRelays, site: self.site, grace: grace)
    guard !slots.isEmpty else { return }
    for index in slots.indices {
      self.price(&slots[index], isFirst: index == 0)
      self.ledger.add(slots[index], zone: self.site.zone)
      if let hour = self.history.take(slots[index], of: self.site) { self.batch.generation.append(hour) }
      self.settleJobs(slots[index])
    }
    self.slotPlan = self.settlement.slot.flatMap { slot in self.plan?.expectation(for: slot) }
    self.batch.slots += slots
    self.drafts += IntervalStatement.drafts(slots, site: self.site, at: now.wall)
    outcome.slots = slots
  }

  private func price(_ record: inout SlotRecord, isFirst: Bool) {
    if let terms = self.plan?.terms(for: record.slot) {
      record.importPrice = terms.importPrice
      record.exportPrice = terms.exportPrice
      record.carbon = terms.carbon
    }
    guard isFirst, let slotPlan = self.slotPlan else { return }
    record.planID = slotPlan.planID
    record.plannedRigHours = slotPlan.rigHours
    record.plannedImport = slotPlan.imported
    record.plannedCost = slotPlan.cost
    record.plannedCO2 = slotPlan.co2
  }

  private mutating func note(_ anomaly: MeterAccount.Anomaly, meter: Int, at now: Moment) {
    let name = self.site.meters[meter].name
    let (kind, text): (EventKind, String) =
      switch anomaly {
      case .reset(let from, let to):
        (.counterReset, "meter \(name): counter went back from \(from) to \(to) kWh")
      case .jump(let from, let to): (.counterJump, "meter \(name): counter jumped from \(from) to \(to) kWh")
      case .phantom(let value): (.counterJump, "meter \(name): one reading of \(value) kWh was left out")
      }
    self.batch.events.append(EventRecord(at: now.wall, kind: kind, rig: nil, text: text))
  }

  private mutating func requestPlanForNewSlot(at now: Moment, into outcome: inout Outcome) {
    guard self.controller.trustsClock else {
      self.planSlot = nil
      return
    }
    let current = Settlement.start(
      of: now.wall.advanced(byMilliseconds: Self.planLead.wholeMilliseconds),
      minutes: self.site.planner.slotMinutes)
    guard current != self.planSlot else { return }
    self.planSlot = current
    if outcome.replan == nil { outcome.replan = Self.newSlotCause }
  }

  /// What every event leaves behind.
  mutating func finish() {
    for bank in self.lockedOutRigs.indices {
      self.lockedOutRigs[bank] = self.controller.lockedOutCount(of: bank)
    }
    guard !self.batch.isEmpty || self.jobs.hasSteps else { return }
    (self.batch.jobs, self.batch.jobSteps) = self.jobs.takeChanges()
    let checkpoint = EngineCheckpoint(
      controller: self.controller.state, settlement: self.settlement, ledger: self.ledger,
      siteFile: self.site.fileDigest, demandEvents: self.demandEvents)
    let isClockTrusted = self.controller.trustsClock
    self.drafts += self.batch.events.compactMap {
      EventStatement.draft($0, site: self.site, isClockTrusted: isClockTrusted)
    }
    self.records.append(self.batch, drafts: self.drafts, checkpoint: checkpoint)
    self.batch = RecordBatch()
    self.drafts.removeAll(keepingCapacity: true)
  }

  private static func limits(of site: Site) -> [MeterAccount.Limits] {
    site.meters.map { meter in
      MeterAccount.Limits(
        power: site.largestPlausiblePower(of: meter.subject).value, resolution: meter.counterResolution.value,
        grace: site.control.staleAfter.wholeMilliseconds)
    }
  }
}
