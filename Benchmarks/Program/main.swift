// What `Benchmarks/run` measures inside a process: ticks of the controller, seconds of the simulated site, plans.
import Control
import Glibc
import JSONText
import Quantities
import SiteModel
import Simulation

/// Sizes of the site whose ticks are measured.
let sizes = [40, 400, 4000]

func flush() { fflush(nil) }

func complain(_ text: String) {
  let line = Array("benchmarks: \(text)\n".utf8)
  // Nothing is left to do for a line that standard error does not take.
  _ = write(STDERR_FILENO, line, line.count)
}

func measureTicks() -> Int32 {
  for rigs in sizes {
    guard var controller = QuietController(rigs: rigs) else {
      complain("the controller with \(rigs) rigs did not come to rest")
      return 1
    }
    print(JSONValue.figure("control tick", rigs: rigs, Stopwatch.nanoseconds { controller.tick() }).text())
    flush()
  }
  return 0
}

func measureWorld() -> Int32 {
  for rigs in sizes {
    let world = SimulatedSite(
      site: .benchmark(rigs: rigs), start: UTCInstant(seconds: 1_750_000_000), seed: 1)
    let second = {
      world.advance()
      _ = world.poll(at: world.host.moment.monotonic)
    }
    print(JSONValue.figure("simulated second", rigs: rigs, Stopwatch.nanoseconds(of: second)).text())
    flush()
  }
  return 0
}

switch CommandLine.arguments.dropFirst().first {
case "ticks": exit(measureTicks())
case "world": exit(measureWorld())
case "plans": exit(PlanLines.run())
case "replans": exit(PlanLines.run(rolling: true))
case "jobs":
  let numbers = CommandLine.arguments.dropFirst(2).compactMap { UInt32($0) }
  exit(
    JobFigures.run(
      hours: numbers.first.map { Int($0) } ?? 96, first: numbers.count > 1 ? UInt64(numbers[1]) : 1,
      count: numbers.count > 2 ? UInt64(numbers[2]) : 20))
default:
  complain(
    "say what to measure: ticks, world, jobs [HOURS [FIRST-SEED [MARKETS]]], or plans or replans with one problem per "
      + "line on standard input")
  exit(1)
}
