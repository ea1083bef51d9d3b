import Control
import Glibc
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel

/// `rigshift support`: one file to send to somebody who helps. What cannot be had is said in its place; passwords, tokens and
/// keys live in files of their own and are not read.
enum SupportCommand {
  private static let rows = 200

  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let sitePath = arguments["site"] ?? defaultSitePath
    guard let site = loadSite(sitePath) else { return 1 }
    let paths = SitePaths(site: site, data: arguments["data"])
    let now = SystemClock().now().moment
    let document = JSONValue.object(
      [
        .init("made_at", .string(ISO8601.string(now.wall))), .init("version", .string(version)),
        .init("site_file", Self.siteFile(sitePath)), .init("files", Self.files(paths)),
      ]
        + ["status", "feeds", "alarms", "peers", "grid"].map { .init($0, Self.ask($0, site, arguments)) }
        + Self.record(paths.database, site, now))
    let path = arguments["output"] ?? "rigshift-support.json"
    do throws(SystemError) {
      try replaceFile(path, with: Array((document.text(pretty: true) + "\n").utf8))
    } catch {
      Terminal.writeError("rigshift: \(error)\n")
      return 1
    }
    Terminal.write("\(path) tells of this site; read it before you send it\n")
    return 0
  }

  /// Addresses of services may hold keys, so whatever follows a question mark stays here.
  private static func siteFile(_ path: String) -> JSONValue {
    guard let bytes = try? readFile(path, limit: 1 << 20) else { return "cannot be read" }
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    return .array(lines.map { .string(String($0.replacing(/\?[^"\s]*/, with: "?..."))) })
  }

  private static func files(_ paths: SitePaths) -> JSONValue {
    let all = [paths.database, paths.database + "-wal", paths.key, paths.access, paths.alarms, paths.socket]
    return .array(
      all.map { path in
        var facts = stat()
        guard stat(path, &facts) == 0 else { return ["path": .string(path), "bytes": nil] }
        return [
          "path": .string(path), "bytes": .integer(Int64(facts.st_size)),
          "mode": .string(String(facts.st_mode & 0o7777, radix: 8)),
          "owner": .integer(Int64(facts.st_uid)),
        ]
      })
  }

  private static func ask(_ question: String, _ site: Site, _ arguments: Arguments) -> JSONValue {
    switch AskCommand.question(site, arguments, [.string(question)]) {
    case .success(let answer): answer
    case .failure(let failure): .string(failure.text)
    }
  }

  private static func record(_ path: String, _ site: Site, _ now: Moment) -> [JSONValue.Member] {
    do throws(StoreError) {
      let reader = try RecordReader(path: path)
      let words = ReasonText(site: site, now: now)
      return [
        .init(
          "events",
          .array(
            try reader.newestEvents(Self.rows).map { event in
              .string(
                "\(ISO8601.string(event.at)) \(event.kind.rawValue) \(event.rig.map { site.name(of: $0) } ?? "-") \(event.text)"
              )
            })),
        .init(
          "decisions",
          .array(
            try reader.newestDecisions(Self.rows).map { decision in
              .string(
                "\(ISO8601.string(decision.at)) \(site.name(of: decision.command.rig)) "
                  + "\(decision.command.closed ? "on" : "off"): \(words.clause(decision.command.reason))")
            })),
      ]
    } catch {
      return [.init("record", .string(error.text(path: path)))]
    }
  }
}
