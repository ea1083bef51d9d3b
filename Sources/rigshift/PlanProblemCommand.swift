import Glibc
import HiGHSSolver
import JSONText
import Planning

/// Reads the planning problem in a file, or on standard input for `-`. Nil after one line on standard error has said
/// what is wrong.
func readProblem(path: String) -> PlanProblem? {
  switch readWhole(path, atMost: PlanProblem.maximumFileBytes) {
  case .failure(let error):
    complain("\(path): \(error.text); give a readable file, or - for standard input")
    return nil
  case .success(let bytes):
    do throws(PlanProblemError) { return try PlanProblem(jsonBytes: bytes) } catch {
      complain(error.description)
      return nil
    }
  }
}

/// Solves a problem and prints the result as JSON on standard output: indented, or on one line with `json`. Returns
/// the exit status: 0 planned, 2 infeasible, 1 a problem that contradicts itself, with one line on standard error.
func runPlanProblem(_ problem: PlanProblem, json: Bool) -> Int32 {
  do {
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
