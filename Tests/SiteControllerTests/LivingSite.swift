import Control
import Forecasting
import HiGHSSolver
import JSONText
import Planning
import Ports
import Quantities
import SiteController
import SiteModel

/// A real engine with a real planner on a site of four rigs: relays that obey, meters that tell the truth, until told
/// otherwise.
struct LivingSite {
  static let midnight = ISO8601.instant("2025-06-02T00:00:00Z")!  // a valid constant

  private(set) var engine: SiteEngine
  private let startsAt: UTCInstant
  private var elapsed: Int64 = 0
  private var closed: [Bool]
  /// What the store would hand back.
  private(set) var lastCheckpoint: [UInt8]?
  /// kW of load besides the rigs.
  var other = 2.0
  var meterWorks = true
  var isSynchronised = true
  var storeWorks = true
  /// Plans are made as they are asked for.
  var plans = true
  /// What a problem gets besides what the site says.
  var jobs: [ProblemJob] = []

  init(_ site: Site, at time: Duration) {
    self.startsAt = Self.midnight + time
    self.closed = Array(repeating: false, count: site.rigCount)
    self.engine = SiteEngine(
      site: site, recovered: .init(), identity: .test,
      now: Moment(monotonic: MonotonicInstant(milliseconds: 0), wall: startsAt))
  }

  /// Four rigs of 3 kW that earn 45 an hour each, energy at 10 a kWh and at 30 from noon to one o'clock.
  static func site(_ change: (inout Site) -> Void = { _ in }) -> Site {
    let prices = DailyProfile(
      steps: [(0, 10.0), (12, 30), (13, 10)].compactMap { hour, price in
        TimeOfDay(minutes: hour * 60).map { DailyProfile.Step(from: $0, value: price) }
      })
    var site = Site(
      name: "test", location: Location(latitude: 0, longitude: 0), zone: .utc, currency: "JPY",
      grid: GridConnection(importCap: Kilowatts(40)), otherLoad: .constant(2),
      meters: [Meter(name: "grid", subject: .grid)],
      banks: [
        RigBank(
          name: "rigs", count: 4, draw: Kilowatts(3), revenuePerRigHour: Money(45),
          relayLines: ["1", "2", "3", "4"])
      ],
      importTariff: prices.map { .profile($0) } ?? .fixed(10),
      planner: PlannerSettings(slotMinutes: 30, horizon: .hours(24)))
    change(&site)
    return site
  }

  var now: Moment {
    Moment(
      monotonic: MonotonicInstant(milliseconds: self.elapsed),
      wall: self.startsAt.advanced(byMilliseconds: self.elapsed))
  }

  mutating func send(_ event: ControlEvent) {
    let outcome = self.engine.handle(event, at: self.now)
    self.perform(outcome)
  }

  /// Grants what a person asks for; a refusal changes nothing.
  mutating func wish(_ wish: Result<PersonsWish, PersonsWish.Refusal>) {
    switch wish {
    case .success(.control(let event)): self.send(event)
    case .success(.controls(let events)): for event in events { self.send(event) }
    case .success(.add(let event)): self.perform(self.engine.add(event, at: self.now))
    case .success(.cancelDemandEvent(let name)):
      self.perform(self.engine.cancelDemandEvent(named: name, at: self.now))
    case .failure: break
    }
  }

  mutating func run(seconds: Int) {
    for _ in 0..<seconds {
      self.elapsed += 1000
      for rig in self.closed.indices {
        self.perform(
          self.engine.handle(
            .relayReadBack(RigID(bank: 0, rig: rig), closed: self.closed[rig]), at: self.now))
      }
      let power = self.other + 3 * Double(self.closed.count { $0 })
      let reading = MeterReading(
        meter: 0, power: Kilowatts(power), forward: nil, reverse: nil, takenAt: self.now.monotonic)
      let outcome = self.engine.tick(
        readings: [self.meterWorks ? .success(reading) : .failure(.timeout)],
        evidence: ClockEvidence(isSynchronised: self.isSynchronised),
        closedRelays: [self.closed.count { $0 }],
        at: self.now)
      self.perform(outcome)
      self.store()
    }
  }

  private mutating func store() {
    guard let batch = self.engine.nextBatch() else { return }
    self.lastCheckpoint = batch.checkpoint ?? self.lastCheckpoint
    self.perform(
      self.storeWorks ? self.engine.batchCommitted(at: self.now) : self.engine.batchFailed(at: self.now))
  }

  func why(_ rig: String, at instant: UTCInstant? = nil) -> WhyAnswer? {
    self.engine.site.rig(named: rig).flatMap { WhyFacts(of: self.engine, rig: $0, at: self.now) }?.answer(
      at: instant)
  }

  /// The first rig that is off, by its name.
  var idle: String { "rigs-\((self.closed.firstIndex(of: false) ?? 0) + 1)" }
  var busy: String { "rigs-\((self.closed.firstIndex(of: true) ?? 0) + 1)" }
  var running: Int { self.closed.count { $0 } }

  private mutating func perform(_ outcome: SiteEngine.Outcome) {
    for command in outcome.opens + outcome.closes {
      self.closed[command.rig.rig] = command.closed
      self.perform(
        self.engine.handle(
          .relaySent(command.rig, closed: command.closed, accepted: true), at: self.now))
    }
    if self.plans, let cause = outcome.replan { self.plan(because: cause) }
  }

  private mutating func plan(because cause: String) {
    let request = PlanRequest(
      site: self.engine.site, inputs: SiteInputs(), state: self.engine.planningState(at: self.now),
      now: self.now.wall, cause: cause, solver: SolverSettings(timeLimit: nil, nodeLimit: 200))
    switch self.jobs.isEmpty ? SitePlanner.plan(request, solver: HiGHSSolver()) : self.planWithJobs(request) {
    case .success(let plan): self.perform(self.engine.accept(plan, at: self.now))
    case .failure(let refusal): self.send(.planWithdrawn(refusal.description))
    }
  }

  private func planWithJobs(_ request: PlanRequest) -> Result<AuditedPlan, NoPlan> {
    let slots = SiteProblem.slots(from: request.now, site: request.site)
    guard let outlook = SiteOutlook.longest(site: request.site, inputs: request.inputs, slots: slots).outlook
    else { return SitePlanner.plan(request, solver: HiGHSSolver()) }
    var problem = SiteProblem.make(
      site: request.site, slots: slots, outlook: outlook, state: request.state, solver: request.solver)
    problem.jobs = self.jobs
    guard case .planned(let plan)? = try? Planner.plan(problem, solver: HiGHSSolver()),
      let horizon = Slot(start: slots[0].start, end: slots[slots.count - 1].end)
    else { return SitePlanner.plan(request, solver: HiGHSSolver()) }
    return .success(
      AuditedPlan(
        steps: plan.slots.map {
          PlanDirective.Step(slot: $0.slot, running: $0.counts, expectedImport: $0.imported)
        },
        terms: slots.map { _ in AuditedPlan.Terms(importPrice: 10, exportPrice: 0, carbon: 0) },
        horizon: horizon, status: plan.status.rawValue, cause: request.cause,
        problemJSON: problem.json().text(),
        planJSON: plan.json(for: problem).text(),
        provenance: outlook.provenance(in: request.site.zone), generation: outlook.generation.uncorrected))
  }
}
