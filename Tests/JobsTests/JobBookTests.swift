import Jobs
import Quantities
import Testing

struct `A book of jobs` {
  @Test func `takes a job through its life`() throws {
    var book = JobBook(taking: [.sample()])
    book.follow([("j", [0, 1, 0, 1])])
    #expect(book["j"]?.state == .scheduled)
    #expect(book["j"]?.plannedSpan == Slot(start: hour(0.5), end: hour(2)))
    book.run(from: 0, to: 0.5, rigs: 2)  // rigs run, but for something else
    #expect(book["j"]?.state == .scheduled)
    book.run(from: 0.5, to: 1, rigs: 2)
    #expect(book["j"]?.state == .running)
    #expect(book["j"]?.rigHoursDone == 1)
    book.run(from: 1, to: 1.25, rigs: 0)
    #expect(book["j"]?.state == .scheduled)
    book.run(from: 1.25, to: 2, rigs: 2)
    let record = try #require(book["j"])
    #expect(record.state == .done)
    #expect(record.rigHoursDone == 2)
    #expect(record.startedAt == hour(0.5))
    #expect(record.endedAt == hour(2))
    #expect(record.wasInTime)
    let steps = book.takeChanges().transitions
    #expect(steps.map(\.to) == [.queued, .scheduled, .running, .scheduled, .running, .done])
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.to == $1.from })
    #expect(steps.map(\.at) == steps.map(\.at).sorted())
  }

  @Test func `says that a job is late at its deadline, and goes on with it`() throws {
    var book = JobBook(taking: [.sample(rigHours: 2, deadline: 1)])
    book.follow([("j", [1, 0, 0, 1])])
    book.run(from: 0, to: 1.5, rigs: 2)
    #expect(book["j"]?.state == .late)
    #expect(book["j"]?.lateSince == hour(1))
    book.run(from: 1.5, to: 2, rigs: 2)
    #expect(book["j"]?.state == .done)
    #expect(book["j"]?.wasInTime == false)
  }

  @Test func `counts a job that ends with its deadline as in time`() {
    var book = JobBook(taking: [.sample(rigHours: 1, rigs: 1, deadline: 1)])
    book.follow([("j", [0.5, 0.5])])
    book.run(from: 0, to: 1, rigs: 1)
    #expect(book["j"]?.wasInTime == true)
  }

  @Test func `gives a job no more rigs than run, than it may have, than the plan gives it`() {
    var book = JobBook(taking: [.sample(rigHours: 8, rigs: 3)])
    book.follow([("j", [1.5, 0.5])])
    book.run(from: 0, to: 0.1, rigs: 2)
    #expect(book.rigsAtWork(on: "j") == 2)
    book.run(from: 0.1, to: 0.2, rigs: 9)
    #expect(book.rigsAtWork(on: "j") == 3)
    book.run(from: 0.5, to: 0.6, rigs: 9)
    #expect(book.rigsAtWork(on: "j") == 1)
  }

  @Test func `makes up within a slot for rigs that came late in it`() {
    var book = JobBook(taking: [.sample(rigHours: 4, rigs: 4)])
    book.follow([("j", [1])])
    book.run(from: 0, to: 0.25, rigs: 1)
    book.run(from: 0.25, to: 0.5, rigs: 4)
    #expect(book["j"].map { abs($0.rigHoursDone - 1) < 0.002 } == true)
  }

  @Test func `does not begin before the release, whatever runs`() {
    var book = JobBook(taking: [.sample(release: 1)])
    book.run(from: 0, to: 1, rigs: 2)  // no plan
    #expect(book["j"]?.state == .queued)
    book.run(from: 1, to: 1.5, rigs: 2)
    #expect(book["j"]?.rigHoursDone == 1)
  }

  @Test func `without a plan deals what runs by urgency, priority and deadline`() {
    var book = JobBook(taking: [
      .sample("low", rigs: 1, priority: .low), .sample("soon", rigs: 1, deadline: 4),
      .sample("high", rigs: 1, priority: .high), .sample("critical", rigs: 1, isCritical: true),
      .sample("normal", rigs: 1), .sample("block", rigs: 1, isInterruptible: false, priority: .high),
    ])
    var order: [String] = []
    for rigs in 1...6 {
      book.run(from: 0, to: 0.001, rigs: rigs)
      for record in book.open where book.rigsAtWork(on: record.job.id) > 0 && !order.contains(record.job.id) {
        order.append(record.job.id)
      }
    }
    // Nobody keeps a block's rigs together without a plan.
    #expect(order == ["critical", "high", "soon", "normal", "low"])
  }

  @Test func `lets two jobs share the rigs of a slot and never use one twice`() {
    var book = JobBook(taking: [.sample("a", rigHours: 4), .sample("b", rigHours: 4)])
    book.follow([("a", [1]), ("b", [0.5])])
    book.run(from: 0, to: 0.5, rigs: 3)
    let done = book.records.reduce(0) { $0 + $1.rigHoursDone }
    #expect(abs(done - 1.5) < 1e-9)
    #expect(book["a"]?.rigHoursDone == 1)
  }

  @Test func `takes a job back, once`() {
    var book = JobBook(taking: [.sample()])
    book.run(from: 0, to: 0.5, rigs: 1)
    let isCancelled = book.cancel("j", at: hour(0.5), why: "no need")
    let isCancelledAgain = book.cancel("j", at: hour(0.6), why: "no need")
    #expect(isCancelled && !isCancelledAgain)
    book.run(from: 0.5, to: 2, rigs: 2)
    #expect(book["j"]?.state == .cancelled)
    #expect(book["j"]?.rigHoursDone == 0.5)
    #expect(book["j"]?.endedAt == hour(0.5))
  }

  @Test func `lets a name be used again once its job has ended`() {
    var book = JobBook(taking: [.sample(rigHours: 1)])
    book.run(from: 0, to: 0.5, rigs: 2)
    #expect(book["j"]?.state == .done)
    book.add(.sample(rigHours: 3), promise: JobPromise(meetsDeadline: true), at: hour(1))
    #expect(book["j"]?.state == .queued)
    #expect(book.records.count == 2)
  }

  @Test func `is full with two hundred open jobs`() {
    var book = JobBook(taking: (0..<JobLimits.open).map { .sample("j\($0)") })
    #expect(book.refusal != nil)
    _ = book.cancel("j7", at: midnight, why: "")
    #expect(book.refusal == nil)
  }

  @Test func `forgets old jobs beyond those it keeps, and no open one`() {
    var book = JobBook(taking: [.sample("open")])
    for number in 0..<2 * JobLimits.ended {
      book.add(.sample("j\(number)"), promise: JobPromise(meetsDeadline: true), at: midnight)
      _ = book.cancel("j\(number)", at: midnight, why: "")
      _ = book.takeChanges()
    }
    #expect(book.records.count <= JobLimits.ended + JobLimits.ended / 4 + 1)
    #expect(book["open"]?.state == .queued)
    #expect(book["j\(2 * JobLimits.ended - 1)"]?.state == .cancelled)
  }

  @Test func `hands out each change once`() {
    var book = JobBook(taking: [.sample()])
    var counts = [book.takeChanges().records.count, book.takeChanges().records.count]
    book.run(from: 0, to: 0.01, rigs: 1)
    counts.append(book.takeChanges().records.count)
    #expect(counts == [1, 0, 1])
  }
}
