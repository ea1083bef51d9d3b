import Control
import Forecasting
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
    /// How old what is kept of each live feed is; one sentence each.
    let feeds: [String]
    /// A line that says which day of which site, and one for each live feed.
    var heading: String {
      (["\(self.site.name), \(ISO8601.string(self.date)), \(self.site.zone.name)"] + self.feeds).joined(
        separator: "\n")
    }

    /// The same for programs.
    func added(to plan: JSONValue) -> JSONValue {
      guard let members = plan.object, !self.feeds.isEmpty else { return plan }
      return .object(members + [.init("feeds", .array(self.feeds.map { .string($0) }))])
    }
  }

  let problem: PlanProblem
  let day: Day?

  /// Local time for people: the site's, or UTC for a problem from a file.
  var zone: ZoneRules { self.day?.site.zone ?? .utc }

  /// Options a planning command takes to name its source.
  static let options: Set<String> = ["site", "weather", "prices", "date", "data", "problem"]

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
    return Self.day(date, of: site, SitePaths(site: site, data: arguments["data"]))
  }

  private static func day(_ date: CivilDate, of site: Site, _ paths: SitePaths) -> PlanSource? {
    var files = FeedFiles()
    var (inputs, problems) = files.read(for: site)
    guard problems.isEmpty else { return Self.fail(problems) }
    let kept = KeptFeeds.inputs(for: site, at: SystemClock().now().moment.wall) {
      FeedsOfSite.kept($0, paths)
    }
    inputs.takeFeeds(of: kept)
    // A day that is asked for is planned on its forecast as it stands; errors are the running site's to reckon with.
    var site = site
    if inputs.members.isEmpty { site.planner.scenarios = 1 }
    let slots = SiteProblem.slots(of: date, site: site)
    do {
      let outlook = try SiteOutlook.make(site: site, inputs: inputs, slots: slots)
      let problem = SiteProblem.make(
        site: site, slots: slots, outlook: outlook, state: .idle(site), solver: .live(site))
      let feeds = kept.feeds.map(\.sentence)
      return PlanSource(
        problem: problem, day: Day(site: site, date: date, outlook: outlook, feeds: feeds))
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

extension SiteInputs {
  /// A source is a file or a feed: what `feeds` has, files have not.
  fileprivate mutating func takeFeeds(of feeds: SiteInputs) {
    if feeds.weather != nil {
      self.weather = feeds.weather
      self.members = feeds.members
    }
    self.importPrices = feeds.importPrices ?? self.importPrices
    self.exportPrices = feeds.exportPrices ?? self.exportPrices
    self.carbon = feeds.carbon ?? self.carbon
  }
}
