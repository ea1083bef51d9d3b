import Glibc
import HiGHSSolver
import JSONText
import Planning

/// Solves the planning problem in a file, or on standard input for `-`, and prints the result as JSON on standard
/// output: indented, or on one line with `json`. Returns the exit status: 0 planned, 2 infeasible, 1 bad input with
/// one line on standard error.
func runPlanProblem(path: String, json: Bool) -> Int32 {
  let bytes: [UInt8]
  switch readWhole(path, atMost: PlanProblem.maximumFileBytes) {
  case .success(let content): bytes = content
  case .failure(let error):
    complain("\(path): \(error.text); give a readable file, or - for standard input")
    return 1
  }
  do {
    let problem = try PlanProblem(jsonBytes: bytes)
    let clock = ContinuousClock()
    let start = clock.now
    var outcome = try Planner.plan(problem, solver: HiGHSSolver())
    if case .planned(var plan) = outcome {
      plan.solveTime = clock.now - start
      outcome = .planned(plan)
    }
    print(outcome.json(for: problem).text(pretty: !json))
    switch outcome {
    case .planned: return 0
    case .infeasible: return 2
    }
  } catch {
    complain(error.description)
    return 1
  }
}

private struct ReadError: Error {
  var text: String
}

/// Reads at most one byte more than `limit`, so that the reader can refuse what is too large.
private func readWhole(_ path: String, atMost limit: Int) -> Result<[UInt8], ReadError> {
  let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return .failure(ReadError(text: String(cString: strerror(errno)))) }
  defer { if path != "-" { close(descriptor) } }
  var content: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while content.count <= limit {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0 {
      if errno == EINTR { continue }
      return .failure(ReadError(text: String(cString: strerror(errno))))
    }
    if count == 0 { break }
    content += buffer[..<count]
  }
  return .success(content)
}

private func complain(_ text: String) {
  let line = Array("rigshift plan: \(text)\n".utf8)
  // Nothing is left to do for a line that standard error does not take.
  _ = write(STDERR_FILENO, line, line.count)
}
