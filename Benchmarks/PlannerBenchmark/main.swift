import Glibc
import HiGHSSolver
import JSONText
import Planning
import Quantities

// Plans each problem file named on the command line several times in one process and prints one JSON object per line:
// the file, the median and the fastest time in ms, and how good the plan is. `--repeat N` sets the number of times,
// `--rounded` takes the cheap rung.

private func content(of path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var content: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { content += buffer[..<count] }
  return content
}

private func result(of path: String, repeats: Int, method: PlannerMethod) -> JSONValue {
  guard let bytes = content(of: path) else { return ["file": .string(path), "error": "cannot be read"] }
  do {
    var problem = try PlanProblem(jsonBytes: bytes)
    problem.solver.method = method
    let clock = ContinuousClock()
    var times: [Double] = []
    var outcome = try Planner.plan(problem, solver: HiGHSSolver())
    for _ in 0..<repeats {
      let start = clock.now
      outcome = try Planner.plan(problem, solver: HiGHSSolver())
      times.append((clock.now - start).hours * 3_600_000)
    }
    times.sort()
    var members: [JSONValue.Member] = [
      .init("file", .string(path)), .init("median_ms", .number(times[times.count / 2])),
      .init("fastest_ms", .number(times[0])),
    ]
    if case .planned(let plan) = outcome {
      members += [
        .init("status", .string(plan.status.rawValue)), .init("method", .string(plan.method)),
        .init("objective", .number(plan.objective)), .init("relative_gap", .number(plan.relativeGap)),
      ]
    } else {
      members.append(.init("status", "infeasible"))
    }
    return .object(members)
  } catch {
    return ["file": .string(path), "error": .string("\(error)")]
  }
}

private var repeats = 5
private var method = PlannerMethod.exact
private var paths: [String] = []
private var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--repeat": repeats = max(1, arguments.popFirst().flatMap { Int($0) } ?? repeats)
  case "--rounded": method = .rounded
  default: paths.append(argument)
  }
}
for path in paths { print(result(of: path, repeats: repeats, method: method).text()) }
