import Jobs
import Quantities

/// 2025-03-10T00:00:00Z.
let midnight = UTCInstant(seconds: 1_741_564_800)

func hour(_ hours: Double) -> UTCInstant {
  midnight.advanced(byMilliseconds: Int64(hours * 3_600_000))
}

/// Half-hour slots from midnight on.
func halfHours(_ count: Int) -> [Slot] {
  (0..<count).map { Slot(start: midnight + .minutes(30 * $0), length: .minutes(30)) }
}

extension Job {
  /// Two rig-hours on at most two rigs of bank `a` between midnight and eight.
  static func sample(
    _ id: String = "j", rigHours: Double = 2, rigs: Int = 2, release: Double = 0, deadline: Double = 8,
    isInterruptible: Bool = true, isCritical: Bool = false, priority: JobPriority = .normal
  ) -> Job {
    Job(
      id: id, bank: "a", rigHours: rigHours, maximumRigs: rigs, release: hour(release),
      deadline: hour(deadline),
      isInterruptible: isInterruptible, isCritical: isCritical, priority: priority)
  }
}

extension JobBook {
  /// A book that has taken these jobs at midnight.
  init(taking jobs: [Job]) {
    self.init()
    for job in jobs { self.add(job, promise: JobPromise(meetsDeadline: true), at: midnight) }
  }

  /// A plan of half-hours from midnight on: rig-hours per slot, by job.
  mutating func follow(_ rigHours: [(String, [Double])]) {
    let count = rigHours.map(\.1.count).max() ?? 0
    let plan = JobPlan(
      slots: halfHours(count),
      allotments: rigHours.map {
        .init(job: $0.0, rigHours: $0.1 + Array(repeating: 0, count: count - $0.1.count))
      })
    self.follow(plan, at: midnight)
  }

  /// Seconds from `from` to `to` pass, in hours since midnight, with `rigs` of bank `a` running.
  mutating func run(from: Double, to: Double, rigs: Int) {
    var now = hour(from)
    let end = hour(to)
    while now < end {
      let next = min(end, now.advanced(byMilliseconds: 1000))
      let slot = halfHours(100).first { $0.contains(now) }
      if let slot { _ = self.work(from: now, to: next, in: slot, running: [rigs], banks: ["a"]) }
      now = next
    }
  }
}
