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
      guard let run = try open.log.intervals(from: from, to: to) else {
        tell("no interval of the log begins in this time")
        return 1
      }
      var accounts = SiteAccounts(site: site)
      try open.log.forEach(from: run.lowerBound) { certificate, _ in
        accounts.add(certificate.data)
        return certificate.sequence < run.upperBound
      }
      let days = accounts.days
      if arguments.has("json") {
        print(ReportText.json(days, site).text(pretty: true))
      } else {
        print(arguments.has("csv") ? ReportText.csv(days) : ReportText.text(days, site))
      }
      return 0
    }
  }
}
