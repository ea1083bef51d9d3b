import HiGHSSolver
import JSONText
import JobStreams

/// What planning jobs saves against GridFlex's rule, on markets with a stream of jobs each: twenty unless said otherwise.
enum JobFigures {
  /// `first` is the seed of the first of `count` markets.
  static func run(hours: Int, first: UInt64 = 1, count: UInt64 = 20) -> Int32 {
    let markets = Array(first..<first + max(1, min(count, 1_000)))
    for hurries in [false, true] {
      for aim in StreamReplay.Aim.allCases {
        let processor = Stopwatch.processorTime()
        let replay = StreamReplay(
          seeds: markets, hours: hours, aim: aim, hurriesHopeless: hurries, solver: HiGHSSolver())
        let spent = Stopwatch.processorTime() - processor
        guard replay.failures.isEmpty else {
          complain("jobs for \(aim.rawValue): \(replay.failures[0])")
          return 1
        }
        print(Self.json(replay, aim, hurries, spent).text())
        flush()
      }
    }
    return 0
  }

  private static func json(
    _ replay: StreamReplay, _ aim: StreamReplay.Aim, _ hurries: Bool, _ nanoseconds: Double
  )
    -> JSONValue
  {
    let saving = replay.saving(aim)
    return [
      "aim": .string(aim.rawValue), "late_from_birth_at_once": .bool(hurries),
      "jobs": .integer(Int64(replay.jobs)),
      "rule_saving": .number(saving.rule), "plan_saving": .number(saving.plan),
      "best_saving": .number(saving.best),
      "ratio": .number(saving.plan / saving.rule), "missed_by_rule": .integer(Int64(replay.missedByRule)),
      "missed_by_plan": .integer(Int64(replay.missedByPlan)),
      "deferred_by_rule": .integer(Int64(replay.ruleDeferrals)), "plans": .integer(Int64(replay.plans)),
      "cpu_ms_per_plan": .number(nanoseconds / 1e6 / Double(max(1, replay.plans))),
    ]
  }
}
