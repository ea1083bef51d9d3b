import HiGHSSolver
import JSONText
import Planning

/// Solves planning problems in one living process, as the controller does: one problem per line on standard input, one
/// result per line on standard output. Times include building the models and the audit, not the reading of the file.
enum PlanLines {
  /// How often a plan that rolls on is made from what the last one left; the fastest counts, as it does for the peer.
  private static let repeats = 3

  /// `rolling` keeps what one plan leaves to the next.
  static func run(rolling: Bool = false) -> Int32 {
    var planner = RollingPlanner(solver: HiGHSSolver())
    while let line = readLine() {
      do throws(PlanProblemError) {
        let problem = try PlanProblem(jsonBytes: Array(line.utf8))
        if !rolling { planner = RollingPlanner(solver: HiGHSSolver()) }
        let left = planner
        var best = try Self.solve(problem, &planner)
        for _ in 1..<(rolling ? Self.repeats : 1) {
          planner = left
          let again = try Self.solve(problem, &planner)
          if again["cpu_ms"]?.double ?? 0 < best["cpu_ms"]?.double ?? 0 { best = again }
        }
        print(best.text())
      } catch {
        print(JSONValue.object([.init("status", .string("refused: \(error)"))]).text())
      }
      flush()
    }
    return 0
  }

  private static func solve(_ problem: PlanProblem, _ planner: inout RollingPlanner) throws(PlanProblemError)
    -> JSONValue
  {
    let clock = ContinuousClock()
    let start = clock.now
    let processor = Stopwatch.processorTime()
    let outcome = try planner.plan(problem)
    let spent = Stopwatch.processorTime() - processor
    let elapsed = (clock.now - start) / .nanoseconds(1)
    switch outcome {
    case .infeasible(let why): return ["status": "infeasible", "message": .string(why.message)]
    case .planned(let plan):
      return [
        "status": .string(plan.status.rawValue), "method": .string(plan.method),
        "objective": .number(plan.objective), "bound": plan.bound.isFinite ? .number(plan.bound) : .null,
        "wall_ms": .number(elapsed / 1e6), "cpu_ms": .number(spent / 1e6),
        "first": .array(plan.slots[0].counts.map { .integer(Int64($0)) }),
      ]
    }
  }
}
