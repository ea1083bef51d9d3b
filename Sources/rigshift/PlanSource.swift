import Control
import JSONText
import LinuxHost
import Planning
import Quantities
import SiteController
import SiteModel

/// What a planning command works on: a problem, and the day of a site it comes from when it is not from a file.
struct PlanSource {
  struct Day {
    let site: Site
    let date: CivilDate
    let outlook: SiteOutlook
    /// One line that says which day of which site.
    var heading: String { "\(self.site.name), \(ISO8601.string(self.date)), \(self.site.zone.name)" }
  }

  let problem: PlanProblem
  let day: Day?

  /// Local time for people: the site's, or UTC for a problem from a file.
  var zone: ZoneRules { self.day?.site.zone ?? .utc }

  /// Options a planning command takes to name its source.
  static let options: Set<String> = ["site", "weather", "prices", "date", "problem"]

  /// Nil after it has been said on standard error what is wrong.
  static func read(_ arguments: Arguments) throws(Arguments.UsageError) -> PlanSource? {
    if let path = arguments["problem"] {
      guard Set(arguments.values.keys).intersection(Self.options) == ["problem"] else {
        throw .init(message: "--problem holds everything a plan needs; leave the other options out")
      }
      return readProblem(path: path).map { PlanSource(problem: $0, day: nil) }
    }
    guard var site = loadSite(arguments["site"] ?? defaultSitePath) else { return nil }
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
    return Self.day(date, of: site)
  }

  private static func day(_ date: CivilDate, of site: Site) -> PlanSource? {
    var feeds = FeedFiles()
    let (inputs, problems) = feeds.read(for: site)
    guard problems.isEmpty else { return Self.fail(problems) }
    // A day that is asked for is planned on its forecast as it stands; errors are the running site's to reckon with.
    var site = site
    if inputs.members.isEmpty { site.planner.scenarios = 1 }
    let slots = SiteProblem.slots(of: date, site: site)
    do {
      let outlook = try SiteOutlook.make(site: site, inputs: inputs, slots: slots)
      let problem = SiteProblem.make(
        site: site, slots: slots, outlook: outlook, state: .idle(site), solver: .live(site))
      return PlanSource(problem: problem, day: Day(site: site, date: date, outlook: outlook))
    } catch {
      return Self.fail(["\(error)"])
    }
  }

  private static func fail(_ problems: [String]) -> PlanSource? {
    for problem in problems { Terminal.writeError("rigshift plan: \(problem)\n") }
    return nil
  }

  /// Says why the problem cannot be worked on; returns the exit status.
  func refuse(_ error: PlanProblemError) -> Int32 {
    let place = self.day == nil ? "" : "the site makes no valid problem: "
    Terminal.writeError("rigshift plan: \(place)\(error)\n")
    return 1
  }

  /// Says why there is no plan, as JSON or in a sentence; returns the exit status.
  func refuse(_ infeasibility: Infeasibility, json: Bool) -> Int32 {
    if json {
      print(infeasibility.json().text(pretty: self.day != nil))
    } else {
      Terminal.writeError("rigshift plan: \(infeasibility.message)\n")
    }
    return 2
  }
}
