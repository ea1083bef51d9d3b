@preconcurrency import Glibc
import LinuxHost

let usage = """
  rigshift - decides when rigs run, and switches them

    check     [--site FILE]                     the site as understood, or all that is wrong with its file
    plan      [--site FILE] [--weather F] [--prices F] [--date D] [--json]
                                                the plan of a day
    plan      --problem FILE [--json]           the plan of a self-contained problem (docs/plan-problem.md)
    simulate  [--site FILE] [--days N] [--seed S] [--faults none|some|many] [--planner milp|lp]
              [--start D] [--weather F] [--prices F] [--jobs FILE|seeded] [--journal FILE] [--json]
                                                the real controller on a simulated site, as fast as it goes
    run       --simulated [--site FILE] [--data DIR] [--seed S] [--world SOCKET]
                                                the long-running controller
    status    [--site FILE] [--data DIR] [--json]
    why RIG   [--site FILE] [--data DIR] [--json]
    job add ID --rig-hours H --deadline T [--bank B] [--rigs N] [--release T] [--uninterruptible] [--critical]
              [--priority low|normal|high] [--json]
    job list | show ID | cancel ID   [--json]   deferrable compute for the running controller (docs/jobs.md)
                                                ask the running controller
    world     --socket PATH [--site FILE] [--seed S] [--start D] [--edges FILE]
                                                a simulated site for a controller in another process;
                                                FILE gets a line for every relay line that switches
    version

  FILE is \(defaultSitePath) unless given.
  """

/// Runs one subcommand and returns the exit status: 0 done, 1 bad input or failure, 2 no feasible plan.
@MainActor func dispatch(_ words: [String]) async -> Int32 {
  let rest = Array(words.dropFirst())
  do throws(Arguments.UsageError) {
    switch words.first {
    case "check":
      return runCheck(path: try Arguments(rest, options: ["site"])["site"] ?? defaultSitePath)
    case "plan":
      return try PlanCommand.run(
        try Arguments(rest, options: ["site", "weather", "prices", "date", "problem"], flags: ["json"]))
    case "simulate":
      return try SimulateCommand.run(
        try Arguments(
          rest,
          options: [
            "site", "days", "seed", "faults", "planner", "start", "weather", "prices", "jobs", "journal",
          ],
          flags: ["json"]))
    case "run":
      return try await RunCommand.run(
        try Arguments(rest, options: ["site", "data", "seed", "world"], flags: ["simulated"]))
    case "status":
      return try AskCommand.status(try Arguments(rest, options: ["site", "data"], flags: ["json"]))
    case "why":
      return try AskCommand.why(try Arguments(rest, options: ["site", "data"], flags: ["json"], words: 1))
    case "job": return try JobCommand.run(rest)
    case "world":
      return try WorldCommand.run(
        try Arguments(rest, options: ["site", "seed", "start", "socket", "edges"]))
    case "version", "--version":
      print("rigshift \(version)")
      return 0
    case "help", "--help", nil:
      print(usage)
      return words.isEmpty ? 1 : 0
    case let unknown?:
      throw .init(message: "unknown command '\(unknown)'; `rigshift help` lists them")
    }
  } catch {
    Terminal.writeError("rigshift: \(error.message)\n")
    return 1
  }
}

exit(await dispatch(Array(CommandLine.arguments.dropFirst())))
