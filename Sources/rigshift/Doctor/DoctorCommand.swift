import Control
import Cryptography
import GPIOHardware
import Glibc
import JSONText
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel

/// `rigshift doctor`: what would fail on this computer, and how to mend it. It looks and changes nothing.
enum DoctorCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let diagnosis = Diagnosis(Self.examine(site, arguments))
    if arguments.has("json") {
      print(JSONValue.array(diagnosis.findings.map(\.json)).text(pretty: true))
    } else {
      let width = diagnosis.findings.map(\.subject.count).max() ?? 0
      for finding in diagnosis.findings {
        let mark = finding.severity == .ok ? "ok" : finding.severity == .warning ? "may fail" : "will fail"
        print("\(mark.padded(to: 9))  \(finding.subject.padded(to: width))  \(finding.text)")
        if !finding.remedy.isEmpty { print("\("".padded(to: 11 + width))  -> \(finding.remedy)") }
      }
    }
    return diagnosis.willFail ? 1 : 0
  }

  private static func examine(_ site: Site, _ arguments: Arguments) -> Examination {
    let paths = SitePaths(site: site, data: arguments["data"])
    let (moment, evidence) = SystemClock(trustsBatteryClock: site.control.trustsBatteryClock).now()
    let days = site.web?.usesTLS == true ? Self.certificateDays(site, paths, at: moment.wall) : nil
    return Examination(
      isSimulated: site.simulation.replacesHardware, wall: moment.wall,
      isSynchronised: evidence.isSynchronised,
      trustsBatteryClock: site.control.trustsBatteryClock, ports: site.buses.compactMap(Self.port),
      pins: Self.pins(of: site), secrets: Self.secrets(of: site), folder: paths.folder,
      folderExists: access(paths.folder, F_OK) == 0, folderIsWritable: access(paths.folder, W_OK | X_OK) == 0,
      freeBytes: freeSpace(at: paths.folder), controllerRuns: Self.isListening(paths.socket),
      holderRuns: Self.isListening(paths.relays),
      needsHolder: !site.simulation.replacesHardware, certificateDays: days)
  }

  // MARK: Ports and pins

  private static func port(_ bus: Bus) -> Examination.Port? {
    guard case .serial(let path, _) = bus.line else { return nil }
    let state: Examination.Port.State
    if access(path, F_OK) != 0 {
      state = .missing
    } else {
      // Without making it the controlling terminal, and without waiting for a carrier.
      let descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
      state = descriptor < 0 ? .noPermission : isatty(descriptor) == 1 ? .ready : .noTerminal
      if descriptor >= 0 { close(descriptor) }
    }
    return Examination.Port(bus: bus.name, path: path, state: state, lastingName: Self.lastingName(of: path))
  }

  private static func lastingName(of path: String) -> String? {
    let folder = "/dev/serial/by-id"
    guard let target = Self.resolved(path), let names = folderContents(folder) else { return nil }
    return names.sorted().map { "\(folder)/\($0)" }.first { Self.resolved($0) == target }
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func pins(of site: Site) -> [Examination.Pin] {
    let rigs = site.gpioPins.map { ("rig \(site.name(of: $0.rig))", $0.pin) }
    let stop = site.emergencyStop.map { [("emergency stop", $0.pin)] } ?? []
    return (rigs + stop).map { use, pin in
      do throws(GPIORelayBank.Failure) {
        let user = try GPIORelayBank.user(of: pin)
        return Examination.Pin(use: use, state: user.isEmpty ? .free : .held(by: user))
      } catch {
        return Examination.Pin(use: use, state: .unusable(error.description))
      }
    }
  }

  // MARK: Secrets

  private static func secrets(of site: Site) -> [Examination.Secret] {
    let feeds = [site.importTariff, site.exportTariff, site.carbon].compactMap { source -> FeedSource? in
      if case .feed(let feed) = source { feed.source } else { nil }
    }
    let files: [(String, String?)] =
      feeds.map { ("key of a feed", $0.keyFile) } + [
        ("alarms, webhook token", site.alarms.webhook?.tokenFile),
        ("alarms, webhook secret", site.alarms.webhook?.secretFile),
        ("alarms, mail password", site.alarms.mail?.passwordFile),
        ("broker password", site.mqtt?.passwordFile),
        ("web interface, key", site.web?.files?.key),
      ]
    return files.compactMap { use, path in path.map { Self.secret(use, $0) } }
  }

  private static func secret(_ use: String, _ path: String) -> Examination.Secret {
    var status = stat()
    let state: Examination.Secret.State =
      stat(path, &status) != 0
      ? (errno == EACCES ? .noPermission : .missing)
      : status.st_mode & 0o077 != 0 ? .open : access(path, R_OK) != 0 ? .noPermission : .good
    return Examination.Secret(use: use, path: path, state: state)
  }

  // MARK: Processes

  /// Whether somebody listens at a socket, as the kernel lists it. To connect would be to take the relay holder's one caller
  /// from it.
  private static func isListening(_ path: String) -> Bool {
    guard let list = try? readFile("/proc/net/unix", limit: 16 << 20) else { return false }
    // Num RefCount Protocol Flags Type St Inode Path; the flag of a listening socket is SO_ACCEPTCON.
    return String(decoding: list, as: UTF8.self).split(separator: "\n").contains { line in
      let words = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
      return words.count == 8 && words[7] == path
        && UInt32(words[3], radix: 16).map { $0 & 0x10000 != 0 } == true
    }
  }

  private static func certificateDays(_ site: Site, _ paths: SitePaths, at now: UTCInstant) -> Int? {
    let path = site.web?.files?.certificate ?? paths.webCertificate
    guard let bytes = try? readFile(path, limit: 64 << 10),
      let facts = ServerCertificate.facts(
        of: String(decoding: bytes, as: UTF8.self), now: Int(clamping: now.milliseconds / 1000))
    else { return nil }
    // Division rounds towards zero, and a certificate that has just ended has no day left.
    return facts.secondsLeft < 0 ? -1 : facts.secondsLeft / 86_400
  }
}
