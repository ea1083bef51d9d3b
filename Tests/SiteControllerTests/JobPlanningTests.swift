import Forecasting
import HiGHSSolver
import Jobs
import Planning
import Quantities
import SiteController
import SiteModel
import Testing

private let start = UTCInstant(seconds: 1_741_564_800)

private func hour(_ hours: Double) -> UTCInstant { start.advanced(byMilliseconds: Int64(hours * 3_600_000)) }

/// Four rigs of 2 kW; energy is cheap from three to five and dear from five on.
private func site(cap: Double = 100, horizonHours: Int = 12) -> Site {
  var steps: [DailyProfile.Step] = []
  for (hour, price) in [(0, 20.0), (3, 5.0), (5, 40.0)] {
    if let time = TimeOfDay(minutes: hour * 60) { steps.append(.init(from: time, value: price)) }
  }
  return Site(
    name: "test", location: Location(latitude: 0, longitude: 0), zone: .utc, currency: "EUR",
    grid: GridConnection(importCap: Kilowatts(cap)), meters: [Meter(name: "grid", subject: .grid)],
    banks: [RigBank(name: "a", count: 4, draw: Kilowatts(2), relayLines: ["1", "2", "3", "4"])],
    importTariff: .profile(DailyProfile(steps: steps) ?? .constant(20)),
    planner: PlannerSettings(slotMinutes: 30, horizon: .hours(horizonHours), planningMargin: .zero))
}

private func job(
  _ id: String, rigHours: Double, rigs: Int = 4, release: Double = 0, deadline: Double,
  isInterruptible: Bool = true, priority: JobPriority = .normal
) -> Job {
  Job(
    id: id, bank: "a", rigHours: rigHours, maximumRigs: rigs, release: hour(release),
    deadline: hour(deadline),
    isInterruptible: isInterruptible, priority: priority)
}

private func request(_ site: Site, _ jobs: [Job]) -> PlanRequest {
  var state = PlanningState.idle(site)
  state.jobs = jobs.map { JobRecord(job: $0, addedAt: start, promise: JobPromise(meetsDeadline: true)) }
  return PlanRequest(
    site: site, inputs: SiteInputs(), state: state, now: start, cause: "test", solver: SolverSettings())
}

private func plan(_ site: Site, _ jobs: [Job]) throws -> JobPlan {
  try SitePlanner.plan(request(site, jobs), solver: HiGHSSolver()).get().jobs
}

extension JobPlan {
  fileprivate func rigHours(of id: String, from: Double = 0, to: Double) -> Double {
    guard let allotment = self.allotments.first(where: { $0.job == id }) else { return 0 }
    return zip(self.slots, allotment.rigHours).reduce(0) {
      $1.0.start >= hour(from) && $1.0.end <= hour(to) ? $0 + $1.1 : $0
    }
  }
}

struct `Planning jobs of a site` {
  @Test func `waits for the cheap hours and no longer`() throws {
    let made = try plan(site(), [job("j", rigHours: 4, deadline: 10)])
    #expect(made.rigHours(of: "j", from: 3, to: 5) > 3.99)
    #expect(made.rigHours(of: "j", from: 5, to: 12) < 0.1)
    let comparison = try #require(made.allotments.first?.comparison)
    // 8 kWh at 20 against 8 kWh at 5, but for the seconds in which rigs start.
    #expect(abs(comparison.savedCost.value - 120) < 4)
    #expect(abs(comparison.run.rigHours - 4) < 1e-6)
  }

  @Test func `puts nothing off to where no price is known`() throws {
    let made = try plan(site(), [job("far", rigHours: 6, deadline: 60)])
    #expect(made.rigHours(of: "far", to: 12) > 5.99)
  }

  @Test func `lets a job that can wait make room for one that cannot`() throws {
    let far = job("far", rigHours: 24, deadline: 60, priority: .high)
    let near = job("near", rigHours: 44, deadline: 12)
    let made = try plan(site(), [far, near])
    #expect(made.rigHours(of: "near", to: 12) > 43.9)
  }

  @Test func `lets jobs of lower priority be late`() throws {
    for high in ["one", "two"] {
      let jobs = ["one", "two"].map {
        job($0, rigHours: 7, deadline: 2.5, priority: $0 == high ? .high : .low)
      }
      #expect(try plan(site(), jobs).rigHours(of: high, to: 2.5) > 6.99)
    }
  }

  @Test func `goes on at once with a block that has begun`() throws {
    var book = JobBook()
    book.add(
      job("block", rigHours: 4, rigs: 2, deadline: 10, isInterruptible: false),
      promise: JobPromise(meetsDeadline: true), at: start)
    let slot = Slot(start: start, length: .minutes(30))
    book.follow(JobPlan(slots: [slot], allotments: [.init(job: "block", rigHours: [1])]), at: start)
    _ = book.work(from: start, to: hour(0.25), in: slot, running: [2], banks: ["a"])
    var asked = request(site(), [])
    asked.state.jobs = book.open
    asked.now = hour(0.25)
    let made = try SitePlanner.plan(asked, solver: HiGHSSolver()).get().jobs
    #expect(made.slots.first?.start == hour(0.25))
    #expect(made.rigHours(of: "block", to: 2) > 3.4)
  }

  @Test func `never costs a site its plan`() throws {
    var hard = site(cap: 1)
    hard.planner.soft = false
    #expect(try plan(hard, [job("j", rigHours: 4, deadline: 2)]).allotments.isEmpty)
  }
}

struct `The promise to a new job` {
  private static func promise(_ new: Job, beside others: [Job] = [], cap: Double = 100) -> JobPromise {
    JobAdmission.promise(for: new, request(site(cap: cap), others), solver: HiGHSSolver())
  }

  @Test func `is given where a plan keeps it`() {
    #expect(Self.promise(job("j", rigHours: 4, deadline: 3)) == JobPromise(meetsDeadline: true))
  }

  @Test func `counts the seconds in which rigs start`() {
    // Four rigs for an hour in an hour: the last of them starts some seconds late.
    let promise = Self.promise(job("j", rigHours: 4, deadline: 1))
    #expect(promise == JobPromise(meetsDeadline: false, earliestEnd: hour(1.5)))
  }

  @Test(arguments: [true, false])
  func `otherwise names the first slot end by which it can be done`(isInterruptible: Bool) {
    let late = job("j", rigHours: 9.5, deadline: 2, isInterruptible: isInterruptible)
    #expect(Self.promise(late) == JobPromise(meetsDeadline: false, earliestEnd: hour(2.5)))
    // Two rigs fit under the cap.
    #expect(Self.promise(late, cap: 4.5).earliestEnd == (isInterruptible ? hour(5) : nil))
  }

  @Test func `does not take from the jobs that are there`() {
    let there = job("there", rigHours: 7.5, deadline: 2)
    let promise = Self.promise(job("new", rigHours: 3, deadline: 2), beside: [there])
    #expect(!promise.meetsDeadline)
    #expect(promise.earliestEnd == hour(3))
  }

  @Test func `says that it is an estimate beyond the horizon`() {
    let fits = Self.promise(job("j", rigHours: 80, deadline: 30))
    #expect(fits == JobPromise(meetsDeadline: true, isEstimate: true))
    let big = Self.promise(job("j", rigHours: 80, deadline: 11))
    #expect(!big.meetsDeadline && big.isEstimate)
    // 48 of 80 rig-hours within twelve hours, the rest with four rigs.
    #expect(big.earliestEnd.map { $0 >= hour(20) && $0 < hour(20.1) } == true)
  }
}
