import Control
import Jobs
import Planning
import Quantities
import Simulation
import SiteController
import SiteModel

/// Whoever asks a simulated site for jobs: asks again until a job is acknowledged, and holds the site to what it has
/// acknowledged.
struct JobDesk {
  /// How long it waits before it asks again.
  private static let patience = Duration.seconds(10)
  /// Rig time in milliseconds by which counted work may exceed relay time: a tick of every rig at each restart, and
  /// what a drifting clock adds.
  private static let allowancePerRig: Int64 = 10_000
  private static let driftShare: Int64 = 200

  private enum Request {
    case waiting(next: MonotonicInstant)
    /// Handed over; acknowledged once the record is durable up to `mark`.
    case handed(mark: Int)
    case acknowledged
    case refused
  }

  private let site: Site
  private let arrivals: [JobArrival]
  private var requests: [Request]
  private var firstOpen = 0
  /// Milliseconds of closed relay of each bank since the start, by the world.
  private var closedMilliseconds: [Int64]
  private(set) var faults: [String] = []
  private(set) var refusals: [String] = []

  init(site: Site, arrivals: [JobArrival]) {
    self.site = site
    self.arrivals = arrivals
    self.requests = arrivals.map { _ in .waiting(next: MonotonicInstant(milliseconds: .min)) }
    self.closedMilliseconds = site.banks.map { _ in 0 }
  }

  var isIdle: Bool { self.arrivals.isEmpty }

  /// One second of the world has passed with its lines as they are.
  mutating func observe(_ world: SimulatedSite) {
    guard !self.isIdle else { return }
    for (bank, lines) in world.closedLines.enumerated() {
      self.closedMilliseconds[bank] += Int64(lines) * 1000
    }
  }

  /// Asks for what is due and hears what has been acknowledged.
  mutating func serve(
    _ shell: SiteShell, world: SimulatedSite, at now: Moment, promise: (Job) -> JobPromise
  ) {
    while self.firstOpen < self.requests.count, self.isOver(self.requests[self.firstOpen]) {
      self.firstOpen += 1
    }
    for index in self.firstOpen..<self.arrivals.count {
      guard self.arrivals[index].at <= world.wall else { break }
      switch self.requests[index] {
      case .acknowledged, .refused: break
      case .handed(let mark):
        if shell.engine.records.durableMark >= mark { self.requests[index] = .acknowledged }
      case .waiting(let next):
        guard world.now >= next else { break }
        self.requests[index] = .waiting(next: world.now + Self.patience)
        self.ask(index, shell, world: world, at: now, promise: promise)
      }
    }
  }

  private func isOver(_ request: Request) -> Bool {
    switch request {
    case .acknowledged, .refused: true
    case .waiting, .handed: false
    }
  }

  private mutating func ask(
    _ index: Int, _ shell: SiteShell, world: SimulatedSite, at now: Moment, promise: (Job) -> JobPromise
  ) {
    let request = self.arrivals[index].request
    switch shell.engine.job(request, at: now) {
    case .success(.known): self.requests[index] = .handed(mark: shell.engine.records.queuedMark)
    case .success(.new(let job)):
      shell.add(job, promise: promise(job), at: now)
      self.requests[index] = .handed(mark: shell.engine.records.queuedMark)
    case .failure(let refusal):
      // While its clock is wrong a site takes no jobs; a request that makes no sense any more is given up.
      guard shell.engine.controller.trustsClock, world.isClockTrustworthy else { return }
      self.requests[index] = .refused
      self.refusals.append("\(request.id): \(refusal)")
    }
  }

  /// The controller died: nobody will acknowledge what was handed to it.
  mutating func controllerDied() {
    for index in self.requests.indices {
      if case .handed = self.requests[index] {
        self.requests[index] = .waiting(next: MonotonicInstant(milliseconds: .min))
      }
    }
  }

  /// Judges what a controller knows at its start, or at the end, from what it acknowledged and from the world.
  mutating func check(_ book: JobBook, steps: [JobTransition]) {
    guard !self.isIdle else { return }
    for (index, arrival) in self.arrivals.enumerated() {
      guard case .acknowledged = self.requests[index] else { continue }
      let count = book.records.count { $0.job.id == arrival.request.id }
      if count != 1 {
        self.faults.append("\(arrival.request.id) is known \(count) times after it was acknowledged")
      }
    }
    for (index, bank) in self.site.banks.enumerated() {
      let counted = book.records.filter { $0.job.bank == bank.name }.reduce(0) { $0 + $1.workedMilliseconds }
      let truth = self.closedMilliseconds[index]
      if counted > truth + truth / Self.driftShare + Self.allowancePerRig * Int64(bank.count) {
        self.faults.append(
          "jobs count \(counted) ms of \(bank.name), whose relays were closed for \(truth) ms")
      }
    }
    for record in book.records where record.workedMilliseconds > record.job.workMilliseconds {
      self.faults.append("\(record.job.id) has had more than its rig-hours")
    }
    self.checkChain(steps)
  }

  /// Each step of a job begins where the one before ended, and no job ends twice.
  private mutating func checkChain(_ steps: [JobTransition]) {
    var states: [String: JobState] = [:]
    for step in steps {
      let key = "\(step.job) \(step.addedAt.milliseconds)"
      if states[key] != step.from {
        self.faults.append("\(step.job) goes from \(step.from?.rawValue ?? "nothing") to \(step.to.rawValue)")
      }
      states[key] = step.to
    }
  }
}
