import HiGHSSolver
import Jobs
import Planning
import Quantities
import Rehearsal
import Simulation
import SiteModel
import Testing

/// A simulated site that is asked for jobs.
struct `A site with jobs` {
  private static func run(
    seed: UInt64, _ faults: FaultPlan, jobs: [JobArrival]? = nil, perDay: Int = 6, foresight: Bool = false
  ) -> Rehearsal {
    var settings = Rehearsal.Settings.day(seed: seed, faults: faults)
    settings.hasForesight = foresight
    settings.jobs =
      jobs
      ?? JobArrival.stream(seed: seed, site: .tight, start: settings.start, days: 1, perDay: perDay)
    let rehearsal = Rehearsal(settings, solver: HiGHSSolver())
    rehearsal.run()
    return rehearsal
  }

  private static let start = Rehearsal.Settings.day(seed: 1, faults: .seeded(.none)).start

  private static func arrival(_ id: String, at: Double, _ change: (inout JobRequest) -> Void = { _ in })
    -> JobArrival
  {
    func hour(_ hours: Double) -> UTCInstant { Self.start.advanced(byMilliseconds: Int64(hours * 3_600_000)) }
    var request = JobRequest(
      id: id, rigHours: 2, maximumRigs: 2, release: hour(at), deadline: hour(at + 9))
    change(&request)
    return JobArrival(at: hour(at), request: request)
  }

  @Test(arguments: UInt64(1)...4)
  func `keeps the invariants, and every deadline it promised where the weather comes as forecast`(
    seed: UInt64
  ) {
    let rehearsal = Self.run(seed: seed, .seeded(.none), foresight: true)
    #expect(rehearsal.violations.kept == [])
    #expect(rehearsal.jobFaults == [])
    let records = rehearsal.jobs.records
    #expect(records.count + rehearsal.jobRefusals.count == 6)
    #expect(records.count(where: { $0.state == .done }) > 0)
    for record in records where record.promise.meetsDeadline {
      #expect(record.lateSince == nil, "\(record.job.id)")
    }
    for record in records where record.state == .done {
      #expect(record.workedMilliseconds == record.job.workMilliseconds)
    }
  }

  @Test(arguments: UInt64(1)...4)
  func `keeps the invariants and loses no job on a rough day`(seed: UInt64) {
    let rehearsal = Self.run(seed: seed, .seeded(.many))
    #expect(rehearsal.violations.kept == [])
    #expect(rehearsal.jobFaults == [])
  }

  @Test(arguments: [
    FaultKind.controllerKilled, .powerCut, .storeFailedWritten, .storeFailedNotWritten, .clockStep,
  ])
  func `neither loses nor doubles one when it is struck`(kind: FaultKind) {
    let rehearsal = Self.run(seed: 11, .thrice(kind), perDay: 10)
    #expect(rehearsal.world.tally[kind].strikes > 0)
    #expect(rehearsal.violations.kept == [])
    #expect(rehearsal.jobFaults == [])
    let done = rehearsal.jobSteps.filter { $0.to == .done }
    #expect(Set(done.map(\.job)).count == done.count)
    #expect(!done.isEmpty)
  }

  @Test func `starts a critical job within minutes`() throws {
    let rehearsal = Self.run(
      seed: 2, .seeded(.none), jobs: [Self.arrival("now", at: 3.2) { $0.isCritical = true }])
    let record = try #require(rehearsal.jobs["now"])
    #expect(record.state == .done)
    let started = try #require(record.startedAt)
    // At most what the bank's minimum off time leaves.
    #expect(started - record.job.release <= .minutes(6), "\(started - record.job.release)")
  }

  @Test func `tells a job that comes too late when it can end, and ends it then`() throws {
    let rehearsal = Self.run(
      seed: 2, .seeded(.none),
      jobs: [
        Self.arrival("late", at: 4) {
          $0.rigHours = 6
          $0.deadline = Self.start + .hours(6)
        }
      ])
    let record = try #require(rehearsal.jobs["late"])
    #expect(!record.promise.meetsDeadline)
    let earliest = try #require(record.promise.earliestEnd)
    #expect(earliest >= Self.start + .hours(7))
    #expect(earliest <= Self.start + .hours(8))
    #expect(record.lateSince == Self.start + .hours(6))
    let ended = try #require(record.endedAt)
    #expect(ended <= earliest + .minutes(30))
  }

  @Test func `runs a block without a pause`() throws {
    let rehearsal = Self.run(
      seed: 3, .seeded(.none),
      jobs: [
        Self.arrival("block", at: 1) {
          $0.rigHours = 4
          $0.isInterruptible = false
        }
      ])
    let record = try #require(rehearsal.jobs["block"])
    let started = try #require(record.startedAt)
    let ended = try #require(record.endedAt)
    #expect(record.wasInTime)
    #expect(ended - started <= .hours(2) + .minutes(5))
    #expect(rehearsal.jobSteps.map(\.to) == [.queued, .scheduled, .running, .done])
  }

  @Test func `puts a job off only to where it is cheaper`() throws {
    // Prices of the tight site: 9, 18, 12, 22, 10, 14 by the hour. At one o'clock the next two hours cost more than
    // the fourth.
    let rehearsal = Self.run(
      seed: 3, .seeded(.none),
      jobs: [
        Self.arrival("wait", at: 1), Self.arrival("go", at: 6) { $0.deadline = Self.start + .hours(12) },
      ])
    for id in ["wait", "go"] {
      let record = try #require(rehearsal.jobs[id])
      #expect(record.wasInTime)
      let planned = try #require(record.planned)
      #expect(planned.savedCost.value >= -1e-6)
      let saved = try #require(record.saved)
      #expect(saved.run.rigHours > 1.99 && saved.atOnce.rigHours > 1.99)
    }
  }

  @Test func `is the same again from the same seed`() {
    let first = Self.run(seed: 5, .seeded(.many))
    let second = Self.run(seed: 5, .seeded(.many))
    #expect(first.jobs.records == second.jobs.records)
    #expect(first.jobSteps == second.jobSteps)
  }
}
