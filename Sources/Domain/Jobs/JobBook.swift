public import Quantities

/// All jobs of a site: a value that is told what happened and keeps account of it.
///
/// What it changes it hands out once through `takeChanges`, for the record. A job is never counted twice: its progress is
/// one number, and its account closes each settlement slot once.
public struct JobBook: Sendable {
  /// Jobs in the order in which they were taken, ended ones among them up to `JobLimits.ended`.
  public private(set) var records: [JobRecord]
  /// Indices of the jobs that are not settled, in the order in which they are served.
  private var active: [Int] = []
  /// Where the plan in force speaks of each of `active`.
  private var allotments: [Int?] = []
  private var dealer = JobDealer()
  private var changed: Set<Int> = []
  private var transitions: [JobTransition] = []
  /// Rigs at work on each of `active` at the last count.
  private var atWork: [Int] = []

  /// Begins with what the record holds, in the order in which it was taken.
  public init(_ records: [JobRecord] = []) {
    self.records = records
    self.arrange()
  }

  /// True when nothing that happens changes a job.
  public var isIdle: Bool { self.active.isEmpty }

  public var open: [JobRecord] { self.active.map { self.records[$0] }.filter { !$0.state.isEnd } }

  /// The job now known by a name: the latest of that name.
  public subscript(id: String) -> JobRecord? { self.records.last { $0.job.id == id } }

  /// Rigs at work on a job at the last count.
  public func rigsAtWork(on id: String) -> Int {
    self.active.indices.last { self.records[self.active[$0]].job.id == id }.map { self.atWork[$0] } ?? 0
  }

  /// A job that should have rigs now, whatever they cost, and has none; nil when there is none such.
  public func kept(waitingAt now: UTCInstant) -> String? {
    self.active.indices.first { place in
      let record = self.records[self.active[place]]
      return self.atWork[place] == 0 && !record.state.isEnd && record.job.release <= now
        && (record.job.isCritical || record.state == .late)
    }.map { self.records[self.active[$0]].job.id }
  }

  // MARK: Taking and taking back

  /// Why no further job can be taken; nil when one can.
  public var refusal: JobRefusal? {
    guard self.active.count(where: { !self.records[$0].state.isEnd }) >= JobLimits.open else { return nil }
    return JobRefusal("the site has \(JobLimits.open) open jobs, which is all it takes; cancel one first")
  }

  /// Takes a job. The caller has made sure that there is room and that no open job has its name.
  public mutating func add(_ job: Job, promise: JobPromise, at now: UTCInstant) {
    precondition(self.refusal == nil && self[job.id]?.state.isEnd ?? true, "a job is taken once")
    let record = JobRecord(job: job, addedAt: now, promise: promise)
    self.records.append(record)
    self.changed.insert(self.records.count - 1)
    let text =
      promise.meetsDeadline
      ? "taken" : "taken, though no plan meets its deadline of \(ISO8601.string(job.deadline))"
    self.transitions.append(
      JobTransition(at: now, job: job.id, addedAt: now, from: nil, to: .queued, text: text))
    self.arrange()
  }

  /// Takes an open job back; false when there is none by this name.
  public mutating func cancel(_ id: String, at now: UTCInstant, why: String) -> Bool {
    guard
      let index = self.active.first(where: { self.records[$0].job.id == id && !self.records[$0].state.isEnd })
    else { return false }
    self.handle(.cancelled, index, at: now, text: why)
    self.arrange()
    return true
  }

  /// Cancels what needs a bank that is not there any more.
  public mutating func keepBanks(_ names: [String], at now: UTCInstant) {
    for record in self.open where !names.contains(record.job.bank) {
      _ = self.cancel(record.job.id, at: now, why: "the site has no bank \(record.job.bank) any more")
    }
  }

  // MARK: Plans

  /// Follows a plan, or none.
  public mutating func follow(_ plan: JobPlan?, at now: UTCInstant) {
    self.dealer.follow(plan)
    self.placeAllotments()
    let plan = plan ?? JobPlan()
    for (place, index) in self.active.enumerated() where !self.records[index].state.isEnd {
      let allotment = self.allotments[place].map { plan.allotments[$0] }
      let span = allotment.flatMap { Self.span(of: $0, in: plan) }
      if self.records[index].plannedSpan != span {
        self.records[index].plannedSpan = span
        self.changed.insert(index)
      }
      if self.records[index].planned == nil, let comparison = allotment?.comparison {
        self.records[index].planned = comparison
        self.changed.insert(index)
      }
      let text = span.map { "planned from \(ISO8601.string($0.start)) to \(ISO8601.string($0.end))" }
      self.handle(.planned(span != nil), index, at: now, text: text ?? "the plan has no rigs for it")
    }
  }

  private static func span(of allotment: JobPlan.Allotment, in plan: JobPlan) -> Slot? {
    guard let first = allotment.rigHours.firstIndex(where: { $0 > 0 }),
      let last = allotment.rigHours.lastIndex(where: { $0 > 0 })
    else { return nil }
    return Slot(start: plan.slots[first].start, end: plan.slots[last].end)
  }

  // MARK: Work

  /// Time has passed from `from` to `to` with `running` rigs of each of `banks` at work. `slot` is the settlement slot
  /// that contains `from`. Returns the jobs that ended or ran late in it.
  public mutating func work(
    from: UTCInstant, to: UTCInstant, in slot: Slot, running: [Int], banks: [String]
  ) -> [JobTransition] {
    guard !self.active.isEmpty, to > from else { return [] }
    let before = self.transitions.count
    self.dealer.advance(to: from)
    var free = running
    for place in self.active.indices {
      let index = self.active[place]
      guard !self.records[index].state.isEnd, let bank = banks.firstIndex(of: self.records[index].job.bank),
        bank < free.count
      else { continue }
      self.work(on: index, place, from: from, to: to, slot: slot, free: &free[bank])
    }
    let steps = Array(self.transitions[before...])
    if !steps.isEmpty { self.arrange() }
    return steps.filter { $0.to.isEnd || $0.to == .late }
  }

  private mutating func work(
    on index: Int, _ place: Int, from: UTCInstant, to: UTCInstant, slot: Slot, free: inout Int
  ) {
    let allotment = self.allotments[place]
    var rigs = 0
    if self.records[index].job.release <= from {
      rigs = self.dealer.rigs(for: self.records[index], allotment, free: free, at: from)
    }
    self.atWork[place] = rigs
    if rigs > 0 {
      free -= rigs
      let length = to.millisecondsSince(from)
      let wanted = min(self.records[index].millisecondsLeft, self.dealer.limit(allotment))
      let (product, overflow) = length.multipliedReportingOverflow(by: Int64(rigs))
      let work = overflow ? wanted : min(product, wanted)
      self.dealer.spend(work, allotment)
      // Work past the slot's end is settled with the next one, as relays are.
      let start = from < slot.end ? slot.start : slot.end
      self.records[index].work(work, from: from, slotStart: start)
      self.changed.insert(index)
      let isLast = self.records[index].millisecondsLeft == 0
      // The instant at which the last of it was done, within the time that has passed.
      let end = isLast ? from.advanced(byMilliseconds: (work + Int64(rigs) - 1) / Int64(rigs)) : from
      self.handle(
        .worked(isLast: isLast), index, at: isLast ? min(to, end) : from,
        text: isLast ? "all rig-hours are done" : "\(rigs) rigs at work")
    } else if self.records[index].state == .running, !self.dealer.isDue(allotment) {
      let isPlanned = self.dealer.isPlannedLater(allotment, than: from)
      self.handle(.rested(isPlanned: isPlanned), index, at: from, text: "no rigs for it at present")
    }
    if to >= self.records[index].job.deadline, !self.records[index].state.isEnd {
      let left = (self.records[index].rigHoursLeft * 1000).rounded() / 1000
      self.handle(
        .deadlinePassed, index, at: self.records[index].job.deadline,
        text: "its deadline has passed with \(left) rig-hours left")
    }
  }

  // MARK: Settlement

  /// Closes one settlement slot in the account of every job; `metered` is nil for a slot nobody metered. `draws` are
  /// those of one rig of each of `banks` in the slot.
  public mutating func settle(_ slot: Slot, metered: JobSlot?, draws: [Kilowatts], banks: [String]) {
    guard !self.active.isEmpty else { return }
    for index in self.active {
      let bank = banks.firstIndex(of: self.records[index].job.bank)
      let before = self.records[index]
      self.records[index].settle(slot, metered: metered, draw: bank.map { draws[$0] } ?? .zero)
      if self.records[index] != before { self.changed.insert(index) }
    }
    if self.active.contains(where: { self.records[$0].isSettled }) { self.arrange() }
  }

  // MARK: Record

  /// What has changed since the last call: jobs as they are now, and the steps that led there.
  public mutating func takeChanges() -> (records: [JobRecord], transitions: [JobTransition]) {
    guard !self.changed.isEmpty || !self.transitions.isEmpty else { return ([], []) }
    let records = self.changed.sorted().map { self.records[$0] }
    let transitions = self.transitions
    self.changed.removeAll(keepingCapacity: true)
    self.transitions.removeAll(keepingCapacity: true)
    self.forget()
    return (records, transitions)
  }

  /// What was handed out may not have been kept: hands out every job again that is not settled.
  public mutating func repeatChanges() { self.changed.formUnion(self.active) }

  /// True when a step has been made that is not in the record yet.
  public var hasSteps: Bool { !self.transitions.isEmpty }

  private mutating func handle(
    _ event: JobEvent, _ index: Int, at now: UTCInstant, text: @autoclosure () -> String
  ) {
    guard self.records[index].state.after(event) != self.records[index].state,
      let step = self.records[index].handle(event, at: now, text: text())
    else { return }
    self.transitions.append(step)
    self.changed.insert(index)
  }

  /// Drops the oldest settled jobs beyond what is kept at hand. Nothing may wait for the record.
  private mutating func forget() {
    let settled = self.records.count - self.active.count
    guard settled > JobLimits.ended + JobLimits.ended / 4 else { return }
    var surplus = settled - JobLimits.ended
    let kept = Set(self.active)
    self.records = self.records.enumerated().filter { index, _ in
      guard surplus > 0, !kept.contains(index) else { return true }
      surplus -= 1
      return false
    }.map(\.element)
    self.atWork = []
    self.arrange()
  }

  /// Puts the jobs that are not settled in the order in which they are served: critical ones, late ones, blocks that
  /// have begun, then by priority and deadline.
  private mutating func arrange() {
    let old = Dictionary(zip(self.active, self.atWork)) { first, _ in first }
    self.active = self.records.indices.filter { !self.records[$0].isSettled }.sorted { a, b in
      let first = self.records[a]
      let second = self.records[b]
      if first.urgency != second.urgency { return first.urgency > second.urgency }
      if first.job.priority != second.job.priority { return first.job.priority > second.job.priority }
      return (first.job.deadline, a) < (second.job.deadline, b)
    }
    self.atWork = self.active.map { self.records[$0].state.isEnd ? 0 : old[$0] ?? 0 }
    self.placeAllotments()
  }

  private mutating func placeAllotments() {
    self.allotments = self.active.map { self.dealer.allotment(of: self.records[$0].job.id) }
  }
}

extension JobRecord {
  fileprivate var urgency: Int {
    if self.job.isCritical { return 3 }
    if self.state == .late { return 2 }
    return !self.job.isInterruptible && self.workedMilliseconds > 0 ? 1 : 0
  }
}
