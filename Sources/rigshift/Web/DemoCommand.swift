import Glibc
import LinuxHost
import Quantities
import Simulation
import SiteFiles
import SiteModel

/// `rigshift demo`: a simulated site that lives in real time behind the dashboard, with faults on a schedule.
enum DemoCommand {
  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    guard let path = arguments["site"] ?? BoardsFolder.path.map({ "\($0)/examples/yokohama.toml" }) else {
      Terminal.writeError(
        "rigshift: the example sites are not installed; name a site file with --site FILE\n")
      return 1
    }
    guard var site = loadSite(path) else { return 1 }
    let listen = arguments["listen"] ?? site.web?.listen.description ?? "127.0.0.1:8080"
    guard let address = HostPort(listen), address.isLoopback else {
      throw .init(message: "--listen wants an address of this host, such as 127.0.0.1:8080, not '\(listen)'")
    }
    site.web = WebSettings(listen: address)
    site.peers = nil
    site.mqtt = nil
    // A controller that has just started cannot know how long rigs have been off, and lets them rest for all of it.
    for bank in site.banks.indices {
      site.banks[bank].minimumOn = min(site.banks[bank].minimumOn, Self.dwell)
      site.banks[bank].minimumOff = min(site.banks[bank].minimumOff, Self.dwell)
    }
    var arguments = arguments
    arguments["site"] = path
    if arguments["data"] == nil {
      guard let folder = temporaryFolder() else {
        Terminal.writeError("rigshift: no temporary folder can be made; name one with --data DIR\n")
        return 1
      }
      arguments["data"] = folder
    }
    Terminal.writeError(
      """
      SIMULATED: no hardware is touched. The dashboard is at http://\(address)
      Something breaks every few minutes, and the site says what it does about it. Rigs may switch every minute here,
      whatever their site file says, so that there is something to see. Ctrl-C ends the demo.
      Its record is in \(arguments["data"] ?? "?"), for the other commands:
        rigshift status --site \(path) --data \(arguments["data"] ?? "?")

      """)
    return try await RunCommand.run(
      arguments, site: site, isSimulated: true, faults: .scripted(self.schedule))
  }

  /// What rigs of the demo rest and run at least.
  private static let dwell = Duration.minutes(1)

  /// Every quarter of an hour for a day, one after the other: meters that cannot be reached, a contact that stays open, a
  /// meter without numbers, a slow bus, a relay whose read-back lies.
  private static var schedule: [FaultEpisode] {
    let round: [(FaultKind, minute: Int, length: Duration)] = [
      (.busUnplugged, 2, .seconds(40)), (.relayStuckOpen, 5, .minutes(4)),
      (.meterNotANumber, 8, .seconds(30)),
      (.busSlow, 10, .minutes(1)), (.relayReadBackLies, 12, .minutes(2)),
    ]
    return (0..<96).flatMap { quarter in
      round.map { kind, minute, length in
        FaultEpisode(
          kind: kind, start: MonotonicInstant(milliseconds: Int64(quarter * 15 + minute) * 60_000),
          length: length,
          target: UInt64(quarter))
      }
    }
  }

  private static func temporaryFolder() -> String? {
    var template = Array("/tmp/rigshift-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
