import Control
import HiGHSSolver
import JSONText
import LinuxHost
import Planning
import Quantities
import SiteController
import SiteModel

/// `rigshift plan`: a day of a site, or a self-contained problem.
enum PlanCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    if let problem = arguments["problem"] {
      guard Set(arguments.values.keys) == ["problem"] else {
        throw .init(message: "--problem holds everything a plan needs; leave the other options out")
      }
      return runPlanProblem(path: problem, json: arguments.has("json"))
    }
    guard var site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    site.replaceFeeds(weather: arguments["weather"], prices: arguments["prices"])
    let date: CivilDate
    if let text = arguments["date"] {
      guard let parsed = ISO8601.date(text) else {
        throw .init(message: "--date is a date such as 2024-09-19, not '\(text)'")
      }
      date = parsed
    } else {
      date = site.zone.date(of: SystemClock().now().moment.wall)
    }
    return plan(site: site, date: date, json: arguments.has("json"))
  }

  private static func plan(site: Site, date: CivilDate, json: Bool) -> Int32 {
    var feeds = FeedFiles()
    let (inputs, problems) = feeds.read(for: site)
    guard problems.isEmpty else { return fail(problems) }
    let slots = SiteProblem.slots(of: date, site: site)
    let outlook: SiteOutlook
    do { outlook = try SiteOutlook.make(site: site, inputs: inputs, slots: slots) } catch {
      return fail(["\(error)"])
    }
    let problem = SiteProblem.make(
      site: site, slots: slots, outlook: outlook, state: .idle(site), solver: .live(site))
    switch planned(problem) {
    case .failure(let error): return fail(["the site makes no valid problem: \(error)"])
    case .success(.infeasible(let infeasibility)):
      if json { print(infeasibility.json().text(pretty: true)) } else { _ = fail([infeasibility.message]) }
      return 2
    case .success(.planned(let plan)):
      if json {
        print(outlook.provenance(in: site.zone).added(to: plan.json(for: problem)).text(pretty: true))
      } else {
        print("\(site.name), \(ISO8601.string(date)), \(site.zone.name)\n")
        print(PlanTable.text(plan: plan, problem: problem, outlook: outlook, site: site))
      }
      return 0
    }
  }

  private static func planned(_ problem: PlanProblem) -> Result<PlanOutcome, PlanProblemError> {
    do { return .success(try Planner.plan(problem, solver: HiGHSSolver())) } catch { return .failure(error) }
  }

  private static func fail(_ problems: [String]) -> Int32 {
    for problem in problems { Terminal.writeError("rigshift plan: \(problem)\n") }
    return 1
  }
}
