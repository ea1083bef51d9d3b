import Jobs
import Quantities
import Testing

/// Lives of a book drawn from seeds: jobs come and go, plans change, rigs run as they please.
struct `Whatever happens to a book` {
  private struct Life {
    var random: SplitMix64
    var book = JobBook()
    var now = midnight
    var count = 0
    /// Milliseconds of running rigs since the start, and work counted at the last look.
    var running: Int64 = 0
    var steps: [JobTransition] = []
    var faults: [String] = []

    mutating func step() {
      switch self.random.below(10) {
      case 0: self.add()
      case 1: self.cancel()
      case 2: self.book.follow(self.random.chance(0.2) ? nil : self.plan(), at: self.now)
      default: self.work()
      }
      self.steps += self.book.takeChanges().transitions
      let counted = self.book.records.reduce(0) { $0 + $1.workedMilliseconds }
      if counted > self.running {
        self.faults.append("\(counted) ms of work with \(self.running) ms of rigs")
      }
    }

    private mutating func add() {
      self.count += 1
      let release = self.now + .minutes(self.random.below(120))
      let job = Job(
        id: "j\(self.count)", bank: "a", rigHours: self.random.uniform(0.1, 6),
        maximumRigs: 1 + self.random.below(5),
        release: release, deadline: release + .minutes(30 + self.random.below(600)),
        isInterruptible: self.random.chance(0.7), isCritical: self.random.chance(0.2),
        priority: JobPriority.allCases[self.random.below(3)])
      self.book.add(job, promise: JobPromise(meetsDeadline: true), at: self.now)
    }

    private mutating func cancel() {
      guard self.random.chance(0.3), let job = self.book.open.randomElement(using: &self.random) else {
        return
      }
      _ = self.book.cancel(job.job.id, at: self.now, why: "drawn")
    }

    private mutating func plan() -> JobPlan {
      let slots = (0..<6).map { Slot(start: self.now + .minutes(30 * $0), length: .minutes(30)) }
      let allotments = self.book.open.map { record in
        JobPlan.Allotment(
          job: record.job.id,
          rigHours: slots.map { _ in self.random.chance(0.5) ? self.random.uniform(0, 2) : 0 })
      }
      return JobPlan(slots: slots, allotments: allotments)
    }

    private mutating func work() {
      let to = self.now.advanced(byMilliseconds: Int64(1 + self.random.below(900_000)))
      let slot = Slot(start: self.now, length: .minutes(30))
      let rigs = self.random.below(8)
      let before = self.book.records.map(\.workedMilliseconds)
      _ = self.book.work(from: self.now, to: to, in: slot, running: [rigs], banks: ["a"])
      let length = to.millisecondsSince(self.now)
      self.running += length * Int64(rigs)
      for (record, earlier) in zip(self.book.records, before) {
        let worked = record.workedMilliseconds - earlier
        if worked > length * Int64(record.job.maximumRigs) {
          self.faults.append("\(record.job.id) had too many rigs")
        }
        if worked > 0, record.job.release > self.now {
          self.faults.append("\(record.job.id) ran before its release")
        }
        if record.workedMilliseconds > record.job.workMilliseconds {
          self.faults.append("\(record.job.id) ran over")
        }
        let isDone = record.workedMilliseconds == record.job.workMilliseconds
        if (record.state == .done) != isDone { self.faults.append("\(record.job.id) is \(record.state)") }
      }
      self.now = to
    }
  }

  @Test(arguments: UInt64(1)...200)
  func `work is never more than what ran, and each step follows the one before`(seed: UInt64) {
    var life = Life(random: SplitMix64(seed: seed))
    for _ in 0..<150 { life.step() }
    #expect(life.faults == [])
    #expect(life.count > 2)
    for (id, steps) in Dictionary(grouping: life.steps, by: \.job) {
      #expect(steps.first?.from == nil)
      #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.to == $1.from && $0.to != $1.to }, "\(id)")
      #expect(steps.count { $0.to.isEnd } <= 1, "\(id)")
      #expect(steps.last?.to == life.book[id]?.state, "\(id)")
    }
  }

  @Test(arguments: UInt64(1)...20)
  func `a book made again from what it handed out is the same`(seed: UInt64) {
    var life = Life(random: SplitMix64(seed: seed))
    for _ in 0..<100 { life.step() }
    #expect(JobBook(life.book.records).records == life.book.records)
    #expect(JobBook(life.book.records).open == life.book.open)
  }
}
