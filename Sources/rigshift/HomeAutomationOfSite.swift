import Control
import HomeAutomation
import JSONText
import LinuxHost
import MosquittoClient
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization

/// The broker of a running site, wired to network, control loop and log. The control loop hands over a picture a second and
/// waits for nothing; a command goes the way of a person's override.
final class HomeAutomationOfSite: Sendable {
  private struct Link {
    var settings: MQTTSettings
    var link: MosquittoLink
    var end: End
  }

  /// Whether a link's thread has said its last words.
  private final class End: Sendable {
    private let isReached = Mutex(false)
    private let signal = Semaphore()

    var hasCome: Bool { self.isReached.withLock { $0 } }
    func come() {
      self.isReached.withLock { $0 = true }
      self.signal.signal()
    }
    func wait(milliseconds: Int64) { self.signal.wait(milliseconds: milliseconds) }
  }

  private struct Arrival {
    var command: HomeCommand
    var at: MonotonicInstant
  }

  /// A command that the control loop could not take by then is not carried out: whoever gave it has seen nothing happen
  /// and has done something else.
  private static let commandAge = Duration.seconds(10)
  /// A scene that switches every rig of a home at once.
  private static let mostWaiting = 256
  private static let farewellMilliseconds: Int64 = 3000

  private let log: Log
  private let softwareVersion: String
  private let clock = SystemClock()
  private let current = Mutex<Link?>(nil)
  private let (arrivals, arrived) = AsyncStream.makeStream(
    of: Arrival.self, bufferingPolicy: .bufferingOldest(HomeAutomationOfSite.mostWaiting))

  /// `isSimulated` is told wherever the program's version is.
  init(log: Log, isSimulated: Bool) {
    self.log = log
    self.softwareVersion = isSimulated ? "\(version) on simulated hardware" : version
  }

  /// Shows the site and takes commands until cancelled. The site file in force decides each second where and whether.
  func run(control: ControlService) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.carryOut(control) }
      group.addTask {
        for await _ in everySecond() {
          guard let site = await control.site else { continue }
          guard let link = self.link(for: site), let settings = site.mqtt,
            let picture = await control.picture()
          else { continue }
          link.put(MosquittoLink.Image(picture.home, settings, version: self.softwareVersion))
        }
      }
    }
  }

  /// Says goodbye; returns when that has been heard, or after three seconds.
  func stop() {
    guard let old = self.current.withLock({ $0.take() }) else { return }
    old.link.stop()
    old.end.wait(milliseconds: Self.farewellMilliseconds)
  }

  /// How the link is; nil for a site without one.
  var status: JSONValue? {
    self.current.withLock { $0 }.map { current in
      let status = current.link.status
      let why = status.isConnected ? nil : status.why
      return [
        "broker": .string("\(current.settings.broker)"), "connected": .bool(status.isConnected),
        "why": why.map { .string($0) } ?? nil,
        "commands": .bool(current.settings.acceptsCommands),
      ]
    }
  }

  // MARK: The link

  /// The link that the site file in force asks for. A changed section ends the old link, and begins another when that has
  /// said goodbye: the last words of the one must not come after the first of the other.
  private func link(for site: Site) -> MosquittoLink? {
    self.current.withLock { current in
      if let current {
        if current.settings == site.mqtt { return current.link }
        current.link.stop()
        guard current.end.hasCome else { return nil }
      }
      current = site.mqtt.map { self.begin($0) }
      return current?.link
    }
  }

  private func begin(_ settings: MQTTSettings) -> Link {
    let end = End()
    let clock = self.clock
    let seed = UInt64(bitPattern: clock.now().moment.wall.milliseconds)
    let passwordFile = settings.passwordFile
    let link = MosquittoLink(
      MosquittoLink.Options(settings) { Self.password(passwordFile) },
      session: MQTTSession(topics: HomeTopics(settings), seed: seed),
      start: { startThread(name: "mqtt", $0) }, clock: { clock.now().moment.monotonic },
      report: { self.take($0) }, ended: { end.come() })
    return Link(settings: settings, link: link, end: end)
  }

  private static func password(_ path: String?) -> Result<String?, MosquittoLink.PasswordProblem> {
    guard let path else { return .success(nil) }
    do throws(SystemError) {
      guard let text = try SecretFile.read(path) else {
        return .failure(.init("the password file \(path) is missing"))
      }
      return .success(String(text.prefix { !$0.isNewline }))
    } catch {
      return .failure(.init("\(error)"))
    }
  }

  // MARK: What it says

  private func take(_ report: MosquittoLink.Report) {
    switch report {
    case .command(let command):
      self.arrived.yield(Arrival(command: command, at: self.clock.now().moment.monotonic))
    case .notice(.connected): self.log(.notice, "broker reached")
    case .notice(.lost(let why, let needsPerson)):
      self.log(needsPerson ? .error : .warning, "broker not reached", ["why": why])
    case .notice(.ignored(let why, let topic, let count)):
      self.log(
        .warning, "command ignored", ["why": why.rawValue, "topic": topic, "count": "\(count)"])
    case .notice(.refused(let why, let count)):
      self.log(.warning, "broker refuses", ["why": why, "count": "\(count)"])
    }
  }

  private func carryOut(_ control: ControlService) async {
    for await arrival in self.arrivals {
      let target = arrival.command.target
      guard self.clock.now().moment.monotonic - arrival.at <= Self.commandAge else {
        self.log(.warning, "command ignored", ["why": "it waited too long", "target": target])
        continue
      }
      let command = arrival.command
      switch await control.grant({ PersonsWish.home(command, site: $0.site, now: $1) }) {
      case .success(true): self.log(.notice, "command", ["target": target, "wish": command.word])
      case .success(false):
        self.log(.error, "command in force but not recorded", ["target": target])
      case .failure(let refusal):
        self.log(.warning, "command refused", ["target": target, "why": refusal.text])
      }
    }
  }
}
