import Control
import Forecasting
import HTTPListener
import JSONText
import LinuxHost
import MarketFormats
import Ports
import Quantities
import SiteController
import SiteModel

/// `rigshift feeds`: where the live feeds of a site stand, and a server that answers in their stead.
enum FeedsCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    switch arguments.words.first {
    case "serve": return try self.serve(arguments)
    case let word?:
      throw .init(message: "feeds knows no '\(word)'; write `rigshift feeds` or `rigshift feeds serve`")
    case nil: break
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let answer: JSONValue
    switch AskCommand.question(site, arguments, [.string("feeds")]) {
    case .success(let given): answer = given
    case .failure(let failure) where failure.isUnreachable:
      answer = .object([.init("feeds", self.kept(site, SitePaths(site: site, data: arguments["data"])))])
    case .failure(let failure):
      Terminal.writeError("rigshift: \(failure.text)\n")
      return 1
    }
    print(arguments.has("json") ? answer.text(pretty: true) : self.text(answer, zone: site.zone))
    return 0
  }

  /// What lies on disk when no controller runs.
  private static func kept(_ site: Site, _ paths: SitePaths) -> JSONValue {
    let now = SystemClock().now().moment
    return .array(
      FeedRole.allCases.compactMap { role in
        guard let source = site.feed(for: role) else { return nil }
        var report = FeedReport(
          role: role, source: source,
          address: FeedCall(source, site: site, key: nil, validator: nil, at: now.wall).shownAddress,
          issued: nil, reach: nil, why: "no controller runs", needsPerson: false)
        if let kept = FeedsOfSite.kept(role, paths), kept.question == KeptFeed.question(source, site: site) {
          do throws(FormatError) {
            report.reach = try source.read(kept.body, site: site, until: kept.until).reach
            report.issued = kept.issued
          } catch {
            report.why = "what was kept cannot be read: \(error)"
          }
        }
        return report.json(at: now.wall, schedule: nil, now: now.monotonic)
      })
  }

  private static func text(_ answer: JSONValue, zone: ZoneRules) -> String {
    let feeds = answer["feeds"]?.array ?? []
    if feeds.isEmpty { return "no live feeds; the site file names none" }
    func time(_ value: JSONValue?) -> String {
      value?.string.flatMap { ISO8601.instant($0) }.map { ISO8601.string($0, in: zone) } ?? "never"
    }
    return feeds.flatMap { feed in
      var lines = [
        "\(feed["feed"]?.string ?? "?"): \(feed["state"]?.string ?? "?"), \(feed["service"]?.string ?? "?")",
        "  last good answer \(time(feed["issued"])), reaching \(time(feed["to"]))",
        "  \(feed["address"]?.string ?? "?")",
      ]
      if let why = feed["why"]?.string { lines.append("  \(why)") }
      if let seconds = feed["next_call_s"]?.int {
        lines.append(
          "  next call in \(seconds) s; \(feed["calls_today"]?.int ?? 0) of "
            + "\(feed["calls_per_day"]?.int ?? 0) calls of the day made")
      }
      return lines
    }.joined(separator: "\n")
  }

  // MARK: Replay

  private static func serve(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let folder = arguments["replay"] else {
      throw .init(message: "feeds serve needs --replay FOLDER, which holds a replay.json")
    }
    // Port 0 takes any free one.
    let text = arguments["listen"] ?? "127.0.0.1:0"
    let takesAny = text.hasSuffix(":0")
    guard let listen = HostPort(takesAny ? text.dropLast() + "1" : text), listen.isLoopback else {
      throw .init(message: "--listen is a loopback address such as 127.0.0.1:8090")
    }
    do {
      let replay = try FeedReplay(folder: folder, now: { SystemClock().now().moment.wall })
      let listener = try HTTPListener(
        HTTPListener.Options(
          host: numericAddress(of: listen.host) ?? listen.host, port: takesAny ? 0 : listen.port),
        start: { startThread(name: "replay", $0) },
        handle: { incoming, reply in
          let (response, delay) = replay.answer(incoming.request)
          guard delay > .zero else { return reply(response) }
          startThread(name: "slow answer") {
            Semaphore().wait(milliseconds: delay.wholeMilliseconds)
            reply(response)
          }
        })
      Terminal.write("answering on http://\(listen.host):\(listener.port)\n")
      withExtendedLifetime(listener) { Semaphore().wait() }
      return 0
    } catch {
      Terminal.writeError("rigshift: \(error)\n")
      return 1
    }
  }
}
