import Certificates
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel

/// `rigshift report`: the accounts of a site, day by day, out of its log.
enum ReportCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath), let open = OpenLog(arguments) else {
      return 1
    }
    let from = try arguments.instant("from", zone: site.zone) ?? UTCInstant(milliseconds: .min)
    let to = try arguments.instant("to", zone: site.zone) ?? UTCInstant(milliseconds: .max)
    return answering(open.path) { () throws(StoreError) in
      guard let days = try SiteAccounts.read(from: open.log, site: site, from: from, to: to)?.days else {
        tell("no interval of the log begins in this time")
        return 1
      }
      if arguments.has("json") {
        print(ReportText.json(days, site).text(pretty: true))
      } else {
        print(arguments.has("csv") ? ReportText.csv(days) : ReportText.text(days, site))
      }
      return 0
    }
  }
}

extension SiteAccounts {
  /// Of the intervals that begin in a time; nil when none does.
  static func read(
    from log: SQLiteLog, site: Site, from: UTCInstant, to: UTCInstant
  ) throws(StoreError) -> SiteAccounts? {
    guard let run = try log.intervals(from: from, to: to) else { return nil }
    var accounts = SiteAccounts(site: site)
    try log.forEach(from: run.lowerBound) { certificate, _ in
      accounts.add(certificate.data)
      return certificate.sequence < run.upperBound
    }
    return accounts
  }
}
