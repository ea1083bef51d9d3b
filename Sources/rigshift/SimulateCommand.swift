import Control
import HiGHSSolver
import JSONText
import Jobs
import LinuxHost
import Planning
import Ports
import Quantities
import Rehearsal
import SQLiteStore
import Simulation
import SiteController
import SiteModel

/// `rigshift simulate`: the real controller on a simulated site, as fast as it goes, with a report at the end.
enum SimulateCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let path = arguments["site"] ?? defaultSitePath
    let days = try arguments.integer("days", in: 1...3660, default: 7)
    let seed = UInt64(try arguments.integer("seed", in: 0...Int.max, default: 1))
    guard let faults = FaultIntensity(rawValue: arguments["faults"] ?? "none") else {
      throw .init(message: "--faults is none, some or many")
    }
    guard let method = PlannerMethod(name: arguments["planner"] ?? "milp") else {
      throw .init(message: "--planner is milp or lp")
    }
    guard let date = ISO8601.date(arguments["start"] ?? "2025-06-02") else {
      throw .init(message: "--start is a date such as 2025-06-02")
    }
    guard var site = loadSite(path) else { return 1 }
    site.replaceFeeds(weather: arguments["weather"], prices: arguments["prices"])
    var feeds = FeedFiles()
    let (inputs, problems) = feeds.read(for: site)
    guard problems.isEmpty else {
      for problem in problems { Terminal.writeError("rigshift simulate: \(problem)\n") }
      return 1
    }
    let start = site.zone.day(date).start
    let jobs: [JobArrival]
    do throws(JobRefusal) {
      jobs = try Self.jobs(arguments["jobs"], site: site, start: start, days: days, seed: seed)
    } catch {
      Terminal.writeError("rigshift simulate: \(error)\n")
      return 1
    }
    let settings = Rehearsal.Settings(
      site: site, days: days, seed: seed, start: start, faults: .seeded(faults), inputs: inputs,
      solver: .simulated(site, method: method), jobs: jobs)
    let replay = Self.replay(arguments, path: path, days: days, seed: seed)
    if arguments.has("compare-forecasts") {
      guard arguments["journal"] == nil, arguments["record"] == nil else {
        throw .init(
          message: "--compare-forecasts lives through several runs; --journal and --record follow one")
      }
      return Self.compare(settings, replay: replay, json: arguments.has("json"))
    }
    var record: SQLiteStore?
    if let path = arguments["record"] {
      do throws(StoreError) { record = try Self.record(path) } catch {
        Terminal.writeError("rigshift simulate: \(error.text(path: path))\n")
        return 1
      }
    }
    let rehearsal = Rehearsal(settings, solver: HiGHSSolver(), record: record)
    do throws(SystemError) {
      if let path = arguments["journal"] { try Self.keepJournal(of: rehearsal, in: path) }
    } catch {
      Terminal.writeError("rigshift simulate: \(error)\n")
      return 1
    }
    let bar = ProgressBar(label: "simulating \(days) days")
    rehearsal.run { bar.show($0) }
    bar.finish()
    if let failure = rehearsal.recordFailure {
      Terminal.writeError("rigshift simulate: \(failure.text(path: arguments["record"] ?? ""))\n")
      return 1
    }
    let report = RehearsalReport(rehearsal, replay: replay)
    print(arguments.has("json") ? report.json.text(pretty: true) : SimulationReportText.text(report))
    return report.violations.isEmpty && report.jobFaults.isEmpty ? 0 : 1
  }

  /// The longest file of jobs.
  private static let longestJobFile = 4 << 20

  /// None, a stream from the seed, or those of a file.
  private static func jobs(_ text: String?, site: Site, start: UTCInstant, days: Int, seed: UInt64)
    throws(JobRefusal) -> [JobArrival]
  {
    guard let text else { return [] }
    if text == "seeded" { return JobArrival.stream(seed: seed, site: site, start: start, days: days) }
    do {
      let json = try JSONValue.parse(
        try readFile(text), limits: JSONLimits(maximumBytes: Self.longestJobFile))
      return try JobArrival.list(json, start: start)
    } catch {
      throw JobRefusal("\(text): \(error)")
    }
  }

  /// Lives the run through once for each way of using the forecast.
  private static func compare(_ settings: Rehearsal.Settings, replay: String, json: Bool) -> Int32 {
    let bar = ProgressBar(label: "simulating \(settings.days) days with each use of the forecast")
    let comparison = ForecastComparison(settings, solver: HiGHSSolver()) { bar.show($0) }
    bar.finish()
    let report = ForecastComparisonReport(comparison, settings: settings, replay: replay)
    print(json ? report.json.text(pretty: true) : report.text)
    return comparison.lines.allSatisfy { $0.violations == 0 } ? 0 : 1
  }

  /// A new database for what the simulated site records.
  private static func record(_ path: String) throws(StoreError) -> SQLiteStore {
    let store = try SQLiteStore(path: path)
    guard try store.recover().lastSequence == 0 else {
      throw .unusable("\(path) already holds a record; name a new file")
    }
    return store
  }

  /// A journal that cannot be written on is a diagnosis lost, not a simulation: it ends where it failed.
  private static func keepJournal(of rehearsal: Rehearsal, in path: String) throws(SystemError) {
    let file = try AppendedFile(path: path)
    var isBroken = false
    rehearsal.keepJournal { line in
      guard !isBroken else { return }
      do throws(SystemError) { try file.write(line) } catch {
        Terminal.writeError("rigshift simulate: the journal ends here: \(error)\n")
        isBroken = true
      }
    }
  }

  private static func replay(_ arguments: Arguments, path: String, days: Int, seed: UInt64) -> String {
    var words = ["rigshift simulate --site \(path) --days \(days) --seed \(seed)"]
    for option in ["faults", "planner", "start", "weather", "prices", "jobs"] {
      if let value = arguments[option] { words.append("--\(option) \(value)") }
    }
    if arguments.has("compare-forecasts") { words.append("--compare-forecasts") }
    return words.joined(separator: " ")
  }
}

extension PlannerMethod {
  fileprivate init?(name: String) {
    switch name {
    case "milp": self = .exact
    case "lp": self = .rounded
    default: return nil
    }
  }
}
