import JSONText
import Jobs
import LinuxHost
import Quantities
import SiteModel

/// `rigshift job`: deferrable compute for the running controller, asked for over its Unix socket.
enum JobCommand {
  static func run(_ words: [String]) throws(Arguments.UsageError) -> Int32 {
    let rest = Array(words.dropFirst())
    switch words.first {
    case "add": return try self.add(rest)
    case "list":
      let arguments = try Arguments(rest, options: ["site", "data"], flags: ["json"])
      return try self.ask(arguments, [.string("list")]) { JobText.list($0, zone: $1) }
    case "show", "cancel":
      let arguments = try Arguments(rest, options: ["site", "data"], flags: ["json"], words: 1)
      guard let id = arguments.words.first, let verb = words.first else {
        throw .init(message: "name a job, such as `rigshift job show train-7`")
      }
      return try self.ask(arguments, [.string(verb), .string(id)]) { JobText.job($0, zone: $1) }
    case let other:
      throw .init(message: "job is followed by add, list, show or cancel, not '\(other ?? "")'")
    }
  }

  private static func add(_ words: [String]) throws(Arguments.UsageError) -> Int32 {
    let arguments = try Arguments(
      words,
      options: ["site", "data", "bank", "rig-hours", "rigs", "release", "deadline", "priority"],
      flags: ["json", "uninterruptible", "critical"], words: 1)
    let request = try self.request(arguments)
    return try self.ask(arguments, [.string("add"), request.json]) { JobText.added($0, zone: $1) }
  }

  private static func request(_ arguments: Arguments) throws(Arguments.UsageError) -> JobRequest {
    guard let id = arguments.words.first else {
      throw .init(message: "name the job, such as `rigshift job add train-7 --rig-hours 12 --deadline ...`")
    }
    guard let text = arguments["rig-hours"], let rigHours = Double(text) else {
      throw .init(message: "job add needs --rig-hours, a number such as 12.5")
    }
    guard let deadline = try self.instant("deadline", arguments) else {
      throw .init(message: "job add needs --deadline, a time such as 2025-06-03T06:00:00+09:00")
    }
    guard let priority = JobPriority(rawValue: arguments["priority"] ?? JobPriority.normal.rawValue) else {
      throw .init(message: "--priority is low, normal or high")
    }
    var request = JobRequest(id: id, rigHours: rigHours, deadline: deadline, priority: priority)
    request.bank = arguments["bank"]
    request.release = try self.instant("release", arguments)
    request.isInterruptible = !arguments.has("uninterruptible")
    request.isCritical = arguments.has("critical")
    if arguments["rigs"] != nil {
      request.maximumRigs = try arguments.integer("rigs", in: 1...1_000_000, default: 1)
    }
    return request
  }

  private static func instant(_ name: String, _ arguments: Arguments) throws(Arguments.UsageError)
    -> UTCInstant?
  {
    guard let text = arguments[name] else { return nil }
    guard let instant = ISO8601.instant(text) else {
      throw .init(
        message: "--\(name) is a time with its offset such as 2025-06-03T06:00:00+09:00, not '\(text)'")
    }
    return instant
  }

  private static func ask(
    _ arguments: Arguments, _ question: [JSONValue], _ text: (JSONValue, ZoneRules) -> String
  ) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath),
      let answer = AskCommand.ask(site, arguments, [.string("job")] + question, patience: .seconds(60))
    else { return 1 }
    print(arguments.has("json") ? answer.text(pretty: true) : text(answer, site.zone))
    return 0
  }
}
